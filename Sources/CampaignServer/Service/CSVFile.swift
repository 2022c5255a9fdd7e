import CampaignKit
import Foundation

/// Reads a CSV file record by record, so that memory does not grow with it.
struct CSVFile {
  private let file: FileHandle
  /// Has the record that was read last.
  private(set) var reader = CSVReader()
  private var isFinished = false

  /// Opens a file.
  ///
  /// - Throws: A ``Refusal`` where there is none.
  init(at path: String) throws(Refusal) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Refusal(.unavailable, "the upload is no longer there; send it again")
    }
    self.file = file
  }

  /// Reads the next record; false at the end.
  ///
  /// - Throws: A ``Refusal`` for what is no CSV to its end.
  mutating func advance() throws -> Bool {
    do {
      while try !reader.next() {
        guard !isFinished else { return false }
        if let bytes = try file.read(upToCount: 256 << 10), !bytes.isEmpty {
          reader.append(Array(bytes))
        } else {
          reader.finish()
          isFinished = true
        }
      }
      return true
    } catch let error as CSVError {
      throw Refusal.invalid("file", "cannot be read as CSV to its end; \(error)")
    }
  }

  func close() { try? file.close() }
}
