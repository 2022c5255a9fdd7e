/// What stands between two fields.
public struct CSVDelimiter: Hashable, Sendable {
  /// The byte.
  public let byte: UInt8

  /// Creates a delimiter; nil for a quote, a line break, or what is not ASCII.
  public init?(_ byte: UInt8) {
    guard byte < 0x80, byte != CSVByte.quote, byte != CSVByte.lineFeed, byte != CSVByte.carriageReturn else {
      return nil
    }
    self.byte = byte
  }

  private init(known scalar: Unicode.Scalar) { byte = UInt8(truncatingIfNeeded: scalar.value) }

  /// `,`
  public static let comma = CSVDelimiter(known: ",")
  /// `;`, which spreadsheets write where the comma is the decimal sign.
  public static let semicolon = CSVDelimiter(known: ";")
  /// A tab.
  public static let tab = CSVDelimiter(known: "\t")
  /// `|`
  public static let pipe = CSVDelimiter(known: "|")

  /// Those that are looked for, the likelier first.
  static let candidates: [CSVDelimiter] = [comma, semicolon, tab, pipe]
}

/// How the bytes of a CSV file are to be read as text.
public enum CSVEncoding: String, Hashable, Sendable, Codable {
  /// UTF-8.
  case utf8
  /// Windows-1252, of which ISO 8859-1 is a part as far as text goes.
  case windows1252
  /// UTF-16 with the lower byte first.
  case utf16LittleEndian
  /// UTF-16 with the higher byte first.
  case utf16BigEndian
}

extension CSVReader {
  /// What to do with a file that does not keep to RFC 4180.
  public enum Mode: Hashable, Sendable {
    /// Read it as it was most likely meant; ``CSVReader/problem`` tells of records where that is a guess.
    case lenient
    /// Refuse it.
    case strict
  }

  /// How a file is read.
  public struct Configuration: Hashable, Sendable {
    /// What stands between fields; found by looking at the first records unless told.
    public var delimiter: CSVDelimiter?
    /// The encoding; found by the first bytes unless told.
    ///
    /// A byte order mark says it, and so do the NUL bytes of UTF-16. Otherwise a field is UTF-8 where it can be, and
    /// Windows-1252 where not, which a strict reader refuses.
    public var encoding: CSVEncoding?
    /// What to do with a file that does not keep to RFC 4180; ``Mode-swift.enum/lenient`` unless told otherwise.
    public var mode = Mode.lenient
    /// The most bytes of one record; 16 MiB unless told otherwise, and never above 1 GiB.
    public var maximumRecordBytes = 16 << 20
    /// The most fields of one record; 131,072 unless told otherwise.
    public var maximumColumns = 131_072

    /// Creates a configuration with the defaults.
    public init() {}
  }
}

enum CSVByte {
  static let quote = UInt8(ascii: "\"")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
}
