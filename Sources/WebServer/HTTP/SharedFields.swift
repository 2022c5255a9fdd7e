/// Fields that are the same in many answers, and that are encoded once.
final class SharedFields: Sendable {
  let fields: [Fields.Field]

  /// All of them as they stand in a head, each with its line end.
  let encoded: [UInt8]

  /// A bit for each length that a name has, so that most other names need not be compared.
  private let lengths: UInt64

  /// - Parameter fields: Names and values that are written out in the program.
  init(_ fields: [(name: String, value: String)]) {
    self.fields = fields.map { Fields.Field(name: $0.name, value: $0.value) }
    encoded = fields.flatMap { Array("\($0.name): \($0.value)\r\n".utf8) }
    lengths = fields.reduce(0) { $0 | Self.bit(of: $1.name) }
  }

  private static func bit(of name: String) -> UInt64 { 1 << UInt64(name.utf8.count & 63) }

  /// The value of a name.
  subscript(name: String) -> String? {
    guard lengths & Self.bit(of: name) != 0 else { return nil }
    return fields.first { Fields.areSame($0.name, name) }?.value
  }
}
