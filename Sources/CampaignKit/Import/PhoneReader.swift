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
