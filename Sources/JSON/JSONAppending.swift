extension [UInt8] {
  /// Appends a string in quotes from text that is UTF-8, with only the escapes that it needs.
  package mutating func appendJSON(utf8 text: UnsafeRawBufferPointer) {
    append(0x22)
    var position = 0
    while true {
      let end = JSONText.cleanRun(in: text, from: position, to: text.count).end
      append(contentsOf: UnsafeRawBufferPointer(rebasing: text[position..<end]))
      guard end < text.count else { break }
      let escape = JSONText.escape(of: text[end])
      for place in 0..<escape.count { append(UInt8(truncatingIfNeeded: escape.word >> UInt64(8 * place))) }
      position = end + 1
    }
    append(0x22)
  }
}
