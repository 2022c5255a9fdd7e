/// Why a log could not be opened, read or written.
public struct LogError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kinds of failure. More may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name.
    public let description: String

    /// Another process, or another store in this one, has the log open.
    public static let locked = Code(description: "locked")
    /// The device has no room. Nothing of the batch remains; free some room and try again.
    public static let full = Code(description: "full")
    /// The device failed. What was not yet acknowledged may or may not be there.
    public static let failed = Code(description: "failed")
    /// The bytes found are not the ones that were written.
    public static let damaged = Code(description: "damaged")
    /// The log was written by a newer version of this library.
    public static let newerFormat = Code(description: "newerFormat")
    /// The log is not open, or was closed.
    public static let closed = Code(description: "closed")
    /// The place of the log was removed, or another was put there, while the log was open. Nothing is written to what
    /// has taken its place; put it back, or close the log.
    public static let gone = Code(description: "gone")
    /// The call does not fit the log's state, such as a batch out of order. Nothing has changed.
    public static let misused = Code(description: "misused")
  }

  /// The kind of failure.
  public var code: Code
  /// What happened, where, and what to do about it.
  public var message: String
  /// The file, if the log keeps files.
  public var file: String?
  /// The offset in the file, in bytes.
  public var offset: UInt64?
  /// The error number of the operating system, if it gave one.
  public var systemError: Int32?

  /// Creates an error.
  public init(
    _ code: Code, _ message: String, file: String? = nil, offset: UInt64? = nil, systemError: Int32? = nil
  ) {
    self.code = code
    self.message = message
    self.file = file
    self.offset = offset
    self.systemError = systemError
  }

  /// The code, the message, and the place.
  public var description: String {
    var text = "\(code): \(message)"
    if let file { text += " [\(file)" + (offset.map { " at byte \($0)" } ?? "") + "]" }
    return text
  }
}
