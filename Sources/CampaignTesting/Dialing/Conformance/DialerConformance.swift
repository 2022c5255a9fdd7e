/// What every dialer promises, as checks that can be run against any.
///
/// Each promise makes a dialer of its own, so promises can be checked in any order and at the same time.
///
/// ```swift ignore
/// @Test(arguments: DialerConformance.all)
/// func keeps(_ promise: DialerConformance.Promise) async throws {
///   try await promise.check(MyHarness())
/// }
/// ```
///
/// A promise about something that the harness cannot let go wrong, or about agents that it has not, is not checked.
public enum DialerConformance {
  /// One promise, by its name.
  public struct Promise: Sendable, Identifiable, CustomStringConvertible {
    /// The promise in a few words.
    public let name: String
    /// What must be able to go wrong for it to be checked.
    public let faults: Set<DialerUnderTest.Fault>
    /// Whether there must be agents for it to be checked.
    public let needsAgents: Bool
    let body: @Sendable (DialerBench) async throws -> Void

    init(
      _ name: String, needs faults: Set<DialerUnderTest.Fault> = [], needsAgents: Bool = false,
      _ body: @escaping @Sendable (DialerBench) async throws -> Void
    ) {
      self.name = name
      self.faults = faults
      self.needsAgents = needsAgents
      self.body = body
    }

    /// The name.
    public var id: String { name }
    /// The name.
    public var description: String { name }

    /// Checks the promise.
    ///
    /// - Parameter harness: Makes the dialer.
    /// - Returns: Whether it could be checked: whether what it is about can be made to go wrong, and has agents.
    /// - Throws: ``ConformanceFailure`` at the first deviation.
    @discardableResult
    public func check(_ harness: any DialerHarness) async throws -> Bool {
      let tested = try await harness.makeDialer()
      guard faults.isEmpty || tested.setFault != nil && faults.isSubset(of: tested.faults) else {
        await tested.stop()
        return false
      }
      let bench = DialerBench(promise: name, tested)
      // A task of the group, and not one by itself, so that it runs in virtual time where the check does.
      let result = await withTaskGroup(of: Void.self) { group in
        group.addTask { await bench.listen() }
        let outcome = await outcome(at: bench)
        group.cancelAll()
        // Some dialers tell of calls until they are stopped.
        await tested.stop()
        return outcome
      }
      return try result.get()
    }

    private func outcome(at bench: DialerBench) async -> Result<Bool, ConformanceFailure> {
      do {
        try await body(bench)
        return .success(true)
      } catch is DialerBench.CannotCheck {
        return .success(false)
      } catch let failure as ConformanceFailure {
        return .failure(failure)
      } catch {
        return .failure(bench.failure("an operation that must succeed threw \(error)"))
      }
    }
  }

  /// Every promise.
  public static let all: [Promise] = once + honest + inTime + heard + hangingUp + lookingUp + connecting

  /// Runs every promise.
  ///
  /// - Parameter harness: Makes the dialers.
  /// - Returns: The promises that could be checked, and are kept.
  /// - Throws: ``ConformanceFailure`` at the first deviation.
  @discardableResult
  public static func run(_ harness: any DialerHarness) async throws -> [Promise] {
    var kept: [Promise] = []
    for promise in all where try await promise.check(harness) { kept.append(promise) }
    return kept
  }
}
