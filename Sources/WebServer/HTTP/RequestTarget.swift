import Digests

/// The forms that the target of a request may have.
enum RequestTarget {
  /// Refuses a target that the method does not go with.
  static func check(method: ArraySlice<UInt8>, target: ArraySlice<UInt8>) throws(HTTPError) {
    if method.isSame(as: "CONNECT") {
      throw .fatal(.notImplemented, "This server is no proxy: CONNECT is not known.")
    }
    if target.first == 0x2F { return }
    if target.isSame(as: "*") {
      guard method.isSame(as: "OPTIONS") else {
        throw .fatal(.badRequest, "The target * is for OPTIONS alone.")
      }
      return
    }
    guard let authority = authority(of: target), !authority.isEmpty, Authority.isValid(target[authority]) else {
      throw .fatal(.badRequest, "The target is no path: begin it with a slash.")
    }
  }

  /// Where the host stands in a target of the form `http://host/path`.
  static func authority(of target: ArraySlice<UInt8>) -> Range<Int>? {
    let schemes: [StaticString] = ["http://", "https://"]
    for scheme in schemes where target.prefix(scheme.utf8CodeUnitCount).isCaseInsensitively(scheme) {
      let start = target.startIndex + scheme.utf8CodeUnitCount
      let end = target[start...].firstIndex { $0 == 0x2F || $0 == 0x3F } ?? target.endIndex
      return start..<end
    }
    return nil
  }
}

/// A host with a port, as in `Host`.
enum Authority {
  /// Whether these bytes can be one; an empty host is one.
  static func isValid(_ value: ArraySlice<UInt8>) -> Bool {
    var rest = value
    if rest.first == 0x5B {
      guard let end = rest.firstIndex(of: 0x5D) else { return false }
      let inner = rest[(rest.startIndex + 1)..<end]
      guard !inner.isEmpty, inner.allSatisfy({ Hexadecimal.value($0) != nil || $0 == 0x3A || $0 == 0x2E }) else {
        return false
      }
      rest = rest[(end + 1)...]
      guard rest.isEmpty || rest.first == 0x3A else { return false }
    } else {
      var end = rest.startIndex
      while end < rest.endIndex, isHostCharacter(rest[end]) { end += 1 }
      guard end == rest.endIndex || rest[end] == 0x3A else { return false }
      rest = rest[end...]
    }
    let port = rest.dropFirst()
    return port.count <= 5 && port.allSatisfy(Characters.isDigit)
  }

  /// A registered name's characters, but for those that could end it elsewhere.
  private static func isHostCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    // ! $ % & ' ( ) * + - . ; = _ ~
    case 0x21, 0x24...0x2B, 0x2D, 0x2E, 0x3B, 0x3D, 0x5F, 0x7E: true
    default: false
    }
  }
}
