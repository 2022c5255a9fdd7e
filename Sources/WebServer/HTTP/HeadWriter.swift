/// Writes the head of an answer into memory that has room for it.
///
/// A piece that does not fit, or that has a character with which it could end a line, makes the head invalid, and
/// nothing is stored beyond the room.
struct HeadWriter {
  private let room: UnsafeMutableRawBufferPointer
  private var count = 0

  /// Whether every piece was one that a head may have.
  private(set) var isValid = true

  init(room: UnsafeMutableRawBufferPointer) { self.room = room }

  var written: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[..<count]) }

  @inline(__always)
  mutating func append(_ piece: UnsafeRawBufferPointer) {
    guard piece.count <= room.count &- count else { return isValid = false }
    UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: piece)
    count &+= piece.count
  }

  @inline(__always)
  mutating func append(_ text: StaticString) {
    append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inline(__always)
  mutating func append(_ text: String) {
    let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
    if isDone == nil { Array(text.utf8).withUnsafeBytes { append($0) } }
  }

  /// Appends a field's name and what stands between it and its value.
  mutating func append(name: String) {
    let start = count
    append(name)
    guard count > start, room[start..<count].allSatisfy(Characters.isToken) else { return isValid = false }
    append(": " as StaticString)
  }

  /// Appends a field's value and the end of its line.
  mutating func append(value: String) {
    let start = count
    append(value)
    guard Characters.isFieldValue(UnsafeRawBufferPointer(rebasing: room[start..<count])) else { return isValid = false }
    append("\r\n" as StaticString)
  }

  /// Appends a number of none or more.
  @inline(__always)
  mutating func append(decimal value: Int) {
    var rest = UInt(max(0, value))
    // 20 digits hold every number.
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var start = 20
      repeat {
        start &-= 1
        digits[start] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      append(UnsafeRawBufferPointer(rebasing: digits[start...]))
    }
  }
}
