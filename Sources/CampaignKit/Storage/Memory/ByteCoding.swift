/// Appends values to bytes, in the form in which the store keeps them.
///
/// Whole numbers of fixed width are little-endian; counts and lengths are variable: seven bits a byte, the
/// lowest first.
struct ByteWriter {
  var bytes: [UInt8] = []

  mutating func byte(_ value: UInt8) { bytes.append(value) }
  mutating func fixed16(_ value: UInt16) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
  mutating func fixed32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
  mutating func fixed64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }

  @inline(__always)
  mutating func count(_ value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// A number that may be negative: the sign goes to the lowest bit, so that small ones stay short.
  mutating func signed(_ value: Int64) {
    count(Int(truncatingIfNeeded: (value << 1) ^ (value >> 63)))
  }

  mutating func moment(_ value: Timestamp) { signed(value.milliseconds) }

  mutating func flag(_ value: Bool) { bytes.append(value ? 1 : 0) }

  mutating func identifier<Entity>(_ value: Identifier<Entity>) { raw(RawID(value)) }

  mutating func raw(_ value: RawID) {
    fixed64(value.high)
    fixed32(value.low)
  }

  mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      count(utf8.count)
      bytes.append(contentsOf: utf8)
    }
  }

  mutating func blob(_ value: some Collection<UInt8>) {
    count(value.count)
    bytes.append(contentsOf: value)
  }

  /// Writes what `write` writes, with its length in front in four bytes.
  @inline(__always)
  mutating func nested(_ write: (inout ByteWriter) -> Void) {
    let start = bytes.count
    fixed32(0)
    write(&self)
    let length = UInt32(bytes.count - start - 4).littleEndian
    withUnsafeBytes(of: length) { length in
      for index in 0..<4 { bytes[start + index] = length[index] }
    }
  }

  /// Writes whether there is a value, and then the value.
  mutating func optional<Value>(_ value: Value?, _ write: (inout ByteWriter, Value) -> Void) {
    flag(value != nil)
    if let value { write(&self, value) }
  }
}

/// Reads what ``ByteWriter`` wrote.
///
/// Every read is checked against the end, since the bytes may come from a damaged or foreign file.
struct ByteReader {
  private var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    rest = bytes
  }

  var isAtEnd: Bool { rest.isEmpty }
  var remaining: Int { rest.count }

  private static var cutOff: StoreError { StoreError(.damaged, "a stored record is shorter than it says") }

  @inline(__always)
  mutating func take(_ count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= rest.count else { throw Self.cutOff }
    let taken = UnsafeRawBufferPointer(rebasing: rest[..<count])
    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    return taken
  }

  @inline(__always)
  mutating func byte() throws(StoreError) -> UInt8 {
    guard let first = rest.first else { throw Self.cutOff }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst())
    return first
  }

  mutating func fixed16() throws(StoreError) -> UInt16 {
    UInt16(littleEndian: try take(2).loadUnaligned(as: UInt16.self))
  }
  mutating func fixed32() throws(StoreError) -> UInt32 {
    UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self))
  }
  mutating func fixed64() throws(StoreError) -> UInt64 {
    UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  mutating func count() throws(StoreError) -> Int {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 64 else { throw Self.cutOff }
      value |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return Int(truncatingIfNeeded: value) }
      shift += 7
    }
  }

  /// Reads how many elements follow, each of which takes a byte at least.
  mutating func elements() throws(StoreError) -> Range<Int> {
    let value = try count()
    guard value >= 0, value <= rest.count else { throw Self.cutOff }
    return 0..<value
  }

  mutating func signed() throws(StoreError) -> Int64 {
    let value = UInt64(bitPattern: Int64(try count()))
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  mutating func moment() throws(StoreError) -> Timestamp { Timestamp(milliseconds: try signed()) }

  mutating func flag() throws(StoreError) -> Bool { try byte() != 0 }

  mutating func identifier<Entity>(
    _ entity: Entity.Type = Entity.self
  ) throws(StoreError) -> Identifier<Entity> {
    try raw().of(Entity.self)
  }

  mutating func raw() throws(StoreError) -> RawID {
    let high = try fixed64()
    return RawID(high: high, low: try fixed32())
  }

  mutating func text() throws(StoreError) -> String {
    String(decoding: try blob(), as: UTF8.self)
  }

  mutating func blob() throws(StoreError) -> UnsafeRawBufferPointer {
    try take(try count())
  }

  /// Reads what was written nested.
  mutating func nested() throws(StoreError) -> UnsafeRawBufferPointer {
    try take(Int(try fixed32()))
  }

  mutating func optional<Value>(
    _ read: (inout ByteReader) throws(StoreError) -> Value
  ) throws(StoreError) -> Value? {
    try flag() ? try read(&self) : nil
  }
}

/// An identifier of whatever kind, in twelve bytes and aligned to four, so that rows have no gaps.
struct RawID: Hashable, Comparable, Sendable {
  private var upper: UInt32
  private var middle: UInt32
  var low: UInt32

  init(high: UInt64, low: UInt32) {
    upper = UInt32(truncatingIfNeeded: high >> 32)
    middle = UInt32(truncatingIfNeeded: high)
    self.low = low
  }

  init<Entity>(_ identifier: Identifier<Entity>) {
    self.init(high: identifier.high, low: identifier.low)
  }

  static let none = RawID(high: 0, low: 0)

  var high: UInt64 { UInt64(upper) << 32 | UInt64(middle) }

  @inline(__always)
  static func < (left: RawID, right: RawID) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  func of<Entity>(_ entity: Entity.Type) -> Identifier<Entity> { Identifier(high: high, low: low) }
}
