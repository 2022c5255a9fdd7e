/// What is wrong with a CSV file, and where.
///
/// The message says what was expected and what to do. It never quotes the file, which may hold personal data.
public struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A kind of failure; further kinds may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The stable name of the kind, in camel case.
    public let description: String

    /// A quote was opened and never closed: the rest of the file would vanish into one field.
    public static let unterminatedQuote = Code(description: "unterminatedQuote")
    /// Text follows a closing quote.
    public static let textAfterQuote = Code(description: "textAfterQuote")
    /// A quote stands inside a field that is not quoted.
    public static let quoteInField = Code(description: "quoteInField")
    /// A record has another number of fields than the first.
    public static let raggedRecord = Code(description: "raggedRecord")
    /// A record has more bytes than ``CSVReader/Configuration/maximumRecordBytes``.
    public static let recordTooLong = Code(description: "recordTooLong")
    /// A record has more fields than ``CSVReader/Configuration/maximumColumns``.
    public static let tooManyColumns = Code(description: "tooManyColumns")
    /// The bytes are no text in the encoding of the file.
    public static let invalidText = Code(description: "invalidText")
  }

  /// The kind of failure.
  public var code: Code
  /// The record, counted from 1, the header among them and empty lines not.
  public var row: Int
  /// The field of the record, counted from 1; nil where the whole record is meant.
  public var column: Int?
  /// The place in the file, in bytes from 0.
  public var offset: Int
  /// What is wrong and what to do.
  public var message: String

  /// Creates an error.
  public init(_ code: Code, row: Int, column: Int? = nil, offset: Int, _ message: String) {
    self.code = code
    self.row = row
    self.column = column
    self.offset = offset
    self.message = message
  }

  /// The message, with the place in front.
  public var description: String {
    "row \(row)\(column.map { ", column \($0)" } ?? ""), byte \(offset): \(message)"
  }
}
