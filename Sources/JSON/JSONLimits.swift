/// Bounds that a document must keep while it is read.
///
/// Bytes from outside decide how much memory and time reading them takes, so every dimension is bounded.
/// A document that goes beyond a bound is refused with an error that names it; nothing is cut off in silence.
/// A bound below zero acts as zero.
public struct JSONLimits: Sendable, Hashable {
  /// The deepest nesting that any setting of ``maximumDepth`` allows: 128.
  ///
  /// Comparing, hashing, writing and releasing a value takes stack in proportion to its depth.
  /// This depth fits into the 512 KiB stack of a worker thread even without optimisation and with a sanitizer.
  public static let depthCeiling = 128

  /// The bounds used when none are given.
  public static let `default` = JSONLimits()

  /// Most bytes of a whole document, 16 MiB by default.
  public var maximumBytes: Int

  /// Most arrays and objects inside one another, 64 by default; values above ``depthCeiling`` act as that.
  ///
  /// A number alone has depth 0, `[1]` has depth 1, `[[1]]` has depth 2.
  public var maximumDepth: Int

  /// Most values and keys together, 1,000,000 by default; memory is about 50 bytes for each, plus long strings.
  public var maximumValues: Int

  /// Most UTF-8 bytes of one string, key or number, 1 MiB by default.
  ///
  /// A string counts as it is after its escapes are resolved.
  public var maximumStringBytes: Int

  /// Creates bounds; every one that is left out has its default.
  ///
  /// - Parameters:
  ///   - maximumBytes: Most bytes of a whole document.
  ///   - maximumDepth: Most arrays and objects inside one another.
  ///   - maximumValues: Most values and keys together.
  ///   - maximumStringBytes: Most UTF-8 bytes of one string, key or number.
  public init(
    maximumBytes: Int = 16 << 20,
    maximumDepth: Int = 64,
    maximumValues: Int = 1_000_000,
    maximumStringBytes: Int = 1 << 20
  ) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
    self.maximumValues = maximumValues
    self.maximumStringBytes = maximumStringBytes
  }

  /// The depth that is enforced.
  var effectiveDepth: Int { min(maximumDepth, Self.depthCeiling) }
}

/// What reading does with an object that gives the same key twice.
///
/// Keys are the same when they are equal as Swift strings, so "é" written as one scalar and as two is one key.
public enum JSONDuplicateKeys: Sendable, Hashable {
  /// The document is an error; this is the default.
  ///
  /// Two readers may disagree about which member counts, and what one of them checked the other would not use.
  case refused

  /// The last value counts, in the place of the first.
  case lastWins
}
