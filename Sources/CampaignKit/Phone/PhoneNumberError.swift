/// Why a text is no telephone number that can be called.
public struct PhoneNumberError: Error, Hashable, Sendable {
  /// What is wrong.
  public enum Problem: String, Hashable, Sendable {
    /// Nothing in the text looks like the start of a number.
    case noDigits
    /// Something is in the text that a number does not have.
    case unexpectedCharacter
    /// The number has no calling code, and there was no default region, or none that is known.
    case noRegion
    /// No country has the calling code.
    case unknownCallingCode
    /// There are fewer digits than any number of the country has.
    case tooShort
    /// There are more digits than any number of the country has, or more than the 15 of an international number.
    case tooLong
    /// The country has shorter and longer numbers, and none of this length.
    case impossibleLength
    /// The number works only inside its town: the area code is missing.
    case areaCodeMissing
    /// The length fits, and no numbering plan gives out these digits.
    case notAssigned
    /// A short number of the default region, such as one for directory enquiries.
    case shortNumber
    /// The number of an emergency service.
    case emergencyNumber
  }

  /// What is wrong.
  public var problem: Problem
  /// The character that is wrong, counted in Unicode scalars from 0; nil if the number is wrong as a whole.
  public var position: Int?

  /// Creates an error.
  public init(_ problem: Problem, at position: Int? = nil) {
    self.problem = problem
    self.position = position
  }
}

extension PhoneNumberError: CustomStringConvertible {
  /// What is wrong, where, and what to do about it.
  public var description: String {
    let text =
      switch problem {
      case .noDigits: "there is no telephone number in the text"
      case .unexpectedCharacter: "a telephone number does not have this character"
      case .noRegion: "the country is missing: write + and the calling code in front, or name a default region"
      case .unknownCallingCode: "no country has this calling code"
      case .tooShort: "digits are missing"
      case .tooLong: "there are too many digits; if the text has two numbers, give them a field each"
      case .impossibleLength: "no number of this country has so many digits"
      case .areaCodeMissing: "the area code is missing"
      case .notAssigned: "the numbering plan does not give out these digits"
      case .shortNumber: "short numbers work only inside their country, and are not called"
      case .emergencyNumber: "emergency numbers are not called"
      }
    return position.map { "\(text) (character \($0 + 1))" } ?? text
  }
}
