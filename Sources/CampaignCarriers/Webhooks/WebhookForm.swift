/// Names with values, as carriers send them: the body of a form, or what stands behind the question mark.
///
/// Names and values are kept as the bytes that they are, since those bytes are what is signed.
public struct WebhookForm: Hashable, Sendable {
  /// All names and values, decoded, one after the other.
  private(set) var bytes: [UInt8] = []
  private(set) var pairs: [Pair] = []

  /// Where a name and its value are.
  struct Pair: Hashable, Sendable {
    /// Where the name starts, where it ends and the value starts, and where that ends.
    var start: Int
    var middle: Int
    var end: Int
  }

  /// A form without values.
  public init() {}

  /// Reads a form such as `a=1&b=two+words`; nil if a percent sign is not followed by two digits.
  ///
  /// - Parameter text: The form, as it was sent.
  public init?(_ text: some Sequence<UInt8>) {
    let isRead: Bool? = text.withContiguousStorageIfAvailable { read(UnsafeRawBufferPointer($0)) }
    guard isRead ?? Array(text).withUnsafeBytes({ read($0) }) else { return nil }
  }

  private mutating func read(_ text: UnsafeRawBufferPointer) -> Bool {
    bytes.reserveCapacity(text.count)
    pairs.reserveCapacity(32)
    var position = 0
    while position < text.count {
      let start = bytes.count
      var middle: Int?
      let first = position
      scan: while position < text.count {
        let byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "&"): break scan
        case UInt8(ascii: "=") where middle == nil: middle = bytes.count
        case UInt8(ascii: "+"): bytes.append(0x20)
        case UInt8(ascii: "%"):
          guard position + 1 < text.count, let high = Self.digit(text[position]),
            let low = Self.digit(text[position + 1])
          else { return false }
          bytes.append(high << 4 | low)
          position += 2
        default: bytes.append(byte)
        }
      }
      // Nothing stands between two ampersands that follow each other.
      let isEmpty = position - first == 1 && text[first] == UInt8(ascii: "&")
      if !isEmpty { pairs.append(Pair(start: start, middle: middle ?? bytes.count, end: bytes.count)) }
    }
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// Whether there are no values.
  public var isEmpty: Bool { pairs.isEmpty }

  /// The value of a name; nil where there is none, or several that differ.
  ///
  /// Bytes that are not UTF-8 are replaced.
  public subscript(name: String) -> String? {
    let wanted = Array(name.utf8)
    var found: ArraySlice<UInt8>?
    for pair in pairs where bytes[pair.start..<pair.middle].elementsEqual(wanted) {
      let value = bytes[pair.middle..<pair.end]
      guard found == nil || found == value else { return nil }
      found = value
    }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Whether a pair comes before another, by the bytes of names and then of values.
  static func precedes(_ bytes: UnsafeBufferPointer<UInt8>, _ left: Pair, _ right: Pair) -> Bool {
    let names = compare(bytes, left.start, left.middle, right.start, right.middle)
    return names == 0 ? compare(bytes, left.middle, left.end, right.middle, right.end) < 0 : names < 0
  }

  private static func compare(
    _ bytes: UnsafeBufferPointer<UInt8>, _ left: Int, _ leftEnd: Int, _ right: Int, _ rightEnd: Int
  ) -> Int {
    let count = min(leftEnd - left, rightEnd - right)
    for offset in 0..<count {
      let (one, other) = (bytes[left + offset], bytes[right + offset])
      if one != other { return one < other ? -1 : 1 }
    }
    return (leftEnd - left) - (rightEnd - right)
  }

  /// Adds all names and values to a message, sorted.
  ///
  /// - Parameters:
  ///   - message: What they are added to.
  ///   - separators: Bytes between a name and its value, and between two pairs.
  ///   - repeats: Whether a pair that comes again is added again.
  func append(
    to message: inout [UInt8], between separators: (value: [UInt8], pair: [UInt8]) = ([], []), repeats: Bool
  ) {
    bytes.withUnsafeBufferPointer { bytes in
      let sorted = pairs.sorted { Self.precedes(bytes, $0, $1) }
      var last: Pair?
      for pair in sorted {
        if let last {
          if !repeats, !Self.precedes(bytes, last, pair) { continue }
          message.append(contentsOf: separators.pair)
        }
        message.append(contentsOf: bytes[pair.start..<pair.middle])
        message.append(contentsOf: separators.value)
        message.append(contentsOf: bytes[pair.middle..<pair.end])
        last = pair
      }
    }
  }
}
