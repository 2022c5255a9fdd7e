import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A system call on a socket that failed.
public struct SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What was being done, such as "bind 127.0.0.1:80".
  public let operation: String

  /// The system's number for the reason, an `errno`.
  public let code: Int32

  init(_ operation: String, code: Int32 = errno) {
    self.operation = operation
    self.code = code
  }

  /// What failed, and the system's words for why.
  public var description: String { "Cannot \(operation): \(String(cString: strerror(code))) (\(code))." }
}
