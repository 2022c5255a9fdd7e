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
    let start: Int
    let middle: Int
    let end: Int
    /// The first eight bytes of the name as a number, by which most names are told apart.
    let prefix: UInt64

    /// Reads the name with what stands behind it, for which there must be eight bytes of room.
    init(_ bytes: UnsafeRawPointer, start: Int, middle: Int, end: Int) {
      (self.start, self.middle, self.end) = (start, middle, end)
      let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
      // A shift by all 64 bits leaves nothing.
      prefix = word & ~(UInt64.max >> UInt64(8 * min(8, middle - start)))
    }
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
    guard let start = text.baseAddress else { return true }
    var isWellFormed = true
    pairs.reserveCapacity(32)
    // What is decoded is never longer than what was sent. Eight bytes more may be read with the last name.
    bytes = [UInt8](unsafeUninitializedCapacity: text.count + 8) { room, count in
      guard let base = room.baseAddress else { return }
      isWellFormed = read(start, to: start + text.count, into: base, &count)
    }
    return isWellFormed
  }

  private mutating func read(
    _ text: UnsafeRawPointer, to end: UnsafeRawPointer, into bytes: UnsafeMutablePointer<UInt8>, _ count: inout Int
  ) -> Bool {
    var text = text
    var next = bytes
    while text < end {
      let start = next
      var middle: UnsafeMutablePointer<UInt8>?
      let first = text
      scan: while text < end {
        var byte = text.load(as: UInt8.self)
        text += 1
        if Self.isSpecial(byte) {
          if byte == UInt8(ascii: "&") { break scan }
          if byte == UInt8(ascii: "="), middle == nil {
            middle = next
            continue
          }
          if byte == UInt8(ascii: "+") {
            byte = 0x20
          } else if byte == UInt8(ascii: "%") {
            guard end - text >= 2, let high = Self.digit(text.load(as: UInt8.self)),
              let low = Self.digit(text.load(fromByteOffset: 1, as: UInt8.self))
            else { return false }
            byte = high << 4 | low
            text += 2
          }
        }
        next.pointee = byte
        next += 1
      }
      // Nothing stands between two ampersands that follow each other.
      let isEmpty = text - first == 1 && first.load(as: UInt8.self) == UInt8(ascii: "&")
      if !isEmpty {
        pairs.append(Pair(bytes, start: start - bytes, middle: (middle ?? next) - bytes, end: next - bytes))
      }
    }
    count = next - bytes
    return true
  }

  /// Whether a byte is one of `%&+=`, as a bit of a number: compilers make a jump of a comparison with each, and
  /// processors cannot foresee where it goes.
  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    let place = byte &- UInt8(ascii: "%")
    return place < 32 && 0b1_0000_0000_0000_0000_0100_0011 as UInt32 &>> UInt32(place) & 1 == 1
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
    if left.prefix != right.prefix { return left.prefix < right.prefix }
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
    message.reserveCapacity(
      message.count + bytes.count + pairs.count * (separators.value.count + separators.pair.count))
    bytes.withUnsafeBufferPointer { bytes in
      var last: Pair?
      for pair in pairs.sorted(by: { Self.precedes(bytes, $0, $1) }) {
        if let last {
          if !repeats, !Self.precedes(bytes, last, pair) { continue }
          if !separators.pair.isEmpty { message += separators.pair }
        }
        if separators.value.isEmpty {
          message += bytes[pair.start..<pair.end]
        } else {
          message += bytes[pair.start..<pair.middle]
          message += separators.value
          message += bytes[pair.middle..<pair.end]
        }
        last = pair
      }
    }
  }
}
