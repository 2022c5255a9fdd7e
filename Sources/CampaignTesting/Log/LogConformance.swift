/// What every log promises, as checks that can be run against any `DurableLog`.
///
/// Each promise makes a place of its own, so promises can be checked in any order and at the same time.
///
/// ```swift
/// @Test(arguments: LogConformance.all)
/// func keeps(_ promise: LogConformance.Promise) throws {
///   try promise.check(MyHarness())
/// }
/// ```
///
/// It cannot see whether a device keeps what it says is durable, or whether another process is kept out as this
/// one is. The first is for the power promises, on files that can lose power; the second for a test of your own.
public enum LogConformance {
  /// What a promise can be checked with.
  public enum Need: Sendable, Hashable {
    /// Nothing but a place.
    case nothing
    /// A place that can lose power.
    case power
    /// A place that can be damaged.
    case damage
  }

  /// One promise, by its name.
  public struct Promise: Sendable, Identifiable, CustomStringConvertible {
    /// The promise in a few words.
    public let name: String
    /// What the place must be able to do.
    public let need: Need
    let body: @Sendable (LogBench) throws -> Void

    init(_ name: String, needs need: Need = .nothing, _ body: @escaping @Sendable (LogBench) throws -> Void) {
      self.name = name
      self.need = need
      self.body = body
    }

    /// The name.
    public var id: String { name }
    /// The name.
    public var description: String { name }

    /// Checks the promise.
    ///
    /// - Parameters:
    ///   - harness: Makes the place.
    ///   - seed: What is random depends on this alone.
    /// - Throws: ``ConformanceFailure`` at the first deviation.
    public func check(_ harness: any LogHarness, seed: UInt64 = 1) throws {
      let bench = LogBench(promise: name, harness: harness, seed: seed)
      do {
        try body(bench)
      } catch let failure as ConformanceFailure {
        throw failure
      } catch {
        throw bench.failure("an operation that must succeed threw \(error)")
      }
    }
  }

  /// Every promise that can be checked in any place.
  public static let all: [Promise] = batches + snapshots + ownership + misuse

  /// Runs every promise; those of power and damage where the places can do that.
  ///
  /// - Parameters:
  ///   - harness: Makes the places.
  ///   - seed: What is random depends on this alone.
  /// - Returns: The promises that were kept.
  /// - Throws: ``ConformanceFailure`` at the first deviation.
  @discardableResult
  public static func run(_ harness: any LogHarness, seed: UInt64 = 1) throws -> [Promise] {
    let place = try harness.makePlace()
    let promises = all + (place.power == nil ? [] : power) + (place.damage == nil ? [] : damage)
    for promise in promises { try promise.check(harness, seed: seed) }
    return promises
  }
}
