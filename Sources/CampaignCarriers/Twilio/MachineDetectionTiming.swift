/// When a machine is looked for after an answer.
public enum MachineDetectionTiming: Hashable, Sendable {
  /// While the call goes on: whoever answered is talked to at once, and it is told later who that is.
  case whileTalking
  /// Before anything is said: nobody is talked to until it is known who answered, which takes some seconds.
  case beforeTalking
}
