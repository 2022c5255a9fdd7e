import CampaignKit

/// The calls to agents' own telephones that were made for calls, as far as this process has learned of them.
///
/// The oldest are forgotten.
struct AgentLegs: Sendable {
  /// The call to an agent's telephone.
  struct Leg: Hashable, Sendable {
    /// How its order stands.
    enum Standing: Hashable, Sendable {
      case underWay
      /// The carrier may have it. Nothing of it is sent any more after this moment, by the clock that only runs on.
      case doubtful(since: Duration)
      /// The carrier has it under this name.
      case rung(String)
    }

    let agent: Agent.ID
    let phone: PhoneNumber
    /// The number that it is made from; nil where that is not known.
    let from: PhoneNumber?
    /// The moment before which it was not made, by our clock, and by the one that only runs on.
    let orderedAt: Timestamp
    let since: Duration
    var standing = Standing.underWay
    /// Whether the agent has come to the telephone.
    var isAnswered = false
    var isOver = false

    var reference: String? { if case .rung(let reference) = standing { reference } else { nil } }
  }

  private var legs: CallBook<Leg>
  private var owners: [String: Call.ID] = [:]
  /// Calls whose agents were let go.
  private var dismissed: CallBook<Void>
  /// Calls whose legs may go on, by the telephone.
  private var open: [PhoneNumber: Set<Call.ID>] = [:]

  init(capacity: Int = 65_536) {
    legs = CallBook(capacity: capacity)
    dismissed = CallBook(capacity: capacity)
  }

  /// The last leg that was made for a call.
  subscript(call: Call.ID) -> Leg? { legs[call] }

  /// The call for which the carrier's call of a name was made.
  func owner(of reference: String) -> Call.ID? { owners[reference] }

  /// Whether the agent of a call was let go.
  func isDismissed(_ call: Call.ID) -> Bool { dismissed[call] != nil }

  /// The calls by which an agent's telephone may be held though they are over, when the agent is given this one.
  ///
  /// They are those whose agents were let go; and all others of an agent who takes one call at a time.
  func stale(for agent: Agent, at phone: PhoneNumber, but call: Call.ID) -> [Call.ID] {
    let takesOne = agent.maximumConcurrentCalls == 1
    return (open[phone] ?? []).filter { other in
      other != call && (isDismissed(other) || takesOne && legs[other]?.agent == agent.id)
    }
  }

  /// Notes a leg, in place of the one before.
  mutating func note(_ leg: Leg, of call: Call.ID) {
    if let before = legs[call] { forget(before, of: call) }
    if let reference = leg.reference { owners[reference] = call }
    if !leg.isOver { open[leg.phone, default: []].insert(call) }
    if let (oldest, leg) = legs.note(leg, of: call) { forget(leg, of: oldest) }
  }

  /// Changes what is known of a leg.
  mutating func change(_ call: Call.ID, _ body: (inout Leg) -> Void) {
    guard var leg = legs[call] else { return }
    body(&leg)
    note(leg, of: call)
  }

  /// Strikes out a leg that was never made.
  mutating func strike(_ call: Call.ID) {
    if let leg = legs.strike(call) { forget(leg, of: call) }
  }

  /// Notes that the agent of a call is let go; returns whether there is a leg that may go on.
  mutating func dismiss(_ call: Call.ID) -> Bool {
    dismissed.note((), of: call)
    return legs[call].map { !$0.isOver } ?? false
  }

  /// Notes that somebody is to talk in a call after all.
  mutating func readmit(_ call: Call.ID) { dismissed.strike(call) }

  private mutating func forget(_ leg: Leg, of call: Call.ID) {
    if let reference = leg.reference { owners[reference] = nil }
    open[leg.phone]?.remove(call)
    if open[leg.phone]?.isEmpty == true { open[leg.phone] = nil }
  }
}
