/// Single values at the end of a buffer, without anything in between.
extension [UInt8] {
  @inline(__always)
  mutating func appendJSON(word: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
  }

  /// Appends a string in quotes, with only the escapes that it needs.
  mutating func appendJSON(_ string: String) {
    let isWritten: Void? = string.utf8.withContiguousStorageIfAvailable { appendJSON(utf8: UnsafeRawBufferPointer($0)) }
    if isWritten == nil {
      // Only strings that came from Objective-C get here.
      var copy = string
      copy.withUTF8 { appendJSON(utf8: UnsafeRawBufferPointer($0)) }
    }
  }

  /// Appends a string in quotes from text that is UTF-8.
  package mutating func appendJSON(utf8 text: UnsafeRawBufferPointer) {
    append(0x22)
    var position = 0
    while true {
      let end = JSONText.cleanRun(in: text, from: position, to: text.count).end
      append(contentsOf: UnsafeRawBufferPointer(rebasing: text[position..<end]))
      guard end < text.count else { break }
      appendJSON(escapeOf: text[end])
      position = end + 1
    }
    append(0x22)
  }

  private mutating func appendJSON(escapeOf byte: UInt8) {
    append(0x5C)
    switch byte {
    case 0x22, 0x5C: append(byte)
    case 0x08: append(0x62)
    case 0x09: append(0x74)
    case 0x0A: append(0x6E)
    case 0x0C: append(0x66)
    case 0x0D: append(0x72)
    default:
      appendJSON(word: "u00")
      for digit in [byte >> 4, byte & 0xF] { append(digit < 10 ? 0x30 + digit : 0x57 + digit) }
    }
  }

  mutating func appendJSON(_ number: JSONNumber) {
    switch number.storage {
    case .integer(let value): appendJSON(value)
    case .double(let value): appendJSON(value)
    case .text(let text): append(contentsOf: text.utf8)
    }
  }

  @inline(__always)
  mutating func appendJSON(_ value: Int64) {
    if value < 0 { append(0x2D) }
    appendJSON(value.magnitude)
  }

  mutating func appendJSON(_ value: UInt64) {
    if value < 10 {
      append(0x30 &+ UInt8(truncatingIfNeeded: value))
      return
    }
    // 20 digits hold every value.
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
      var start = 20
      var rest = value
      repeat {
        let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
        start &-= 1
        digits[start] = 0x30 &+ UInt8(truncatingIfNeeded: digit)
        rest = quotient
      } while rest > 0
      append(contentsOf: UnsafeRawBufferPointer(rebasing: digits[start...]))
    }
  }

  /// Appends a value in its shortest form, with `.0` when it is whole; one that is not finite becomes `null`.
  mutating func appendJSON(_ value: Double) {
    guard value.isFinite else { return appendJSON(word: "null") }
    let magnitude = value.magnitude
    if magnitude >= 0.001, magnitude < 1e9 {
      // Up to six decimals and 15 digits in all: the quotient of two exact numbers is rounded once, so when it
      // gives the value back, these digits name it, and no shorter ones name the same.
      for decimals in 0...6 {
        let scale = JSONText.powersOfTen[decimals]
        // Not `rounded()`, for which a program without Foundation would have to link the mathematics library.
        let scaled = UInt64(magnitude * scale + 0.5)
        guard Double(scaled) / scale == magnitude else { continue }
        if value < 0 { append(0x2D) }
        appendJSON(scaled: scaled, decimals: decimals)
        return
      }
    }
    append(contentsOf: value.description.utf8)
  }

  /// Appends an integer divided by a power of ten.
  private mutating func appendJSON(scaled: UInt64, decimals: Int) {
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale &*= 10 }
    var (whole, fraction) = scaled.quotientAndRemainder(dividingBy: scale)
    appendJSON(whole)
    append(0x2E)
    if decimals == 0 { append(0x30) }
    for _ in 0..<decimals {
      scale /= 10
      (whole, fraction) = fraction.quotientAndRemainder(dividingBy: scale)
      append(0x30 &+ UInt8(truncatingIfNeeded: whole))
    }
  }
}
