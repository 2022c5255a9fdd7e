import CampaignKit
import JSON

extension JSONValue {
  /// A text, or null.
  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// A whole number, or null.
  static func whole(_ number: Int?) -> JSONValue { number.map { JSONValue($0) } ?? .null }

  /// A figure, without a fraction where it has none; 0 where it is no number.
  static func figure(_ number: Double) -> JSONValue {
    Int64(exactly: number).map { JSONValue($0) } ?? JSONValue(number) ?? 0
  }

  /// A moment as ISO 8601 has it, or null.
  static func moment(_ moment: Timestamp?) -> JSONValue { moment.map { .string($0.description) } ?? .null }
}

extension Schema {
  /// A text of any length, for answers.
  static var anyText: Schema { text(0...1 << 30) }

  /// A whole number that counts something, for answers.
  static var count: Schema { integer(0...Int(Int32.max)) }
}

extension Inquiry {
  /// How many pages there are of so many elements.
  func pages(of total: Int, limit standard: Int) -> Int {
    let limit = query["limit"]?.int ?? standard
    return total / limit + (total % limit > 0 ? 1 : 0)
  }
}
