#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Tells what time it is.
public protocol TimeSource: Sendable {
  /// The time now. It may jump, forwards and backwards, as clocks do.
  func now() -> Timestamp
}

/// The clock of the operating system.
public struct SystemTime: TimeSource {
  /// Creates a source.
  public init() {}

  /// The time now.
  public func now() -> Timestamp {
    Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
  }
}

extension TimeSource where Self == SystemTime {
  /// The clock of the operating system.
  public static var system: SystemTime { SystemTime() }
}
