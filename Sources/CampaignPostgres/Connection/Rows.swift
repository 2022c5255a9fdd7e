#if PostgreSQL
  internal import CLibPQ
  internal import CampaignKit
  internal import Digests
  internal import Foundation

  /// What a statement gave.
  ///
  /// It holds memory of libpq until it goes, and stays on the thread of its connection.
  final class Rows {
    private let result: OpaquePointer
    let count: Int

    init(_ result: OpaquePointer) {
      self.result = result
      count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// How many rows a change has touched.
    var changed: Int {
      guard let text = PQcmdTuples(result) else { return 0 }
      return Int(String(cString: text)) ?? 0
    }

    /// One value; nil for NULL.
    fileprivate func text(_ row: Int, _ column: Int) -> UnsafePointer<CChar>? {
      guard PQgetisnull(result, Int32(row), Int32(column)) == 0 else { return nil }
      return UnsafePointer(PQgetvalue(result, Int32(row), Int32(column)))
    }

    /// The first row.
    var first: Row? { count > 0 ? Row(self, 0) : nil }

    /// What a closure makes of each row.
    func map<Value>(_ body: (inout Row) throws(StoreError) -> Value) throws(StoreError) -> [Value] {
      var values: [Value] = []
      values.reserveCapacity(count)
      for index in 0..<count {
        var row = Row(self, index)
        values.append(try body(&row))
      }
      return values
    }
  }

  /// One row, read from its first column to its last.
  struct Row {
    private let rows: Rows
    private let index: Int
    private var column = 0

    init(_ rows: Rows, _ index: Int) {
      self.rows = rows
      self.index = index
    }

    private mutating func next() -> UnsafePointer<CChar>? {
      defer { column += 1 }
      return rows.text(index, column)
    }

    private func missing(_ what: String) -> StoreError {
      StoreError(.damaged, "column \(column) of a row of the database holds no \(what)")
    }

    mutating func optionalText() -> String? {
      next().map { String(cString: $0) }
    }

    mutating func text() throws(StoreError) -> String {
      guard let text = optionalText() else { throw missing("text") }
      return text
    }

    mutating func optionalInt64() throws(StoreError) -> Int64? {
      guard let text = next() else { return nil }
      let isNegative = text.pointee == CChar(bitPattern: UInt8(ascii: "-"))
      var digit = isNegative ? text + 1 : text
      var value: Int64 = 0
      repeat {
        let (product, overflows) = value.multipliedReportingOverflow(by: 10)
        let unit = Int64(digit.pointee) - 48
        // Towards the sign, since the least has no counterpart above zero.
        let (sum, overflowsToo) = product.addingReportingOverflow(isNegative ? -unit : unit)
        guard (0...9).contains(unit), !overflows, !overflowsToo else { throw missing("whole number") }
        value = sum
        digit += 1
      } while digit.pointee != 0
      return value
    }

    mutating func int64() throws(StoreError) -> Int64 {
      guard let value = try optionalInt64() else { throw missing("whole number") }
      return value
    }

    mutating func optionalInt() throws(StoreError) -> Int? { try optionalInt64().map { Int(clamping: $0) } }
    mutating func int() throws(StoreError) -> Int { Int(clamping: try int64()) }

    mutating func bool() throws(StoreError) -> Bool {
      guard let text = next() else { throw missing("truth value") }
      return text.pointee == CChar(bitPattern: UInt8(ascii: "t"))
    }

    mutating func optionalMoment() throws(StoreError) -> Timestamp? {
      try optionalInt64().map { Timestamp(milliseconds: $0) }
    }

    mutating func moment() throws(StoreError) -> Timestamp { Timestamp(milliseconds: try int64()) }

    mutating func optionalDuration() throws(StoreError) -> Duration? {
      try optionalInt64().map { .milliseconds($0) }
    }

    mutating func optionalNumber() throws(StoreError) -> PhoneNumber? {
      guard let digits = try optionalInt64() else { return nil }
      guard let number = PhoneNumber(digits: UInt64(clamping: digits)) else { throw missing("phone number") }
      return number
    }

    mutating func number() throws(StoreError) -> PhoneNumber {
      guard let number = try optionalNumber() else { throw missing("phone number") }
      return number
    }

    /// Reads a uuid: 24 digits that count, in groups of 8, 4, 4, 4 and 4, and 8 that are zero.
    mutating func optionalID<Entity>(_ entity: Entity.Type = Entity.self) throws(StoreError) -> Identifier<Entity>? {
      guard let text = next() else { return nil }
      var high: UInt64 = 0
      var low: UInt32 = 0
      var digits = 0
      var place = 0
      while digits < 24 {
        let byte = UInt8(bitPattern: text[place])
        place += 1
        if byte == UInt8(ascii: "-") { continue }
        guard let nibble = Hexadecimal.value(byte) else { throw missing("identifier") }
        if digits < 16 { high = high << 4 | UInt64(nibble) } else { low = low << 4 | UInt32(nibble) }
        digits += 1
      }
      return Identifier(high: high, low: low)
    }

    mutating func id<Entity>(_ entity: Entity.Type = Entity.self) throws(StoreError) -> Identifier<Entity> {
      guard let id = try optionalID(entity) else { throw missing("identifier") }
      return id
    }

    mutating func optional<Value: RawRepresentable>(
      _ type: Value.Type = Value.self
    ) throws(StoreError) -> Value? where Value.RawValue == String {
      guard let text = optionalText() else { return nil }
      guard let value = Value(rawValue: text) else { throw missing("\(Value.self)") }
      return value
    }

    mutating func one<Value: RawRepresentable>(
      _ type: Value.Type = Value.self
    ) throws(StoreError) -> Value where Value.RawValue == String {
      guard let value = try optional(type) else { throw missing("\(Value.self)") }
      return value
    }

    /// A value that is kept as JSON.
    mutating func optionalDocument<Value: Decodable>(_ type: Value.Type = Value.self) throws(StoreError) -> Value? {
      guard let text = next() else { return nil }
      let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
      return try Document.decode(type, bytes)
    }

    mutating func document<Value: Decodable>(_ type: Value.Type = Value.self) throws(StoreError) -> Value {
      guard let value = try optionalDocument(type) else { throw missing("\(Value.self)") }
      return value
    }
  }
#endif
