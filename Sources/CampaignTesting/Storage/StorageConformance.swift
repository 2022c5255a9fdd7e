/// What every store promises, as checks that can be run against any.
///
/// Each promise makes stores of its own, so promises can be checked in any order and at the same time. After each
/// one all that the store counts is compared with a recount from its records.
///
/// ```swift
/// @Test(arguments: StorageConformance.all)
/// func keeps(_ promise: StorageConformance.Promise) async throws {
///   try await promise.check(MyHarness())
/// }
/// ```
public enum StorageConformance {
  /// What a promise can be checked with.
  public enum Need: Sendable, Hashable {
    /// Any store.
    case nothing
    /// A store that can be closed and opened again.
    case reopening
    /// A store whose clock can be set back.
    case settableClock
  }

  /// One promise, by its name.
  public struct Promise: Sendable, Identifiable, CustomStringConvertible {
    /// The promise in a few words, as the contract has it.
    public let name: String
    /// What the store must be able to do.
    public let need: Need
    let body: @Sendable (Bench) async throws -> Void

    init(_ name: String, needs need: Need = .nothing, _ body: @escaping @Sendable (Bench) async throws -> Void) {
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
    ///   - harness: Makes the store.
    ///   - seed: What is random depends on this alone.
    /// - Throws: ``ConformanceFailure`` at the first deviation.
    public func check(_ harness: any StorageHarness, seed: UInt64 = 1) async throws {
      let bench = try await Bench(promise: name, harness: harness, seed: seed)
      do {
        try await body(bench)
        try await bench.recount()
      } catch let failure as ConformanceFailure {
        throw failure
      } catch {
        throw ConformanceFailure(
          promise: name, message: "an operation that must succeed threw \(error)", file: #fileID, line: #line,
          seed: seed)
      }
    }
  }

  /// Every promise that can be checked of any store.
  public static let all: [Promise] =
    accounts + campaigns + contacts + leads + imports + leases + claims + limits + callerNumbers + rules + calls
    + finishing + agents + suppressions + pages + reports + events + separation + crowds + sequences

  /// Runs every promise; those of durability where the store can be opened again, and those of the clock where it can
  /// be set back.
  ///
  /// - Parameters:
  ///   - harness: Makes the stores.
  ///   - seed: What is random depends on this alone.
  /// - Throws: ``ConformanceFailure`` at the first deviation.
  public static func run(_ harness: any StorageHarness, seed: UInt64 = 1) async throws {
    let tested = try await harness.makeStore()
    for promise in all + (tested.reopen == nil ? [] : durable) + (tested.setBack == nil ? [] : clock) {
      try await promise.check(harness, seed: seed)
    }
  }
}
