/// What a phone column says.
public struct PhoneReading: Hashable, Sendable {
  /// The number.
  public var number: PhoneNumber
  /// What to dial after the number was answered.
  public var phoneExtension: String?
  /// Where the person is, as far as the number tells.
  public var locality: Locality

  /// Creates a reading.
  public init(_ number: PhoneNumber, phoneExtension: String? = nil, locality: Locality = .unknown) {
    self.number = number
    self.phoneExtension = phoneExtension
    self.locality = locality
  }
}

/// Why a text is no phone number.
public struct PhoneRefusal: Error, Hashable, Sendable {
  /// What is wrong and what to do, for whoever sent the file.
  public var reason: String

  /// Creates a refusal.
  public init(_ reason: String) {
    self.reason = reason
  }
}

/// Reads phone numbers as they stand in files.
public protocol PhoneReader: Sendable {
  /// Reads a number.
  ///
  /// - Parameters:
  ///   - text: The bytes of a field, without space around them, in UTF-8 or in an encoding of single bytes. They are
  ///     there only meanwhile.
  ///   - region: The country whose national numbers are meant where the country code is missing, as two letters.
  /// - Returns: The number, and what comes with it.
  /// - Throws: A ``PhoneRefusal`` for what is no number that can be called.
  func read(_ text: UnsafeRawBufferPointer, region: String?) throws(PhoneRefusal) -> PhoneReading
}

/// Reads numbers in international form, with a plus sign, and whatever punctuation and invisible marks are in them.
public struct InternationalPhoneReader: PhoneReader {
  /// Creates a reader.
  public init() {}

  /// Reads a number; the region makes no difference.
  public func read(_ text: UnsafeRawBufferPointer, region: String?) throws(PhoneRefusal) -> PhoneReading {
    var digits: UInt64 = 0
    var hasPlus = false
    var isNumber = true
    var place = 0
    while place < text.count {
      let byte = text[place]
      place += 1
      switch byte {
      // A country code does not begin with 0.
      case 48...57 where hasPlus && digits < 100_000_000_000_000 && (digits > 0 || byte != 48):
        digits = digits * 10 + UInt64(byte - 48)
      case UInt8(ascii: "+") where !hasPlus: hasPlus = true
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"),
        UInt8(ascii: "/"):
        continue
      // No-break spaces, and marks that change the direction of text, which come along when a number is copied.
      case 0xA0: continue
      case 0xC2 where place < text.count && text[place] == 0xA0: place += 1
      case 0xE2 where place + 1 < text.count && (text[place] == 0x80 || text[place] == 0x81): place += 2
      default: isNumber = false
      }
    }
    guard isNumber, hasPlus, digits >= 1_000_000, let number = PhoneNumber(digits: digits) else {
      throw PhoneRefusal("Invalid phone number format; write it like +14155552671, with its country code")
    }
    return PhoneReading(number)
  }
}
