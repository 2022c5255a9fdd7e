/// An address in the parts that signatures need, as the bytes that they are.
struct SignedAddress {
  private let bytes: [UInt8]
  /// Where the port stands with the colon before it; empty where the authority ends if there is none.
  private let port: Range<Int>
  private let isSecure: Bool
  /// Where the query starts with its question mark; the end if there is none.
  private let mark: Int

  init(_ url: String) {
    bytes = Array(url.utf8)
    let end = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
    mark = bytes[..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
    isSecure = bytes.starts(with: "https:".utf8) || bytes.starts(with: "wss:".utf8)
    var start = 0
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) {
      start = colon + 3
    }
    let slash = bytes[start...].firstIndex {
      $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#")
    }
    let authorityEnd = slash ?? bytes.count
    // A colon in a name, a password or an address of IPv6 begins no port.
    var digits = authorityEnd
    while digits > start, (0x30...0x39).contains(bytes[digits - 1]) { digits -= 1 }
    if digits > start, bytes[digits - 1] == UInt8(ascii: ":") {
      port = digits - 1..<authorityEnd
    } else {
      port = authorityEnd..<authorityEnd
    }
  }

  /// The address as it is.
  var whole: [UInt8] { bytes }

  /// The address with the port of its scheme where it names none, and without one where it does.
  var withPortChanged: [UInt8] {
    guard port.isEmpty else { return Array(bytes[..<port.lowerBound] + bytes[port.upperBound...]) }
    return bytes[..<port.lowerBound] + Array((isSecure ? ":443" : ":80").utf8) + bytes[port.lowerBound...]
  }

  /// What stands before the question mark.
  var beforeQuery: ArraySlice<UInt8> { bytes[..<mark] }

  /// What stands behind the question mark.
  var query: ArraySlice<UInt8> {
    let end = bytes[mark...].firstIndex(of: UInt8(ascii: "#")) ?? bytes.count
    return bytes[min(mark + 1, end)..<end]
  }
}
