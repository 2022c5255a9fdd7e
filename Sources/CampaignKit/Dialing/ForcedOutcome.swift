/// An outcome that a number asks the simulated carrier for by its last four digits.
enum ForcedOutcome: UInt16 {
  case human = 1
  case busy = 2
  case noAnswer = 3
  case failed = 4
  case machine = 5
  case beepingMachine = 6
  case endlessRinging = 11
  case longTalk = 12
  case doubled = 20
  case reversed = 21
  case silent = 23
  case lastLost = 24
  case throttledOnce = 40
  case answerLost = 45

  /// The outcome that a number asks for, if it does.
  init?(_ number: PhoneNumber) {
    self.init(rawValue: UInt16(number.digits % 10_000))
  }

  /// How the call comes out.
  var fate: SimulatedCall.Fate {
    switch self {
    case .busy: .busy
    case .noAnswer: .noAnswer
    case .failed: .failed
    case .machine: .machine
    case .beepingMachine: .beepingMachine
    case .endlessRinging: .endlessRinging
    case .longTalk: .longTalk
    default: .human
    }
  }

  /// What becomes of its events.
  var delivery: SimulatedDelivery {
    switch self {
    case .doubled: .doubled
    case .reversed: .reversed
    case .silent: .silent
    case .lastLost: .lastLost
    default: .plain
    }
  }
}
