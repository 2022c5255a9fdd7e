/// Makes the do-not-call entries of a record, one for each of its numbers, or says why there is none.
struct SuppressionRowReader: Sendable {
  /// What is wrong with a field.
  struct Refusal: Error {
    var field: String
    var value: String
    var reason: String

    func row(_ row: Int, of record: borrowing CSVReader) -> RefusedRow {
      RefusedRow(row, of: record, field: field, value: value, reason: reason)
    }
  }

  let columns: SuppressionColumns
  private let account: Account.ID?
  private let phones: any PhoneReader
  private let region: String?
  private let source: String
  private let reason: String?
  private let now: Timestamp
  private let expiresAt: Timestamp?
  /// The most letters of a source or a reason that are kept.
  private static let mostLetters = 1000

  /// Finds out what the columns are by the first records.
  init(
    _ first: borrowing CSVReader, account: Account.ID?, _ options: SuppressionImporter.Options, file: String,
    at now: Timestamp
  ) throws(ImportError) {
    self.account = account
    phones = options.phones
    region = options.defaultRegion
    source = options.source ?? file
    reason = options.reason
    self.now = now
    expiresAt = options.holdsFor.map { now + $0 }
    columns = try SuppressionColumns(first) { [phones, region] bytes, isNational in
      (try? Self.pattern(bytes, phones, region: isNational ? region : nil)) != nil
    }
  }

  /// Adds the entries of a record: of several columns with numbers all that can be read.
  ///
  /// - Returns: What is wrong with those of its numbers that cannot be read.
  /// - Throws: Why it has no entry.
  func read(_ record: borrowing CSVReader, into entries: inout [Suppression]) throws(Refusal) -> Refusal? {
    let source = text(record, columns.source) ?? source
    let reason = text(record, columns.reason) ?? reason
    let addedAt = try moment(record, columns.added) ?? now
    let expiresAt = try moment(record, columns.expiry) ?? expiresAt
    if let expiresAt, expiresAt <= now {
      throw Refusal(
        field: columns.expiry.map { columns.header[$0] } ?? "", value: "\(expiresAt)",
        reason: "The entry has ended already; leave its end empty for one that holds for ever")
    }
    let region = columns.country.flatMap { column in
      record.withBytes(at: column) { CellText.region(CellText.trimmed($0)) }
    }
    let before = entries.count
    var refusals: [Refusal] = []
    func take(_ pattern: Suppression.Pattern) {
      entries.append(
        Suppression(
          pattern, account: account, source: source, reason: reason, addedAt: addedAt, expiresAt: expiresAt))
    }
    for column in columns.patterns where record.withBytes(at: column, { !CellText.trimmed($0).isEmpty }) {
      do throws(Refusal) {
        take(try pattern(record, column, region ?? self.region))
      } catch {
        refusals.append(error)
      }
    }
    if !columns.hasHeader, record.count > 1 {
      // A number with its country code is one wherever it stands.
      for column in 0..<record.count where !columns.patterns.contains(column) {
        if let further = try? pattern(record, column, nil) { take(further) }
      }
    }
    guard let first = refusals.first else {
      guard entries.count > before else {
        throw Refusal(
          field: columns.header[columns.patterns.first ?? 0], value: "", reason: "Phone number is required")
      }
      return nil
    }
    guard entries.count > before else { throw first }
    return Refusal(
      field: first.field, value: first.value,
      reason: "The other numbers of the row are on the list, and this one is not: \(first.reason)"
        + Self.list(refusals.dropFirst()))
  }

  /// Names further fields that cannot be read, not too many of them.
  private static func list(_ refusals: ArraySlice<Refusal>) -> String {
    guard !refusals.isEmpty else { return "" }
    let some = refusals.prefix(20).map { "'\($0.value.prefix(60))' in '\($0.field.prefix(60))'" }
    return "; nor is " + some.joined(separator: ", ") + (refusals.count > 20 ? " and \(refusals.count - 20) more" : "")
  }

  private func pattern(
    _ record: borrowing CSVReader, _ column: Int, _ region: String?
  ) throws(Refusal) -> Suppression.Pattern {
    let result = record.withBytes(at: column) { bytes in
      Result { () throws(PhoneRefusal) in try Self.pattern(bytes, phones, region: region) }
    }
    do throws(PhoneRefusal) {
      return try result.get()
    } catch {
      let name = columns.header.indices.contains(column) ? columns.header[column] : "column \(column + 1)"
      throw Refusal(field: name, value: record.text(at: column), reason: error.reason)
    }
  }

  private static func pattern(
    _ bytes: UnsafeRawBufferPointer, _ phones: any PhoneReader, region: String?
  ) throws(PhoneRefusal) -> Suppression.Pattern {
    var bytes = CellText.trimmed(bytes)
    // What keeps spreadsheets from taking a plus sign for the beginning of a formula.
    if bytes.first == UInt8(ascii: "'") { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) }
    guard bytes.last == UInt8(ascii: "*") else { return .number(try phones.read(bytes, region: region).number) }
    let written = bytes.dropLast().filter { !Array(" -.()/".utf8).contains($0) }
    guard let prefix = PhonePrefix(String(decoding: written, as: UTF8.self)) else {
      throw PhoneRefusal("A prefix must be like +1900*, with its country code")
    }
    return .prefix(prefix)
  }

  private func moment(_ record: borrowing CSVReader, _ column: Int?) throws(Refusal) -> Timestamp? {
    guard let column, let text = text(record, column) else { return nil }
    guard let moment = Timestamp(text) else {
      throw Refusal(
        field: columns.header[column], value: text, reason: "A time must be like 2026-01-31T09:00:00Z or 2026-01-31")
    }
    return moment
  }

  private func text(_ record: borrowing CSVReader, _ column: Int?) -> String? {
    guard let column else { return nil }
    let encoding = record.encoding
    return record.withBytes(at: column) { bytes in
      let bytes = CellText.trimmed(bytes)
      guard !bytes.isEmpty else { return nil }
      let text = String(csv: bytes, as: encoding)
      return bytes.count <= Self.mostLetters ? text : String(text.unicodeScalars.prefix(Self.mostLetters))
    }
  }
}
