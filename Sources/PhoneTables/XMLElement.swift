/// An element of a document in XML: as much of the language as public numbering metadata uses.
struct XMLElement {
  var name: String
  var attributes: [String: String] = [:]
  var children: [XMLElement] = []
  var text = ""

  func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }
  func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

  /// Reads the document's element.
  static func document(_ text: String) throws(PlanError) -> XMLElement {
    var open = [XMLElement(name: "")]
    var rest = text.utf8[...]
    while let bracket = rest.firstIndex(of: UInt8(ascii: "<")) {
      open[open.count - 1].text += String(decoding: rest[..<bracket], as: UTF8.self).decodedEntities
      rest = rest[bracket...]
      if rest.starts(with: "<!--".utf8) {
        rest = rest.after("-->")
      } else if rest.starts(with: "<!DOCTYPE".utf8) {
        rest = rest.after("]>")
      } else if rest.starts(with: "<?".utf8) {
        rest = rest.after("?>")
      } else {
        let tag = rest.dropFirst().prefix { $0 != UInt8(ascii: ">") }
        rest = rest.dropFirst(tag.count + 2)
        take(String(decoding: tag, as: UTF8.self), &open)
        guard !open.isEmpty else { throw PlanError("the document closes an element that it did not open") }
      }
    }
    guard open.count == 1, let root = open[0].children.first else { throw PlanError("the document ends too early") }
    return root
  }

  private static func take(_ tag: String, _ open: inout [XMLElement]) {
    if tag.hasPrefix("/") {
      let closed = open.removeLast()
      if !open.isEmpty { open[open.count - 1].children.append(closed) }
      return
    }
    let isClosed = tag.hasSuffix("/")
    let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
    var element = XMLElement(name: String(name))
    var rest = tag.dropFirst(name.count)
    while let equals = rest.firstIndex(of: "=") {
      let key = rest[..<equals].filter { !$0.isWhitespace }
      let value = rest[equals...].dropFirst(2).prefix { $0 != "\"" }
      element.attributes[String(key)] = String(value).decodedEntities
      rest = rest[value.endIndex...].dropFirst()
    }
    if isClosed { open[open.count - 1].children.append(element) } else { open.append(element) }
  }
}

extension String {
  fileprivate var decodedEntities: String {
    guard contains("&") else { return self }
    var result = ""
    var rest = self[...]
    while let ampersand = rest.firstIndex(of: "&") {
      result += rest[..<ampersand]
      let name = rest[ampersand...].dropFirst().prefix { $0 != ";" }
      result += ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"][String(name)] ?? ""
      rest = rest[name.endIndex...].dropFirst()
    }
    return result + rest
  }
}

extension Substring.UTF8View.SubSequence {
  fileprivate func after(_ closing: String) -> Self {
    var rest = self
    let closing = Array(closing.utf8)
    while !rest.isEmpty, !rest.starts(with: closing) { rest = rest.dropFirst() }
    return rest.dropFirst(closing.count)
  }
}
