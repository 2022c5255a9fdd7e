/// A row of a file that made no lead.
public struct RefusedRow: Hashable, Sendable {
  /// Why a row makes no lead.
  public enum Kind: String, Hashable, Sendable, Codable {
    /// Something in it is missing or wrong.
    case invalid
    /// Its number is in the campaign already, or came before in the file.
    case duplicate
    /// Its number was added to another campaign not long ago.
    case recent
    /// Its number is not to be called.
    case doNotCall
  }

  /// The row, counted from 1; the header and empty lines are not counted.
  public var row: Int
  /// The name of the field that is meant, as ``LeadField`` has it; nil when it is the row as a whole.
  public var field: String?
  /// What stands in the field, cut to a few hundred characters.
  public var value: String
  /// Why the row makes no lead.
  public var kind: Kind
  /// What is wrong, for whoever sent the file.
  public var reason: String
  /// The row as the file has it, field by field; empty for a row of more than 64 KiB or 1,000 fields.
  public var cells: [String]

  /// Creates a refused row.
  public init(
    row: Int, field: String? = nil, value: String = "", kind: Kind, reason: String, cells: [String] = []
  ) {
    self.row = row
    self.field = field
    self.value = value
    self.kind = kind
    self.reason = reason
    self.cells = cells
  }

  /// The most bytes of a row that is kept whole.
  static let mostKeptBytes = 64 << 10
  private static let mostKeptCells = 1000

  /// Tells of the record that was read last.
  init(_ row: Int, of record: borrowing CSVReader, field: String?, value: String, reason: String) {
    self.init(
      row: row, field: field, value: String(value.unicodeScalars.prefix(200)), kind: .invalid, reason: reason,
      cells: Self.cells(of: record))
  }

  /// The fields of a record, unless they are too long or too many to be kept.
  static func cells(of record: borrowing CSVReader) -> [String] {
    let size = record.withRawBytes(of: 0..<record.count) { $0.count }
    return size <= mostKeptBytes && record.count <= mostKeptCells ? record.fields : []
  }

  /// How many bytes it takes, more or less.
  var size: Int { cells.reduce(256 + reason.utf8.count) { $0 + 64 + $1.utf8.count } }
}

/// The first rows that were refused.
struct FirstRefusals {
  private(set) var rows: [RefusedRow] = []
  private let most: Int
  private var bytes = 0
  /// The most bytes of rows that are kept whole. Later ones are without their fields.
  private static let mostBytes = 4 << 20

  init(most: Int) {
    self.most = most
  }

  /// Whether so many more fit in.
  func hasRoom(for count: Int) -> Bool { rows.count + count < most }

  mutating func add(_ refused: [RefusedRow]) {
    for var row in refused.prefix(max(0, most - rows.count)) {
      bytes += row.size
      if bytes > Self.mostBytes { row.cells = [] }
      rows.append(row)
    }
  }
}

/// Takes the rows that made no leads, as an import goes on.
public protocol RefusedRowSink: Sendable {
  /// Takes rows. They come in the order of the file, each row once.
  ///
  /// - Parameters:
  ///   - rows: Rows that follow those of the last call.
  ///   - header: The names of the columns.
  /// - Throws: Whatever keeps the rows from being kept. The import ends, and goes on when it is started again.
  func take(_ rows: [RefusedRow], header: [String]) async throws
}

extension RefusedRowSink {
  /// Gives rows to it, if there are any.
  func keep(_ rows: [RefusedRow], header: [String]) async throws(ImportError) {
    guard !rows.isEmpty else { return }
    do {
      try await take(rows, header: header)
    } catch {
      throw ImportError(.sinkFailed, "the refused rows could not be kept; start the import again", cause: error)
    }
  }
}

/// The rows that made no leads as a CSV file: what is wrong, and then the row as it came, to be put right and sent
/// again.
public struct RefusedRowTable: Sendable {
  private var writer = CSVWriter(guardsFormulas: true)
  private var hasHeader = false

  /// Creates an empty table.
  public init() {}

  /// Adds rows.
  ///
  /// - Parameters:
  ///   - rows: Rows that made no leads.
  ///   - header: The names of the columns, with the first rows; later ones make no difference.
  public mutating func add(_ rows: [RefusedRow], header: [String]) {
    if !hasHeader {
      writer.write(["row", "kind", "field", "value", "reason"] + header)
      hasHeader = true
    }
    for row in rows {
      writer.write(["\(row.row)", row.kind.rawValue, row.field ?? "", row.value, row.reason] + row.cells)
    }
  }

  /// Gives the bytes of the table that were not given yet.
  public mutating func take() -> [UInt8] { writer.take() }
}
