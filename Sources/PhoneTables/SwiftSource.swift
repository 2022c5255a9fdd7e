extension NumberingTables {
  /// The tables as a source file of the library.
  ///
  /// A word is three bytes of seven bits, the lowest first, each changed by 48 so that the file can be read and
  /// compared. A literal of ASCII stands in the program's read-only memory and is ready when the program is loaded.
  var source: String {
    var bytes: [UInt8] = []
    for word in words {
      for shift in [0, 7, 14] { bytes.append(UInt8(word >> shift & 127) ^ 48) }
    }
    // A word is read as four bytes.
    bytes.append(48)
    return """
      // Made by `swift run PhoneTables generate` from Sources/PhoneTables/numbering-plan.txt. Do not edit.
      // swift-format-ignore-file

      /// The facts about telephone numbers, \(words.count * 3 + text.utf8.count) bytes. ``NumberingFacts`` reads them.
      enum NumberingTables {
        static let wordCount = \(words.count)
      \(places.map { "  static let \($0.name) = \($0.value)" }.joined(separator: "\n"))

        static let text: StaticString = \(Self.literal(Array(text.utf8)))

        static let words: StaticString = \(Self.literal(bytes))
      }

      """
  }

  /// A literal over several lines, with escapes for what a literal cannot have.
  private static func literal(_ bytes: [UInt8]) -> String {
    var lines = [""]
    for byte in bytes {
      switch byte {
      case 33, 35...91, 93...126: lines[lines.count - 1].append(Character(Unicode.Scalar(byte)))
      case 32 where !(lines.last ?? "").isEmpty: lines[lines.count - 1].append(" ")
      default: lines[lines.count - 1] += "\\#u{" + String(byte, radix: 16) + "}"
      }
      if lines[lines.count - 1].utf8.count >= 112 { lines.append("") }
    }
    return "#\"\"\"\n" + lines.map { "    " + $0 }.joined(separator: "\\#\n") + "\n    \"\"\"#"
  }
}
