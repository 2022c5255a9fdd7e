/// Reads a file of leads, some rows at a time.
struct ImportParser {
  private var records: ImportRecords
  private let rowReader: LeadRowReader
  /// The names of the columns, as the file has them.
  let header: [String]
  private let batchSize: Int
  /// The most bytes of rows that are taken together.
  static let batchBytes = 2 << 20
  private var rows = 0
  /// Room that the next rows are likely to need, from what the last ones took.
  private var lastBytes = 0
  private var lastRaw = 0

  var mapping: FieldMapping { rowReader.mapping }
  var totalBytes: Int { records.totalBytes }
  /// A sum over the bytes that were read.
  var sum: UInt64 { records.sum }
  /// What stands between fields.
  var delimiter: CSVDelimiter? { records.reader.delimiter }

  /// Reads the header.
  init(_ source: ImportSource, _ options: LeadImporter.Options) throws(ImportError) {
    records = try ImportRecords(source, options.csv)
    batchSize = max(1, min(options.batchSize, LeadInsertion.maximumCount))
    switch options.columns {
    case .fields(let fields):
      header = fields.enumerated().map { index, field in
        if case .custom(let name) = field { name } else { field == .ignored ? "column \(index + 1)" : "\(field)" }
      }
      guard fields.contains(.phone) else {
        throw ImportError(.noPhoneColumn, "none of the columns is a phone number; say which one is")
      }
      rowReader = LeadRowReader(
        FieldMapping(columns: zip(header, fields).map { FieldMapping.Column(name: $0, field: $1) }),
        phones: options.phones, region: options.defaultRegion, usualPriority: options.usualPriority)
    case .header(let fields):
      guard try records.next() else {
        throw ImportError(.emptyFile, "the file has no row; it needs a header and a row for each lead")
      }
      var names = records.reader.fields
      var mapping = try FieldMapping(header: names, fields: fields)
      // JSON without quotes around it makes rows longer than their header too.
      let width = mapping.columns.contains { $0.field == .metadata } ? names.count : Self.width(of: records.reader)
      if width > names.count {
        for column in names.count..<width { names.append("column \(column + 1)") }
        mapping = try FieldMapping(header: names, fields: fields)
      }
      header = names
      rowReader = LeadRowReader(
        mapping, phones: options.phones, region: options.defaultRegion, usualPriority: options.usualPriority)
    }
  }

  /// How many fields the first rows have at least: a header that names fewer columns forgot some.
  private static func width(of reader: CSVReader) -> Int {
    var scout = reader
    var least: Int?
    for _ in 0..<50 {
      guard (try? scout.next()) == true else { break }
      least = min(least ?? .max, scout.count)
    }
    return least ?? 0
  }

  /// The next rows; nil at the end of the file.
  mutating func next() throws(ImportError) -> ImportPiece? {
    var piece = ImportPiece(firstRow: rows)
    piece.leads.reserveCapacity(batchSize, bytes: lastBytes)
    piece.raw.reserveCapacity(lastRaw)
    piece.rawEnds.reserveCapacity(batchSize)
    piece.rows.reserveCapacity(batchSize)
    while piece.count < batchSize, piece.raw.count + piece.refusedBytes < Self.batchBytes {
      guard try records.next() else { break }
      rows += 1
      piece.count += 1
      take(&piece)
    }
    piece.bytesRead = records.bytesRead
    lastBytes = piece.leads.bytes.count * 17 / 16
    lastRaw = piece.raw.count * 17 / 16
    return piece.count > 0 ? piece : nil
  }

  private func take(_ piece: inout ImportPiece) {
    do throws(LeadRowReader.Refusal) {
      let marked = try rowReader.read(records.reader, into: &piece.leads)
      piece.rows.append(rows)
      if let marked {
        piece.marked.append(
          ImportPiece.Mark(
            row: rows, place: piece.leads.count - 1, isLead: true, numbers: marked.numbers, unread: marked.unread))
      }
      records.reader.withRawBytes(of: 0..<records.reader.count) { piece.raw.append(contentsOf: $0) }
      piece.rawEnds.append(piece.raw.count)
    } catch {
      let row = RefusedRow(
        rows, of: records.reader, field: error.field?.description, value: error.value, reason: error.reason)
      piece.refused.append(row)
      piece.refusedBytes += row.size
      if !error.marked.isEmpty {
        piece.marked.append(
          ImportPiece.Mark(row: rows, place: piece.leads.count, isLead: false, numbers: error.marked))
      }
    }
  }

  /// The fields of the row of a lead, as they came.
  func cells(ofLead index: Int, in piece: ImportPiece) -> [String] {
    let start = index == 0 ? 0 : piece.rawEnds[index - 1]
    let bytes = Array(piece.raw[start..<piece.rawEnds[index]])
    guard bytes.count <= RefusedRow.mostKeptBytes else { return [] }
    var configuration = CSVReader.Configuration()
    configuration.delimiter = records.reader.delimiter
    configuration.encoding = records.reader.encoding == .windows1252 ? .windows1252 : nil
    var reader = CSVReader(configuration)
    reader.append(bytes)
    reader.finish()
    return (try? reader.next()) == true ? RefusedRow.cells(of: reader) : []
  }
}
