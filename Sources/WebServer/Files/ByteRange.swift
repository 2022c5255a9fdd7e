/// A part of a file that a client asks for.
enum ByteRange: Equatable {
  case whole
  case part(Range<Int>)
  case unsatisfiable

  /// Reads a `Range` field for a content of a length.
  ///
  /// Several ranges, and what is not understood, give the whole, as RFC 9110 allows.
  init(_ text: String?, length: Int) {
    guard let text, let equals = text.firstIndex(of: "="), text[..<equals].lowercased() == "bytes" else {
      self = .whole
      return
    }
    let bounds = text[text.index(after: equals)...].split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, !bounds[0].isEmpty || !bounds[1].isEmpty,
      let first = Self.number(bounds[0]), let last = Self.number(bounds[1])
    else {
      self = .whole
      return
    }
    switch (first, last) {
    case (nil, let count?): self = count == 0 || length == 0 ? .unsatisfiable : .part(max(0, length - count)..<length)
    case (let first?, let last?) where last < first: self = .whole
    case (let first?, let last):
      self = first >= length ? .unsatisfiable : .part(first..<min(length, (last ?? length - 1).addingOne))
    case (nil, nil): self = .whole
    }
  }

  /// A number, or no number for nothing, or nothing for what is none; more digits than matter become the largest.
  private static func number(_ text: Substring) -> Int?? {
    if text.isEmpty { return .some(nil) }
    guard text.utf8.allSatisfy(Characters.isDigit) else { return nil }
    return .some(Int(text) ?? .max)
  }
}

extension Int {
  fileprivate var addingOne: Int { self == .max ? .max : self + 1 }
}
