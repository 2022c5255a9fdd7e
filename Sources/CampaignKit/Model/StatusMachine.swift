/// Which status may follow which, on what, as data.
///
/// There is one such table for campaigns, one for leads and one for calls, and every change of status goes
/// through it.
public struct StatusMachine<Status: Hashable & Sendable, Trigger: Hashable & Sendable>: Sendable {
  /// One permitted step.
  public struct Transition: Hashable, Sendable {
    /// The status before.
    public var from: Status
    /// The status after.
    public var to: Status
    /// What makes the step.
    public var trigger: Trigger
  }

  /// Every permitted step.
  public let transitions: [Transition]

  init(_ rows: [(from: [Status], trigger: Trigger, to: Status)]) {
    transitions = rows.flatMap { row in
      row.from.map { Transition(from: $0, to: row.to, trigger: row.trigger) }
    }
  }

  /// The status that follows `status` on `trigger`; nil when the step is not permitted.
  public func next(after status: Status, on trigger: Trigger) -> Status? {
    transitions.first { $0.from == status && $0.trigger == trigger }?.to
  }

  /// The statuses from which nothing leads away.
  public func isFinal(_ status: Status) -> Bool {
    !transitions.contains { $0.from == status && $0.to != status }
  }

  /// The status that follows, or an error that names both ends.
  public func step(
    _ subject: String, from status: Status, on trigger: Trigger
  ) throws(TransitionError) -> Status {
    guard let next = next(after: status, on: trigger) else {
      let target = transitions.first { $0.trigger == trigger }?.to
      throw TransitionError(
        subject: subject, from: "\(status)", to: target.map { "\($0)" } ?? "\(trigger)", trigger: "\(trigger)",
        permitted: transitions.filter { $0.trigger == trigger }.map { "\($0.from)" })
    }
    return next
  }
}

/// A change of status that is not permitted.
public struct TransitionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was to change: `campaign`, `lead` or `call`.
  public var subject: String
  /// The status it has.
  public var from: String
  /// The status that was asked for.
  public var to: String
  /// What was asked.
  public var trigger: String
  /// The statuses from which it would have been permitted.
  public var permitted: [String]

  /// Creates the error, as a store of another kind has to.
  public init(subject: String, from: String, to: String, trigger: String, permitted: [String]) {
    self.subject = subject
    self.from = from
    self.to = to
    self.trigger = trigger
    self.permitted = permitted
  }

  /// One sentence that names both ends and says what would be permitted.
  public var description: String {
    "a \(subject) that is \(from) cannot \(trigger) and become \(to); "
      + "that is possible only for one that is \(permitted.joined(separator: " or "))"
  }
}
