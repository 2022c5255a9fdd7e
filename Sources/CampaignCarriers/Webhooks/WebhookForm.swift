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

    init(_ bytes: UnsafeMutableBufferPointer<UInt8>, start: Int, middle: Int, end: Int) {
      (self.start, self.middle, self.end) = (start, middle, end)
      var prefix: UInt64 = 0
      for index in start..<min(start + 8, middle) { prefix = prefix << 8 | UInt64(bytes[index]) }
      self.prefix = prefix << UInt64(8 * max(0, 8 - (middle - start)))
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
    var isWellFormed = true
    pairs.reserveCapacity(32)
    // What is decoded is never longer than what was sent.
    bytes = [UInt8](unsafeUninitializedCapacity: text.count) { bytes, count in
      isWellFormed = read(text, into: bytes, &count)
    }
    return isWellFormed
  }

  private mutating func read(
    _ text: UnsafeRawBufferPointer, into bytes: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) -> Bool {
    var position = 0
    while position < text.count {
      let start = count
      var middle: Int?
      let first = position
      scan: while position < text.count {
        var byte = text[position]
        position += 1
        switch byte {
        case UInt8(ascii: "&"): break scan
        case UInt8(ascii: "=") where middle == nil:
          middle = count
          continue
        case UInt8(ascii: "+"): byte = 0x20
        case UInt8(ascii: "%"):
          guard position + 1 < text.count, let high = Self.digit(text[position]),
            let low = Self.digit(text[position + 1])
          else { return false }
          byte = high << 4 | low
          position += 2
        default: break
        }
        bytes[count] = byte
        count += 1
      }
      // Nothing stands between two ampersands that follow each other.
      let isEmpty = position - first == 1 && text[first] == UInt8(ascii: "&")
      if !isEmpty { pairs.append(Pair(bytes, start: start, middle: middle ?? count, end: count)) }
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
    let first = message.count
    let room = bytes.count + pairs.count * (separators.value.count + separators.pair.count)
    message.append(contentsOf: repeatElement(0, count: room))
    var position = first
    message.withUnsafeMutableBytes { message in
      // A pair is written once at most, with its separators, so that it all has room.
      func write(_ piece: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: message[position..<position + piece.count]).copyMemory(from: piece)
        position += piece.count
      }
      bytes.withUnsafeBytes { raw in
        let bytes = raw.assumingMemoryBound(to: UInt8.self)
        var last: Pair?
        for pair in pairs.sorted(by: { Self.precedes(bytes, $0, $1) }) {
          if let last {
            if !repeats, !Self.precedes(bytes, last, pair) { continue }
            separators.pair.withUnsafeBytes(write)
          }
          write(UnsafeRawBufferPointer(rebasing: raw[pair.start..<pair.middle]))
          separators.value.withUnsafeBytes(write)
          write(UnsafeRawBufferPointer(rebasing: raw[pair.middle..<pair.end]))
          last = pair
        }
      }
    }
    message.removeLast(message.count - position)
  }
}
