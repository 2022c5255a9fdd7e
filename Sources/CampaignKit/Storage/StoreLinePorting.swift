import JSON

extension PortableStorage {
  /// Writes everything that is kept as lines of JSON, as it is at one moment.
  ///
  /// ```swift
  /// try await store.exportLines { try file.write(contentsOf: $0) }
  /// ```
  ///
  /// What is kept and what is not is told at ``PortableStorage``. Memory does not grow with the export.
  ///
  /// - Parameter write: Takes the bytes, some 64 KiB at a time. What it throws ends the export.
  /// - Returns: How many records there are of each kind.
  /// - Throws: What `write` throws, or a ``StoreError``.
  @discardableResult
  public nonisolated(nonsending) func exportLines(to write: ([UInt8]) async throws -> Void) async throws -> StoreTally {
    var tally = StoreTally()
    var bytes = try Self.line(StoreLines.Head(format: StoreLines.format, version: StoreLines.version))
    try await export { record in
      tally.count(record)
      bytes += try StoreLines.json(of: record).bytes
      bytes.append(UInt8(ascii: "\n"))
      guard bytes.count >= 64 << 10 else { return }
      try await write(bytes)
      bytes.removeAll(keepingCapacity: bytes.count < 1 << 20)
    }
    bytes += try Self.line(StoreLines.Tail(end: tally))
    try await write(bytes)
    return tally
  }

  private static func line(_ value: some Encodable) throws -> [UInt8] {
    try JSONValue(encoding: value).bytes + [UInt8(ascii: "\n")]
  }

  /// Takes in the lines that a store has written, into a store that is empty.
  ///
  /// When it throws, the store holds a part of the export: throw it away, and begin with an empty one. That is so
  /// for an export that was cut off as well, which is known only at its end.
  ///
  /// - Parameter pieces: The bytes, in pieces of any size.
  /// - Returns: How many records there were of each kind.
  /// - Throws: ``StoreLinesError`` for a line that cannot be read, or that the store does not take in; the
  ///   ``StoreError`` is its cause then. A ``StoreError`` when the store was not empty or takes no writes. What
  ///   `pieces` throws.
  @discardableResult
  public nonisolated(nonsending) func importLines<Pieces: AsyncSequence>(
    _ pieces: Pieces
  ) async throws -> StoreTally where Pieces.Element: Collection<UInt8> {
    // Before anything is read, which takes long.
    try await restore([])
    // The store takes some records in while the next are read.
    return try await withThrowingTaskGroup(of: Void.self) { taking in
      var reader = StoreLineReader()
      var waiting: [NumberedRecord] = []
      do {
        for try await piece in pieces {
          waiting += try reader.takeNumbered(piece)
          guard waiting.count >= 2048 else { continue }
          try await taking.next()
          taking.addTask { [waiting] in try await take(waiting) }
          waiting.removeAll()
        }
      } catch {
        // Records that are refused stand in lines before the one that cannot be read.
        try await taking.waitForAll()
        throw error
      }
      try await taking.waitForAll()
      try await take(waiting)
      return try reader.finish()
    }
  }

  private func take(_ records: [NumberedRecord]) async throws {
    do {
      try await restore(records.map(\.record))
    } catch {
      guard let refused = error.cause as? RefusedRecord, records.indices.contains(refused.index) else { throw error }
      throw StoreLinesError(line: records[refused.index].line, reason: error.message, cause: error)
    }
  }
}
