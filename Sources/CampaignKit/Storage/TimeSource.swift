#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Tells what time it is.
///
/// ## When the clock is set back
///
/// A clock that was ahead leaves moments behind that are far off once it is set right. Whoever keeps a store decides
/// for each of them whether a stretched wait or an early end does less harm:
///
/// | what is kept | when the clock stands before it began |
/// |---|---|
/// | the lease of a campaign | any other process may take it at once. Its owner goes on until one does, since every claim is checked against the token |
/// | reserved slots | they are free again when the clock was set back by more than the time for which they were reserved |
/// | until when a call may be placed | it may not be placed when the clock was set back by more than that time; it ends as one that was never placed |
/// | delays between calls, and rates | one start is permitted, and those after it come at the rate |
/// | when a call counts as over | it stays. The call may be live, and keeps its slot and its lead until somebody has asked the carrier |
/// | when a lead is due, or a rolling limit lets it pass | it stays. A person is rather called too late than too often; rescheduling the lead helps |
/// | when a do-not-call entry or a consent ends | it stays. It was given as a date |
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
