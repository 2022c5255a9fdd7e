import CampaignKit
import Locks

/// How the store of a simulation does: slow for a while, refusing for a while, or without power.
final class StoreWeather: Sendable {
  private struct State: Sendable {
    var draw: Draw
    var delay = Duration.zero
    var slowUntil = Duration.zero
    var refusesUntil = Duration.zero
  }

  private let time: VirtualTime
  private let state: Locked<State>

  init(_ time: VirtualTime, seed: UInt64) {
    self.time = time
    state = Locked(State(draw: Draw(seed: seed)))
  }

  func slow(_ delay: Duration, lasting: Duration) {
    state.withLock {
      $0.delay = delay
      $0.slowUntil = time.elapsed + lasting
    }
  }

  /// All is well from now on.
  func clear() {
    state.withLock {
      $0.slowUntil = .zero
      $0.refusesUntil = .zero
    }
  }

  func refuse(lasting: Duration) { state.withLock { $0.refusesUntil = time.elapsed + lasting } }

  /// Takes the time that an operation takes on its way.
  func delay() async {
    let delay: Duration? = state.withLock { state in
      guard time.elapsed < state.slowUntil else { return nil }
      return .milliseconds(state.draw.int(0...Int(state.delay.milliseconds)))
    }
    if let delay { await time.wait(for: delay) }
  }

  /// Lets an operation through, or refuses it, before or after it has had its effect.
  func pass<Result>(
    _ operation: StorageOperation, _ work: () async throws(StoreError) -> Result
  ) async throws(StoreError) -> Result {
    let fate: Int = state.withLock { state in
      guard time.elapsed < state.refusesUntil, operation.isChange else { return 0 }
      return state.draw.int(0...2)
    }
    let refusal = StoreError(.unavailable, "drawn")
    switch fate {
    case 0: return try await work()
    case 1: throw refusal
    default:
      _ = try await work()
      throw refusal
    }
  }
}
