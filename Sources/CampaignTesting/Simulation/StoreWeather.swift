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

  /// What becomes of an operation.
  enum Fate { case passes, isRefused, isRefusedWithEffect }

  /// Whether an operation passes, or is refused, before or after it has had its effect.
  @inline(never)
  func fate(of operation: StorageOperation) -> Fate {
    state.withLock { state in
      guard time.elapsed < state.refusesUntil, operation.isChange else { return .passes }
      return [.passes, .isRefused, .isRefusedWithEffect][state.draw.int(0...2)]
    }
  }

  static let refusal = StoreError(.unavailable, "drawn")
}
