extension PhoneNumber {
  /// What a number is for.
  public enum Kind: UInt8, CaseIterable, Sendable, Codable, Hashable {
    /// A telephone in a place.
    case fixed = 1
    /// A telephone that is carried around.
    case mobile
    /// Fixed or mobile: the plan does not tell them apart, as in North America.
    case fixedOrMobile
    /// The called side pays.
    case tollFree
    /// The caller pays more than for a call.
    case premium
    /// Both sides pay.
    case sharedCost
    /// Follows a person from telephone to telephone.
    case personal
    /// A telephone of the internet, without a place.
    case voip
    /// Takes messages only.
    case pager
    /// One number for all places of a company.
    case company
    /// Where messages are left and heard.
    case voicemail
  }

  /// The region and the kind in one walk over the digits; nil if no plan has the number.
  var assignment: (region: Region, kind: Kind)? {
    let label = NumberingFacts.label(of: DigitString(digits), from: NumberingTables.plan)
    return Self.assignment(label)
  }

  static func assignment(_ label: Int) -> (region: Region, kind: Kind)? {
    guard label != 0 else { return nil }
    let word = NumberingFacts.word(NumberingTables.labels + label)
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: word & 15)) else { return nil }
    return (RegionFacts(index: word >> 4).region, kind)
  }

  /// Whether a numbering plan has the number, by its length and all its digits. Emergency and other short numbers,
  /// which have no international form, are not among them.
  ///
  /// The digits alone cannot tell whether anybody has the number.
  public var isAssignable: Bool {
    NumberingFacts.label(of: DigitString(digits), from: NumberingTables.plan) != 0
  }

  /// The region whose plan has the number; nil if none has.
  public var region: Region? { assignment?.region }

  /// What the number is for; nil if no plan has it.
  public var kind: Kind? { assignment?.kind }

  /// The calling code that the number begins with; nil if there is none such.
  public var callingCode: Int? { CountryFacts.first(of: DigitString(digits))?.country.callingCode }

  /// Every time zone the number could be in, in the order of their names; empty if that is unknown.
  ///
  /// A fixed number is as precise as its area code. A number without a place, such as a mobile one in most countries,
  /// has all zones of those who share the calling code.
  public var timeZones: PhoneTimeZones {
    kind.map { Self.timeZones(of: DigitString(digits), $0) } ?? PhoneTimeZones(set: 0)
  }

  static func timeZones(of digits: DigitString, _ kind: Kind) -> PhoneTimeZones {
    guard let (country, codeLength) = CountryFacts.first(of: digits) else { return PhoneTimeZones(set: 0) }
    let hasPlace = kind == .fixed || kind == .fixedOrMobile || kind == .mobile && country.hasGeographicMobiles
    let known = hasPlace ? digits : digits.prefix(codeLength)
    let set = NumberingFacts.longestPrefix(of: known, from: NumberingTables.zones)?.label ?? 0
    return PhoneTimeZones(set: set)
  }
}

/// The names of time zones, such as `Europe/Berlin`, in the order of the names.
///
/// The collection takes two bytes; a name is made when it is asked for.
public struct PhoneTimeZones: RandomAccessCollection, Hashable, Sendable {
  private let number: UInt16

  init(set: Int) { number = UInt16(truncatingIfNeeded: set) }

  private var address: Int {
    number == 0 ? 0 : NumberingFacts.word(NumberingTables.zoneSets + Int(number))
  }

  /// Always 0.
  public var startIndex: Int { 0 }

  /// The number of zones.
  public var endIndex: Int { number == 0 ? 0 : NumberingFacts.word(address) }

  /// The name at a position, which must be below ``endIndex``.
  public subscript(position: Int) -> String {
    precondition(indices.contains(position), "there are \(count) zones, and none at \(position)")
    return String(decoding: NumberingFacts.text(NumberingFacts.word(address + 1 + position)), as: UTF8.self)
  }
}

extension Locality {
  /// What a number tells of where the person is: its country, and every time zone in which it could be.
  public init(of number: PhoneNumber) {
    self.init(jurisdiction: number.region?.description, timeZones: Array(number.timeZones))
  }
}
