/// A telephone number as it was read from a text.
public struct ParsedPhoneNumber: Hashable, Sendable {
  /// The number, which a numbering plan has.
  public var number: PhoneNumber
  /// The digits to dial once the call is answered; nil if there are none.
  public var phoneExtension: String?

  /// Creates a result.
  public init(number: PhoneNumber, phoneExtension: String? = nil) {
    self.number = number
    self.phoneExtension = phoneExtension
  }
}

extension PhoneNumber {
  /// Reads a telephone number however a person wrote it.
  ///
  /// Understood are international numbers with `+` or with the prefix that `defaultRegion` dials, national numbers of
  /// `defaultRegion` with and without its trunk prefix, punctuation, the digits of any script, letters instead of
  /// digits as in `1-800-FLOWERS`, extensions, and `tel:` addresses. What stands before the first digit is ignored.
  /// The result is a number that ``isAssignable``: emergency and other short numbers are refused.
  ///
  /// The text is never read beyond its first thousand bytes; longer ones are refused.
  public static func parse(
    _ text: some StringProtocol, defaultRegion: Region? = nil
  ) throws(PhoneNumberError) -> ParsedPhoneNumber {
    let fast = text.utf8.withContiguousStorageIfAvailable { read($0, defaultRegion) }
    let found =
      try (fast ?? Array(text.utf8.prefix(PhoneText.longest + 1)).withUnsafeBufferPointer { read($0, defaultRegion) })
      .get()
    return ParsedPhoneNumber(number: found.number.number, phoneExtension: found.phoneExtension)
  }

  /// Reads a telephone number from text in UTF-8, as ``parse(_:defaultRegion:)`` does.
  public static func parse(
    utf8 text: UnsafeBufferPointer<UInt8>, defaultRegion: Region? = nil
  ) throws(PhoneNumberError) -> ParsedPhoneNumber {
    let found = try read(text, defaultRegion).get()
    return ParsedPhoneNumber(number: found.number.number, phoneExtension: found.phoneExtension)
  }

  /// Reads a number, and keeps what was found out about it on the way.
  static func read(
    _ text: UnsafeBufferPointer<UInt8>, _ defaultRegion: Region?
  ) -> Result<(number: AssignedNumber, phoneExtension: String?), PhoneNumberError> {
    Result { () throws(PhoneNumberError) in
      let facts = defaultRegion.flatMap { RegionFacts($0) }
      if let (digits, isInternational) = PhoneText.plain(text) {
        return (try DialledNumber(digits: digits, isInternational: isInternational).resolved(in: facts), nil)
      }
      let text = try PhoneText(text)
      return (try text.dialled.resolved(in: facts), text.phoneExtension)
    }
  }
}

/// A number that a plan has, and its label there.
struct AssignedNumber {
  var number: PhoneNumber
  var digits: DigitString
  var label: Int

  /// Its region, and every time zone it could be in.
  var place: (region: Region?, timeZones: PhoneTimeZones) {
    guard let assignment = PhoneNumber.assignment(label) else { return (nil, PhoneTimeZones(set: 0)) }
    return (assignment.region, PhoneNumber.timeZones(of: digits, assignment.kind))
  }
}

/// Digits as they were dialled or written, the plus sign taken away.
struct DialledNumber {
  var digits: DigitString
  var isInternational: Bool

  /// The number that a plan has under these digits.
  func resolved(in region: RegionFacts?) throws(PhoneNumberError) -> AssignedNumber {
    if !isInternational, region?.short(digits) == .emergency { throw PhoneNumberError(.emergencyNumber) }
    do throws(PhoneNumberError) {
      return try assigned(in: region)
    } catch {
      if !isInternational, region?.short(digits) == .service { throw PhoneNumberError(.shortNumber) }
      throw error
    }
  }

  private func assigned(in region: RegionFacts?) throws(PhoneNumberError) -> AssignedNumber {
    let abroad = isInternational ? try Self.country(of: digits) : nil
    if let (country, national) = abroad {
      return try Self.number(national, plan: country.mainRegion)
    }
    guard let region else { throw PhoneNumberError(isInternational ? .unknownCallingCode : .noRegion) }
    // A plus sign in front of an international prefix, or of a national number, was one too many.
    if let (country, national) = try Self.withoutPlus(digits, in: region) {
      return try Self.number(national, plan: country.mainRegion)
    }
    guard !isInternational else { throw PhoneNumberError(.unknownCallingCode) }
    return try Self.number(digits, plan: region)
  }

  /// The country by the calling code in front, and the digits behind it; nil if there is no such country.
  private static func country(
    of digits: DigitString
  ) throws(PhoneNumberError) -> (country: CountryFacts, national: DigitString)? {
    guard digits.count > 2 else { throw PhoneNumberError(.tooShort) }
    return CountryFacts.first(of: digits).map { ($0.country, digits.dropFirst($0.codeLength)) }
  }

  /// Finds a country in digits without a plus sign: behind the prefix for calls abroad, or the region's own calling
  /// code where the digits are only a number without it.
  private static func withoutPlus(
    _ digits: DigitString, in region: RegionFacts
  ) throws(PhoneNumberError) -> (country: CountryFacts, national: DigitString)? {
    if let prefix = region.internationalPrefix(of: digits) {
      guard let found = try country(of: digits.dropFirst(prefix)) else { throw PhoneNumberError(.unknownCallingCode) }
      return found
    }
    guard let (country, codeLength) = CountryFacts.first(of: digits), country.callingCode == region.country.callingCode
    else { return nil }
    let national = region.withoutTrunkPrefix(digits.dropFirst(codeLength))
    let isNumberOnlyWithout = !region.isPlausible(digits) && region.isPlausible(national)
    guard isNumberOnlyWithout || region.length(digits.count) == .tooLong else { return nil }
    return (country, national)
  }

  private static func number(_ digits: DigitString, plan: RegionFacts) throws(PhoneNumberError) -> AssignedNumber {
    guard digits.count >= 2 else { throw PhoneNumberError(.tooShort) }
    var national = plan.withoutTrunkPrefix(digits)
    if national != digits {
      switch plan.length(national.count) {
      case .tooShort, .localOnly, .between: national = digits
      case .possible, .tooLong: break
      }
    }
    let country = plan.country
    guard let all = DigitString(UInt64(country.callingCode)).appending(national), all.count <= 15, let value = all.value
    else { throw PhoneNumberError(.tooLong) }
    guard let number = PhoneNumber(digits: value) else { throw PhoneNumberError(.tooShort) }
    let label = NumberingFacts.label(of: all, from: NumberingTables.plan)
    guard label != 0 else { throw PhoneNumberError(problem(of: national, plan)) }
    return AssignedNumber(number: number, digits: all, label: label)
  }

  private static func problem(of national: DigitString, _ plan: RegionFacts) -> PhoneNumberError.Problem {
    if plan.short(national) == .emergency { return .emergencyNumber }
    return switch plan.length(national.count) {
    case .possible: .notAssigned
    case .localOnly: .areaCodeMissing
    case .tooShort: .tooShort
    case .tooLong: .tooLong
    case .between: .impossibleLength
    }
  }
}
