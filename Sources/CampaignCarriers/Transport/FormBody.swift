/// The fields of a form, in order, as a body of `application/x-www-form-urlencoded` or a query.
struct FormBody: Hashable, Sendable {
  private(set) var text = ""

  /// Adds a field; a name may come more than once.
  mutating func add(_ name: String, _ value: some StringProtocol) {
    if !text.isEmpty { text += "&" }
    Self.append(name, to: &text)
    text += "="
    Self.append(value, to: &text)
  }

  var bytes: [UInt8] { Array(text.utf8) }

  /// A space is a plus sign, and what is no letter, no digit and none of `-._~` is percent-encoded.
  private static func append(_ value: some StringProtocol, to text: inout String) {
    for byte in value.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): text += "+"
      default:
        text += "%"
        text.unicodeScalars.append(Unicode.Scalar(Self.digit(byte >> 4)))
        text.unicodeScalars.append(Unicode.Scalar(Self.digit(byte & 15)))
      }
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 55 + value }
}
