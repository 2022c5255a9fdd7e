import Digests

/// Reads the records of a file, piece by piece.
struct ImportRecords {
  private var pieces: ImportPieces
  /// The reader, which stands at the record that was read last.
  private(set) var reader: CSVReader
  private var checksum = Checksum64()
  private var isRead = false

  /// How many bytes were read.
  var bytesRead: Int { pieces.offset }
  var totalBytes: Int { pieces.total }
  /// A sum over the bytes that were read.
  var sum: UInt64 { checksum.finish() }

  init(_ source: ImportSource, _ configuration: CSVReader.Configuration) throws(ImportError) {
    pieces = try source.open()
    reader = CSVReader(configuration)
  }

  /// Goes to the next record; false at the end of the file.
  mutating func next() throws(ImportError) -> Bool {
    while true {
      do throws(CSVError) {
        if try reader.next() { return true }
      } catch {
        throw .unreadable(error)
      }
      guard !isRead else { return false }
      isRead = try !pieces.next { bytes in
        checksum.update(bytes)
        reader.append(bytes)
      }
      if isRead { reader.finish() }
    }
  }
}
