/// Writes a document of XML 1.0.
struct XMLWriter {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

  /// Writes an element with others in it; attributes without a value are left out.
  mutating func element<Failure: Error>(
    _ name: String, _ attributes: KeyValuePairs<String, String?> = [:],
    _ content: (inout XMLWriter) throws(Failure) -> Void
  ) throws(Failure) {
    begin(name, attributes)
    text += ">"
    try content(&self)
    text += "</\(name)>"
  }

  /// Writes an element with a text in it, or with nothing.
  mutating func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text content: String = "") {
    begin(name, attributes)
    if content.isEmpty {
      text += "/>"
    } else {
      text += ">"
      escape(content, isAttribute: false)
      text += "</\(name)>"
    }
  }

  private mutating func begin(_ name: String, _ attributes: KeyValuePairs<String, String?>) {
    text += "<\(name)"
    for (name, value) in attributes {
      guard let value else { continue }
      text += " \(name)=\""
      escape(value, isAttribute: true)
      text += "\""
    }
  }

  /// Writes a text so that it is read as it is; characters that no document may hold are left out.
  private mutating func escape(_ content: String, isAttribute: Bool) {
    for scalar in content.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"" where isAttribute: text += "&quot;"
      // A reader makes line ends of these, and blanks of those in attributes.
      case "\r": text += "&#13;"
      case "\n" where isAttribute: text += "&#10;"
      case "\t" where isAttribute: text += "&#9;"
      case "\n", "\t", "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
        text.unicodeScalars.append(scalar)
      default: break
      }
    }
  }
}
