import CampaignKit

/// Which of our calls the carrier knows under which name, as far as this process has learned it.
///
/// It keeps an order from being sent twice, and one call from being taken for another. The oldest entries are
/// forgotten.
struct OrderBook: Sendable {
  /// How an order stands.
  enum Standing: Hashable, Sendable {
    /// It is being placed.
    case underWay
    /// The carrier has it.
    case placed(String)
    /// The carrier may have it. Nothing of it is sent any more after this moment, by the clock that only runs on.
    case doubtful(since: Duration)
  }

  private var standings: CallBook<Standing>
  private var owners: [String: Call.ID] = [:]

  init(capacity: Int = 65_536) { standings = CallBook(capacity: capacity) }

  /// How an order stands; nil for one that is not known.
  subscript(call: Call.ID) -> Standing? { standings[call] }

  /// Notes that an order is being placed, unless it was placed before; then returns how it stands.
  mutating func begin(_ call: Call.ID) -> Standing? {
    if let standing = standings[call] { return standing }
    set(.underWay, of: call)
    return nil
  }

  /// Notes that the carrier has a call; false if the carrier's name belongs to another one.
  @discardableResult
  mutating func claim(_ reference: String, for call: Call.ID) -> Bool {
    if let owner = owners[reference] { return owner == call }
    owners[reference] = call
    set(.placed(reference), of: call)
    return true
  }

  /// Notes that an order failed.
  mutating func fail(_ call: Call.ID, isCertain: Bool, at now: Duration) {
    guard standings[call] == .underWay else { return }
    if isCertain { standings.strike(call) } else { set(.doubtful(since: now), of: call) }
  }

  /// Which call has a name of the carrier.
  func owner(of reference: String) -> Call.ID? { owners[reference] }

  /// The carrier's name of a call.
  func reference(of call: Call.ID) -> String? {
    if case .placed(let reference) = standings[call] { reference } else { nil }
  }

  private mutating func set(_ standing: Standing, of call: Call.ID) {
    if case .placed(let reference) = standings.note(standing, of: call)?.note { owners[reference] = nil }
  }
}
