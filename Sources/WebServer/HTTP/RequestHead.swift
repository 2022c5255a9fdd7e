/// The line and the fields of a request: the bytes as they arrived, and where everything stands in them.
///
/// Nothing is copied until it is asked for. The bytes are those of the connection's own buffer; they are shared, and
/// whoever changes the buffer later copies it if a head is still in use.
final class RequestHead: Sendable {
  let bytes: [UInt8]
  let base: Int
  let fields: [FieldRange]
  let facts: RequestFacts

  init(bytes: [UInt8], base: Int, fields: [FieldRange], facts: RequestFacts) {
    self.bytes = bytes
    self.base = base
    self.fields = fields
    self.facts = facts
  }

  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[base + range.lowerBound..<base + range.upperBound]
  }

  func text(_ range: Range<Int>) -> String {
    slice(range).text
  }

  var method: Method {
    let name = slice(facts.method)
    switch name.count {
    case 3:
      if name.isSame(as: "GET") { return .get }
      if name.isSame(as: "PUT") { return .put }
    case 4:
      if name.isSame(as: "POST") { return .post }
      if name.isSame(as: "HEAD") { return .head }
    default: break
    }
    return Method(name.text)
  }

  /// Path and query; those of an absolute target without its scheme and host, which come from a proxy's client.
  var pathAndQuery: ArraySlice<UInt8> {
    let target = slice(facts.target)
    guard target.first != 0x2F, let authority = RequestTarget.authority(of: target) else { return target }
    return target[authority.upperBound...]
  }

  var path: ArraySlice<UInt8> {
    let whole = pathAndQuery
    return whole[..<(whole.firstIndex(of: 0x3F) ?? whole.endIndex)]
  }

  var query: ArraySlice<UInt8> {
    let whole = pathAndQuery
    guard let mark = whole.firstIndex(of: 0x3F) else { return [] }
    return whole[(mark + 1)...]
  }

  func value(of name: String) -> ArraySlice<UInt8>? {
    field(name).map { slice($0.value) }
  }

  private func field(_ name: String) -> FieldRange? {
    let count = name.utf8.count
    return fields.first { $0.name.count == count && isNamed($0, name) }
  }

  private func isNamed(_ field: FieldRange, _ name: String) -> Bool {
    var index = base + field.name.lowerBound
    for byte in name.utf8 {
      guard Characters.lowercased(bytes[index]) == Characters.lowercased(byte) else { return false }
      index += 1
    }
    return true
  }

  func values(of name: String) -> [String] {
    let count = name.utf8.count
    return fields.filter { $0.name.count == count && isNamed($0, name) }.map { text($0.value) }
  }
}
