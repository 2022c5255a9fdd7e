/// Why an engine could not do what was asked.
public struct EngineError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// The engine runs or ran already.
    public static let hasRun = Code(description: "hasRun")
    /// The engine has been told to stop, and places no further call.
    public static let stopped = Code(description: "stopped")
    /// The schedule of a campaign does not permit it; ``EngineError/schedule`` says what is wrong.
    public static let schedule = Code(description: "schedule")
    /// A rule holds the call back; ``EngineError/decision`` says which, and when it lets the call pass.
    public static let held = Code(description: "held")
    /// The store refused or failed; ``EngineError/store`` says why.
    public static let store = Code(description: "store")
    /// The carrier refused or failed; ``EngineError/dialer`` says why.
    public static let dialer = Code(description: "dialer")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, and what to do about it. It holds no phone number and no secret.
  public var message: String
  /// What is wrong with a schedule.
  public var schedule: [ScheduleProblem] = []
  /// Which rule holds a call back.
  public var decision: DecisionRecord?
  /// What the store said.
  public var store: StoreError?
  /// What the carrier said.
  public var dialer: DialerError?

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  init(_ error: StoreError) {
    self.init(.store, error.description)
    store = error
  }

  init(_ error: DialerError) {
    self.init(.dialer, error.description)
    dialer = error
  }

  init(_ problems: [ScheduleProblem]) {
    self.init(.schedule, problems.map(\.description).joined(separator: "; "))
    schedule = problems
  }

  init(_ decision: DecisionRecord) {
    let opening = decision.retryAt.map { "; it lets the call pass at \($0)" } ?? ""
    self.init(.held, "the rule \(decision.rule) does not let this person be called now\(opening)")
    self.decision = decision
  }

  /// The code and the message.
  public var description: String { "\(code): \(message)" }
}
