/// Why a file could not be imported, as a whole.
public struct ImportError: Error, Sendable, CustomStringConvertible {
  /// The kinds of failure. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// The file has no row.
    public static let emptyFile = Code(description: "emptyFile")
    /// The first row is no header.
    public static let noHeader = Code(description: "noHeader")
    /// No column holds phone numbers, as far as their names tell.
    public static let noPhoneColumn = Code(description: "noPhoneColumn")
    /// A mapping names a column that the file does not have.
    public static let unknownColumn = Code(description: "unknownColumn")
    /// A mapping names a field that there is not.
    public static let unknownField = Code(description: "unknownField")
    /// The file is of another kind, such as a spreadsheet or a page of the web.
    public static let notCSV = Code(description: "notCSV")
    /// The file cannot be read as CSV to its end; the cause is the ``CSVError``.
    public static let unreadable = Code(description: "unreadable")
    /// The file could not be read; the cause says why.
    public static let sourceFailed = Code(description: "sourceFailed")
    /// The file is another one than in the beginning. Begin again.
    public static let sourceChanged = Code(description: "sourceChanged")
    /// The same file is being imported into the campaign by somebody else.
    public static let underWay = Code(description: "underWay")
    /// The import cannot be taken back: one of its leads was tried, or it was taken back before.
    public static let notUndoable = Code(description: "notUndoable")
    /// The store refused; the cause is the ``StoreError``.
    public static let storeFailed = Code(description: "storeFailed")
    /// Whoever keeps the refused rows could not; the cause says why.
    public static let sinkFailed = Code(description: "sinkFailed")
    /// The import was cancelled. It goes on where it stopped when it is started again.
    public static let cancelled = Code(description: "cancelled")
  }

  /// The kind of failure.
  public var code: Code
  /// The column or field that is meant.
  public var field: String?
  /// What happened, and what to do about it.
  public var message: String
  /// What lies behind it.
  public var cause: (any Error)?

  /// Creates an error.
  public init(_ code: Code, field: String? = nil, _ message: String, cause: (any Error)? = nil) {
    self.code = code
    self.field = field
    self.message = message
    self.cause = cause
  }

  /// The code, the message, and what lies behind it unless the message says so.
  public var description: String {
    guard let cause, !message.hasSuffix("\(cause)") else { return "\(code): \(message)" }
    return "\(code): \(message) (\(cause))"
  }

  static func unreadable(_ error: CSVError) -> ImportError {
    ImportError(.unreadable, "the file cannot be read as CSV to its end; \(error)", cause: error)
  }

  static func store(_ error: StoreError) -> ImportError {
    ImportError(.storeFailed, "the store refused; start the import again once it takes writes", cause: error)
  }
}
