/// Makes the do-not-call entries of a record, one for each of its numbers, or says why there is none.
struct SuppressionRowReader: Sendable {
  /// Why a record makes no entry.
  struct Refusal: Error {
    var field: String
    var value: String
    var reason: String

    func row(_ row: Int, of record: borrowing CSVReader) -> RefusedRow {
      let isKept = record.withRawBytes(of: 0..<record.count) { $0.count } <= RefusedRow.mostKeptBytes
      return RefusedRow(
        row: row, field: field, value: String(value.prefix(200)), kind: .invalid, reason: reason,
        cells: isKept ? record.fields : [])
    }
  }

  /// The names of the columns; made up where the file has none.
  let header: [String]
  let hasHeader: Bool
  private let account: Account.ID?
  private let phones: any PhoneReader
  private let region: String?
  private let source: String
  private let reason: String?
  private let now: Timestamp
  private let expiresAt: Timestamp?
  /// Where numbers and prefixes stand: all numbers of a person who is not to be called are theirs.
  private var patternColumns: [Int] = []
  private var reasonColumn: Int?
  private var sourceColumn: Int?
  private var addedColumn: Int?
  private var expiryColumn: Int?

  /// Finds out what the columns are by the first record.
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
    let names = first.fields
    for (column, name) in names.enumerated() {
      let key = HeaderKey(name)
      switch key.text {
      case "reason", "why": reasonColumn = column
      case "source", "list": sourceColumn = column
      case "addedat", "added", "since": addedColumn = column
      case "expiresat", "expires", "expiry", "until": expiryColumn = column
      case "pattern", "prefix": patternColumns.append(column)
      default: if HeaderWords.meaning(of: key)?.field == .phone { patternColumns.append(column) }
      }
    }
    hasHeader = !patternColumns.isEmpty
    if hasHeader {
      header = names
      return
    }
    (reasonColumn, sourceColumn, addedColumn, expiryColumn) = (nil, nil, nil, nil)
    header = ["number"] + (1..<max(1, names.count)).map { "column \($0 + 1)" }
    for column in names.indices where (try? pattern(first, column)) != nil { patternColumns.append(column) }
    if names.count == 1 { patternColumns = [0] }
    guard !patternColumns.isEmpty else {
      throw ImportError(
        .noPhoneColumn, "no column is known to hold phone numbers; the file has \(names). Call one 'number'")
    }
  }

  /// The entries of a record: of several columns with numbers all that can be read.
  ///
  /// - Throws: Why none of them can be.
  func read(_ record: borrowing CSVReader) throws(Refusal) -> [Suppression] {
    let source = text(record, sourceColumn) ?? source
    let reason = text(record, reasonColumn) ?? reason
    let addedAt = try moment(record, addedColumn) ?? now
    let expiresAt = try moment(record, expiryColumn) ?? expiresAt
    var entries: [Suppression] = []
    var refusal: Refusal?
    for column in patternColumns {
      do throws(Refusal) {
        entries.append(
          Suppression(
            try pattern(record, column), account: account, source: source, reason: reason, addedAt: addedAt,
            expiresAt: expiresAt))
      } catch {
        refusal = refusal ?? error
      }
    }
    if entries.isEmpty, let refusal { throw refusal }
    return entries
  }

  private func pattern(_ record: borrowing CSVReader, _ column: Int) throws(Refusal) -> Suppression.Pattern {
    let result = record.withBytes(at: column) { bytes in
      Result { () throws(PhoneRefusal) in
        var bytes = CellText.trimmed(bytes)
        // What keeps spreadsheets from taking a plus sign for the beginning of a formula.
        if bytes.first == UInt8(ascii: "'") { bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) }
        guard bytes.last == UInt8(ascii: "*") else {
          guard !bytes.isEmpty else { throw PhoneRefusal("Phone number is required") }
          return Suppression.Pattern.number(try phones.read(bytes, region: region).number)
        }
        return .prefix(try Self.prefix(bytes.dropLast()))
      }
    }
    do throws(PhoneRefusal) {
      return try result.get()
    } catch {
      throw Refusal(field: header[column], value: record.text(at: column), reason: error.reason)
    }
  }

  private static func prefix(_ text: Slice<UnsafeRawBufferPointer>) throws(PhoneRefusal) -> PhonePrefix {
    let written = text.filter { !Array(" -.()/".utf8).contains($0) }
    guard let prefix = PhonePrefix(String(decoding: written, as: UTF8.self)) else {
      throw PhoneRefusal("A prefix must be like +1900*, with its country code")
    }
    return prefix
  }

  private func moment(_ record: borrowing CSVReader, _ column: Int?) throws(Refusal) -> Timestamp? {
    guard let column, let text = text(record, column) else { return nil }
    guard let moment = Timestamp(text) else {
      throw Refusal(
        field: header[column], value: text, reason: "A time must be like 2026-01-31T09:00:00Z or 2026-01-31")
    }
    return moment
  }

  private func text(_ record: borrowing CSVReader, _ column: Int?) -> String? {
    guard let column else { return nil }
    let encoding = record.encoding
    return record.withBytes(at: column) { bytes in
      let bytes = CellText.trimmed(bytes)
      return bytes.isEmpty ? nil : String(csv: bytes, as: encoding)
    }
  }
}
