/// Any string, or a position in an array, as a key.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init?(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = nil
  }

  /// The key of an element in a coding path.
  init(index: Int) {
    stringValue = "Index \(index)"
    intValue = index
  }

  /// The key of what a superclass encodes.
  static let superclass = JSONKey(stringValue: "super")
}
