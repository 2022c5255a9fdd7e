/// Bounds that a request must keep while it is read.
public struct ParsingLimits: Hashable, Sendable {
  /// Most bytes of the request line, 8 KiB by default; beyond it the answer is 414.
  public var requestLineBytes = 8 << 10

  /// Most bytes of all fields together, 32 KiB by default; beyond it the answer is 431.
  public var fieldBytes = 32 << 10

  /// Most fields, 100 by default; beyond it the answer is 431.
  public var fieldCount = 100

  /// Most bytes of the extensions of one chunk, 256 by default; beyond it the answer is 400.
  public var chunkExtensionBytes = 256

  /// Most bytes of extensions of all chunks together, 4 KiB by default; beyond it the answer is 400.
  public var totalChunkExtensionBytes = 4 << 10

  /// Most bytes of the trailer fields, 8 KiB by default; beyond it the answer is 431.
  public var trailerBytes = 8 << 10

  /// Most trailer fields, 32 by default; beyond it the answer is 431.
  public var trailerCount = 32

  /// Creates the default bounds.
  public init() {}
}
