import CampaignKit

/// Reads telephone numbers from a file: CSV with a column that is known to hold them, or a number a line.
struct NumberList {
  /// A row of the list.
  struct Row {
    /// The row, from 1; a header is not counted.
    var number: Int
    /// What stands in it.
    var text: String
  }

  private var file: CSVFile
  private var column: Int?
  private var hasHeader = false
  /// The first row, where it is no header.
  private var first: Row?

  /// Opens a list, and finds out which column has the numbers.
  ///
  /// - Parameters:
  ///   - path: Where the file is.
  ///   - isNumber: Whether a text is a number; a first row with one is no header.
  /// - Throws: A ``Refusal`` for a file without such a column.
  init(at path: String, isNumber: (String) -> Bool) throws {
    file = try CSVFile(at: path)
    guard try file.advance() else { throw Refusal.invalid("file", "has no row") }
    let fields = file.reader.fields
    if let place = fields.firstIndex(where: isNumber) {
      column = place
      first = Row(number: file.reader.row, text: fields[place])
    } else {
      do throws(ImportError) { column = try FieldMapping(header: fields).phones.first } catch { throw Refusal(error) }
      hasHeader = true
    }
  }

  /// The next row; nil at the end.
  mutating func next() throws -> Row? {
    if let row = first {
      first = nil
      return row
    }
    guard try file.advance() else { return nil }
    let text = file.reader.text(at: column ?? 0)
    return Row(number: hasHeader ? file.reader.row - 1 : file.reader.row, text: text)
  }

  func close() { file.close() }
}

extension CampaignService {
  /// What became of the rows of a list.
  struct SuppressedList {
    /// Rows with a number that can be called.
    var valid = 0
    /// The others.
    var invalid = 0
    /// The first of the others.
    var errors: [(row: Int, value: String, reason: String)] = []
  }

  /// Puts the numbers of a list on an account's do-not-call list, so many at a time that memory does not grow.
  func suppress(listAt path: String, called name: String, for account: Account.ID) async throws -> SuppressedList {
    var list = try NumberList(at: path) { (try? phoneNumber($0, field: "file")) != nil }
    defer { list.close() }
    var result = SuppressedList()
    var entries: [Suppression] = []
    let now = await now()
    while let row = try list.next() {
      do throws(Refusal) {
        let number = try phoneNumber(row.text, field: "phone")
        entries.append(Suppression(.number(number), account: account, source: name, addedAt: now))
        result.valid += 1
      } catch {
        result.invalid += 1
        if result.errors.count < 1000 {
          result.errors.append((row.number, String(row.text.prefix(200)), error.message))
        }
      }
      guard entries.count == 100_000 else { continue }
      try await engine.suppress(entries)
      entries.removeAll(keepingCapacity: true)
    }
    if !entries.isEmpty { try await engine.suppress(entries) }
    return result
  }
}
