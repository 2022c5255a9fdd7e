/// One run of an import: rows are read while those before them are taken in.
struct ImportRun {
  private var parser: ImportParser
  private let progress: ImportProgress?
  private let sink: (any RefusedRowSink)?
  private(set) var tally = ImportBatch.Tally()
  private var refused: FirstRefusals
  /// What is left of a piece of which a part was in the store already.
  private var rest: ImportPiece?

  /// A sum over the bytes that were read.
  var sum: UInt64 { parser.sum }

  init(
    _ parser: ImportParser, _ keptRefusals: Int, _ progress: ImportProgress?, _ sink: (any RefusedRowSink)?
  ) {
    self.parser = parser
    refused = FirstRefusals(most: keptRefusals)
    self.progress = progress
    self.sink = sink
  }

  func result(
    _ outcome: ImportResult.Outcome, batch: ImportBatch?, tally: ImportBatch.Tally, resumedAfter: Int
  ) -> ImportResult {
    ImportResult(
      outcome: outcome, batch: batch, tally: tally, refused: refused.rows, mapping: parser.mapping,
      resumedAfter: resumedAfter)
  }

  /// Passes rows that were taken in before, and tells again which of them made no lead.
  mutating func recall(rows: Int, from target: RecallTarget) async throws(ImportError) {
    while tally.total < rows {
      try Self.checkCancellation()
      guard var piece = try parser.next() else {
        throw ImportError(.sourceChanged, "the file has fewer rows than were imported before")
      }
      if piece.lastRow > rows { rest = piece.split(after: rows) }
      try await conclude(piece, try await Self.fates(of: piece, in: target).get())
    }
  }

  /// Takes in all rows that are left.
  mutating func takeAll(into target: some ImportTarget) async throws(ImportError) {
    progress?.tell(bytes: 0, of: parser.totalBytes, rows: tally.total)
    var next = rest
    if next == nil { next = try parser.next() }
    rest = nil
    while let piece = next {
      try Self.checkCancellation()
      // The store may wait for its disk. The next rows are read meanwhile.
      async let taken = Self.fates(of: piece, in: target)
      let following: Result<ImportPiece?, ImportError> = Result { () throws(ImportError) in try parser.next() }
      try await conclude(piece, try await taken.get())
      next = try following.get()
    }
  }

  private static func fates(
    of piece: ImportPiece, in target: some ImportTarget
  ) async -> Result<[RowFate], ImportError> {
    do throws(StoreError) {
      return .success(try await target.take(piece))
    } catch  where error.code == .conflict {
      return .failure(
        ImportError(.underWay, "the same file is being imported by somebody else; wait for its end", cause: error))
    } catch {
      return .failure(.store(error))
    }
  }

  private static func checkCancellation() throws(ImportError) {
    guard !Task.isCancelled else {
      throw ImportError(.cancelled, "the import was cancelled; start it again to go on where it stopped")
    }
  }

  /// Counts what became of a piece, and tells of the rows that made no lead, in the order of the file.
  private mutating func conclude(_ piece: ImportPiece, _ fates: [RowFate]) async throws(ImportError) {
    tally.total += piece.count
    tally.invalid += piece.refused.count
    var rows: [RefusedRow] = []
    var invalid = piece.refused[...]
    var marked = piece.marked[...]
    var bytes = 0
    for (index, fate) in fates.enumerated() {
      switch fate {
      case .inserted(let contactCreated):
        tally.inserted += 1
        tally.contactsCreated += contactCreated ? 1 : 0
      case .refused(let kind):
        if kind == .doNotCall { tally.suppressed += 1 } else { tally.duplicates += 1 }
        while let first = invalid.first, first.row < piece.rows[index] {
          rows.append(first)
          bytes += first.size
          invalid = invalid.dropFirst()
        }
        if sink != nil || refused.hasRoom(for: rows.count) {
          while let mark = marked.first, mark.row < piece.rows[index] { marked = marked.dropFirst() }
          let unread = marked.first.map { $0.row == piece.rows[index] ? $0.unread : "" } ?? ""
          let row = RefusedRow(
            row: piece.rows[index], field: LeadField.phone.description,
            value: piece.leads.entries[index].number.description, kind: kind, reason: kind.reason + unread,
            cells: parser.cells(ofLead: index, in: piece))
          rows.append(row)
          bytes += row.size
        }
        // The texts of a piece take far more room one by one.
        if bytes > ImportParser.batchBytes {
          try await tell(&rows)
          bytes = 0
        }
      }
    }
    rows += invalid
    try await tell(&rows)
    progress?.tell(bytes: piece.bytesRead, of: parser.totalBytes, rows: tally.total)
  }

  private mutating func tell(_ rows: inout [RefusedRow]) async throws(ImportError) {
    refused.add(rows)
    try await sink?.keep(rows, header: parser.header)
    rows.removeAll(keepingCapacity: true)
  }
}

extension RefusedRow.Kind {
  fileprivate var reason: String {
    switch self {
    case .invalid: "Invalid"
    case .duplicate: "Duplicate: the number is in the campaign already, or came before in the file"
    case .recent: "Duplicate: the number was added to another campaign not long ago"
    case .doNotCall: "The number is on the do-not-call list"
    }
  }
}

extension ImportPiece {
  /// Cuts off the rows behind a row, and returns them.
  mutating func split(after row: Int) -> ImportPiece {
    var tail = ImportPiece(firstRow: row)
    tail.count = lastRow - row
    tail.bytesRead = bytesRead
    count = row - firstRow
    let leads = rows.firstIndex { $0 > row } ?? rows.count
    let bytes = leads == 0 ? 0 : rawEnds[leads - 1]
    tail.leads = self.leads.split(after: leads)
    tail.rows = Array(rows[leads...])
    tail.raw = Array(raw[bytes...])
    tail.rawEnds = rawEnds[leads...].map { $0 - bytes }
    rows.removeSubrange(leads...)
    raw.removeSubrange(bytes...)
    rawEnds.removeSubrange(leads...)
    tail.refused = refused.filter { $0.row > row }
    refused.removeAll { $0.row > row }
    tail.marked = marked.filter { $0.row > row }
    for index in tail.marked.indices { tail.marked[index].place -= leads }
    marked.removeAll { $0.row > row }
    return tail
  }
}
