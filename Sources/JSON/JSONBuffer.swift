/// Memory that a document is written into, and how much of it is written.
///
/// Appending to an array costs a call, a look at its owner and one at its bounds for every piece. Here one call to
/// `write` makes room for all that a piece can need at most, and the piece is then stored byte after byte.
///
/// The `@unchecked` is safe because the memory belongs to this value alone, which cannot be copied: whoever has the value
/// has the only pointer, and a cursor does not outlive the piece that it stores.
struct JSONBuffer: ~Copyable, @unchecked Sendable {
  private var room: UnsafeMutableRawBufferPointer

  /// Bytes that are written; never more than there is room for.
  private(set) var count = 0

  init(capacity: Int = 512) { room = .allocate(byteCount: max(64, capacity), alignment: 1) }

  deinit { room.deallocate() }

  /// What is written, as an array.
  func bytes() -> [UInt8] { [UInt8](UnsafeRawBufferPointer(rebasing: room[..<count])) }

  /// Appends what is written to an array.
  func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: room[..<count])) }

  /// Where a piece is stored.
  ///
  /// The indices need no check when a program is optimized, since they are right by construction: an index begins at
  /// the count, each store moves it on by the size that it stored, and whoever calls `write` says how far it moves at
  /// most. Every caller is in this file, with the reason for its bound beside it. Tests run with checks.
  private struct Cursor {
    let room: UnsafeMutableRawBufferPointer
    var index: Int

    @inline(__always)
    mutating func store(_ byte: UInt8) {
      room[index] = byte
      index &+= 1
    }

    /// Stores the low bytes of a word; eight of room have to be there, however few of them count.
    @inline(__always)
    mutating func store(_ word: UInt64, bytes: Int) {
      assert(index + 8 <= room.count)
      room.storeBytes(of: word.littleEndian, toByteOffset: index, as: UInt64.self)
      index &+= bytes
    }
  }

  /// Makes room for a number of bytes and stores a piece that has no more of them.
  @inline(__always)
  private mutating func write<Result>(upTo size: Int, _ body: (inout Cursor) -> Result) -> Result {
    if size > room.count &- count { grow(by: size) }
    var cursor = Cursor(room: room, index: count)
    let result = body(&cursor)
    assert(cursor.index - count <= size)
    count = cursor.index
    return result
  }

  /// At least doubles the room, so that writing stays linear.
  @inline(never)
  private mutating func grow(by size: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count + size, 2 * room.count), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<count]))
    room.deallocate()
    room = larger
  }

  // MARK: Pieces

  @inline(__always)
  mutating func append(byte: UInt8) {
    write(upTo: 1) { $0.store(byte) }
  }

  /// A comma where one is needed, and a byte.
  @inline(__always)
  mutating func append(byte: UInt8, comma: Bool) {
    write(upTo: 2) { cursor in
      if comma { cursor.store(0x2C) }
      cursor.store(byte)
    }
  }

  mutating func append(_ text: some Collection<UInt8>) {
    // As many bytes as the text has; `zip` ends with the shorter, should its count be wrong.
    let size = text.count
    write(upTo: size) { cursor in
      for (_, byte) in zip(0..<size, text) { cursor.store(byte) }
    }
  }

  @inline(__always)
  mutating func appendNull(comma: Bool) {
    // A comma and a word of eight bytes, of which four count.
    write(upTo: 9) { cursor in
      if comma { cursor.store(0x2C) }
      cursor.store(0x6C6C_756E, bytes: 4)
    }
  }

  @inline(__always)
  mutating func append(_ value: Bool, comma: Bool) {
    // A comma and a word of eight bytes, of which four or five count.
    write(upTo: 9) { cursor in
      if comma { cursor.store(0x2C) }
      cursor.store(value ? 0x6575_7274 : 0x65_736C_6166, bytes: value ? 4 : 5)
    }
  }

  /// Appends an integer, from its sign and its magnitude.
  mutating func append(_ magnitude: UInt64, isNegative: Bool = false, comma: Bool = false) {
    // A comma, a sign, and 20 digits, which hold every value.
    write(upTo: 22) { cursor in
      if comma { cursor.store(0x2C) }
      if isNegative { cursor.store(0x2D) }
      Self.store(magnitude, digits: JSONText.digitCount(magnitude), &cursor)
    }
  }

  @inline(__always)
  mutating func append(_ value: Int64, comma: Bool = false) {
    append(value.magnitude, isNegative: value < 0, comma: comma)
  }

  /// Stores the lowest digits of a number, from the last to the first.
  @inline(__always)
  private static func store(_ value: UInt64, digits: Int, _ cursor: inout Cursor) {
    var rest = value
    var index = cursor.index &+ digits
    cursor.index = index
    for _ in 0..<digits {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      index &-= 1
      cursor.room[index] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
      rest = quotient
    }
  }

  /// Appends an integer divided by a power of ten.
  mutating func append(scaled: UInt64, decimals: Int, isNegative: Bool) {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale &*= 10 }
    let (whole, fraction) = scaled.quotientAndRemainder(dividingBy: scale)
    // A sign, 20 digits at most, a point, and the decimals or one zero.
    write(upTo: 23 + decimals) { cursor in
      if isNegative { cursor.store(0x2D) }
      Self.store(whole, digits: JSONText.digitCount(whole), &cursor)
      cursor.store(0x2E)
      Self.store(fraction, digits: max(1, decimals), &cursor)
    }
  }

  // MARK: Strings

  /// Appends a string in quotes, with only the escapes that it needs, and a colon behind a key.
  @inline(__always)
  mutating func append(_ string: String, comma: Bool = false, colon: Bool = false) {
    let isWritten: Void? = string.utf8.withContiguousStorageIfAvailable {
      append(utf8: UnsafeRawBufferPointer($0), comma: comma, colon: colon)
    }
    if isWritten == nil { append(foreign: string, comma: comma, colon: colon) }
  }

  /// Only strings that came from Objective-C get here.
  @inline(never)
  private mutating func append(foreign string: String, comma: Bool, colon: Bool) {
    var copy = string
    copy.withUTF8 { append(utf8: UnsafeRawBufferPointer($0), comma: comma, colon: colon) }
  }

  /// Appends a string in quotes from text that is UTF-8.
  mutating func append(utf8 text: UnsafeRawBufferPointer, comma: Bool = false, colon: Bool = false) {
    // The text, two quotes, a comma and a colon; and eight bytes for a text that is shorter than a word.
    let isClean = write(upTo: text.count &+ 12) { cursor in
      let start = cursor
      if comma { cursor.store(0x2C) }
      cursor.store(0x22)
      guard Self.storeClean(text, &cursor) else {
        cursor = start
        return false
      }
      cursor.store(0x22)
      if colon { cursor.store(0x3A) }
      return true
    }
    if !isClean { append(escaping: text, comma: comma, colon: colon) }
  }

  /// Stores a text that needs no escapes, and finds out on the way whether it does; false when it does.
  ///
  /// Goes by words of eight bytes. The last word ends with the text, and so has bytes that were stored before.
  @inline(__always)
  private static func storeClean(_ text: UnsafeRawBufferPointer, _ cursor: inout Cursor) -> Bool {
    let count = text.count
    guard count >= 8 else {
      let word = JSONText.shortWord(text)
      guard JSONText.hits(in: word) == 0 else { return false }
      cursor.store(word, bytes: count)
      return true
    }
    let begin = cursor.index
    var found: UInt64 = 0
    var offset = 0
    while offset < count {
      let place = min(offset, count &- 8)
      let word = text.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      found |= JSONText.hits(in: UInt64(littleEndian: word))
      cursor.room.storeBytes(of: word, toByteOffset: begin &+ place, as: UInt64.self)
      offset &+= 8
    }
    cursor.index = begin &+ count
    return found == 0
  }

  /// Appends a string run by run, with an escape between each two.
  @inline(never)
  private mutating func append(escaping text: UnsafeRawBufferPointer, comma: Bool, colon: Bool) {
    append(byte: 0x22, comma: comma)
    var position = 0
    while position < text.count {
      let end = JSONText.cleanRun(in: text, from: position, to: text.count).end
      // The run, and a word of eight bytes for the escape behind it.
      write(upTo: end - position + 8) { cursor in
        for index in position..<end { cursor.store(text[index]) }
        guard end < text.count else { return }
        let escape = JSONText.escape(of: text[end])
        cursor.store(escape.word, bytes: escape.count)
      }
      position = end + 1
    }
    append(byte: 0x22)
    if colon { append(byte: 0x3A) }
  }

  // MARK: Numbers

  mutating func append(_ number: JSONNumber) {
    switch number.storage {
    case .integer(let value): append(value)
    case .double(let value): append(value)
    case .text(let text): append(text.utf8)
    }
  }

  /// Appends a value in its shortest form, with `.0` when it is whole; one that is not finite becomes `null`.
  mutating func append(_ value: Double) {
    guard value.isFinite else { return appendNull(comma: false) }
    let magnitude = value.magnitude
    if magnitude >= 0.001, magnitude < 1e9 {
      // Up to six decimals and 15 digits in all: the quotient of two exact numbers is rounded once, so when it
      // gives the value back, these digits name it, and no shorter ones name the same.
      for decimals in 0...6 {
        let scale = JSONText.powersOfTen[decimals]
        // Not `rounded()`, for which a program without Foundation would have to link the mathematics library.
        let scaled = UInt64(magnitude * scale + 0.5)
        guard Double(scaled) / scale == magnitude else { continue }
        return append(scaled: scaled, decimals: decimals, isNegative: value < 0)
      }
    }
    append(value.description.utf8)
  }
}
