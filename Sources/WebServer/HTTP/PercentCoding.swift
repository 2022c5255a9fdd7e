import Digests

/// The coding of bytes as `%41` in targets and forms.
enum PercentCoding {
  /// Decodes a text once; nothing when a percent sign is not followed by two digits, or when the result has a zero
  /// byte or is not UTF-8.
  static func decode(_ bytes: some Collection<UInt8>, plusIsBlank: Bool = false) -> String? {
    let isPlain = !bytes.contains { $0 == 0x25 || $0 == 0x2B && plusIsBlank || $0 == 0 }
    if isPlain { return String(validating: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case 0x25:
        guard let high = iterator.next().flatMap(Hexadecimal.value),
          let low = iterator.next().flatMap(Hexadecimal.value), high | low != 0
        else { return nil }
        decoded.append(high << 4 | low)
      case 0x2B where plusIsBlank: decoded.append(0x20)
      case 0: return nil
      default: decoded.append(byte)
      }
    }
    return String(validating: decoded, as: UTF8.self)
  }
}

/// Names with values, as they stand behind the question mark of a target and in the body of a form.
public struct FormValues: Sendable, Hashable {
  /// The pairs in their order.
  public let pairs: [Pair]

  /// A name with its value.
  public struct Pair: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value; empty for a name without one.
    public let value: String
  }

  /// Reads pairs such as `a=1&b=two+words`.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - maximumCount: Most pairs.
  /// - Throws: An ``HTTPError`` with 400 for what is not encoded correctly, and 413 for too many pairs.
  public init(decoding bytes: some Collection<UInt8>, maximumCount: Int = 1000) throws(HTTPError) {
    var pairs: [Pair] = []
    for part in bytes.split(separator: 0x26) {
      guard pairs.count < maximumCount else {
        throw HTTPError(.contentTooLarge, "More than \(maximumCount) values; send fewer.")
      }
      let equals = part.firstIndex(of: 0x3D)
      let value = equals.map { part[part.index(after: $0)...] }
      guard let name = PercentCoding.decode(part[..<(equals ?? part.endIndex)], plusIsBlank: true),
        let text = value.map({ PercentCoding.decode($0, plusIsBlank: true) }) ?? ""
      else { throw HTTPError(.badRequest, "A value is not encoded as %XX with UTF-8 behind it; encode it again.") }
      pairs.append(Pair(name: name, value: text))
    }
    self.pairs = pairs
  }

  /// The first value of a name.
  ///
  /// - Parameter name: The name.
  public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  /// Every value of a name.
  ///
  /// - Parameter name: The name.
  /// - Returns: The values in their order.
  public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }
}
