/// A reason why bytes are not the JSON that was asked for, and where.
///
/// The message says what was expected and what to do. It never quotes the document, which may hold personal data.
public struct JSONError: Error, Sendable, Hashable {
  /// A kind of failure; further kinds may be added in later versions.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    /// The stable name of the kind, in camel case.
    public let description: String

    private init(_ name: String) { self.description = name }

    /// The document ends inside a value, or holds none.
    public static let unexpectedEnd = Code("unexpectedEnd")
    /// A byte stands where the grammar has no place for it.
    public static let unexpectedByte = Code("unexpectedByte")
    /// A comma is followed by the end of its array or object.
    public static let trailingComma = Code("trailingComma")
    /// More text follows the end of the document's value.
    public static let trailingText = Code("trailingText")
    /// A number is not written as JSON writes numbers.
    public static let invalidNumber = Code("invalidNumber")
    /// A string holds a control character that is not escaped.
    public static let controlCharacter = Code("controlCharacter")
    /// A backslash is followed by something that is no escape.
    public static let invalidEscape = Code("invalidEscape")
    /// An escape gives half of a surrogate pair.
    public static let loneSurrogate = Code("loneSurrogate")
    /// The bytes are not valid UTF-8.
    public static let invalidUTF8 = Code("invalidUTF8")
    /// The document starts with a byte order mark.
    public static let byteOrderMark = Code("byteOrderMark")
    /// An object gives one key twice.
    public static let duplicateKey = Code("duplicateKey")
    /// The document has more bytes than ``JSONLimits/maximumBytes``.
    public static let tooManyBytes = Code("tooManyBytes")
    /// The document is nested deeper than ``JSONLimits/maximumDepth``.
    public static let tooDeep = Code("tooDeep")
    /// The document has more values and keys than ``JSONLimits/maximumValues``.
    public static let tooManyValues = Code("tooManyValues")
    /// A string, key or number is longer than ``JSONLimits/maximumStringBytes``.
    public static let stringTooLong = Code("stringTooLong")
  }

  /// What kind of failure it is.
  public let code: Code

  /// Bytes before the failure, counted from the start of the buffer.
  public let offset: Int

  /// The line of the failure, from 1; LF, CR LF and CR end lines.
  public let line: Int

  /// The place in its line, from 1, counted in Unicode scalars.
  public let column: Int

  /// What was expected, and what to do.
  public let message: String

  init(code: Code, message: String, offset: Int, in bytes: UnsafeRawBufferPointer) {
    self.code = code
    self.message = message
    self.offset = offset
    var line = 1
    var column = 1
    // Positions are needed only here, so reading keeps no count of lines.
    for index in 0..<Swift.min(offset, bytes.count) {
      switch bytes[index] {
      case 0x0A:
        line += 1
        column = 1
      case 0x0D:
        // The LF of a CR LF has its own turn.
        guard index + 1 >= bytes.count || bytes[index + 1] != 0x0A else { continue }
        line += 1
        column = 1
      case 0x80...0xBF:
        continue  // Not the first byte of its scalar.
      default:
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}

extension JSONError: CustomStringConvertible {
  /// The place and the message in one line.
  public var description: String { "JSON, line \(line), column \(column): \(message)" }
}
