/// What a store did that its contract does not permit.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
  /// The promise that was broken.
  public var promise: String
  /// What was seen, and what was expected.
  public var message: String
  /// The file of the check.
  public var file: String
  /// The line of the check.
  public var line: Int
  /// The seed with which the check runs the same way again.
  public var seed: UInt64

  /// Creates a failure.
  public init(promise: String, message: String, file: String, line: Int, seed: UInt64) {
    self.promise = promise
    self.message = message
    self.file = file
    self.line = line
    self.seed = seed
  }

  /// The promise, the deviation, the place of the check and the seed.
  public var description: String {
    "\"\(promise)\" is not kept: \(message) (\(file):\(line), seed \(seed))"
  }
}
