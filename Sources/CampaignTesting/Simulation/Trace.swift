import CampaignKit
import Locks

/// One line for each thing that happens in a simulation.
final class Trace: Sendable {
  private struct State: Sendable {
    var lines: [String] = []
    var names: [Call.ID: Int] = [:]
  }

  private let time: VirtualTime
  private let state = Locked(State())

  init(_ time: VirtualTime) {
    self.time = time
  }

  var lines: [String] { state.withLock { $0.lines } }

  /// Writes a line, with the time that has passed before it.
  func note(_ text: String) {
    let elapsed = time.elapsed.milliseconds
    let rest = elapsed % 86_400_000
    let stamp = [rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
    let milliseconds = String("\(1000 + rest % 1000)".dropFirst())
    let line = "\(elapsed / 86_400_000)d \(stamp.joined(separator: ":")).\(milliseconds) \(text)"
    state.withLock { $0.lines.append(line) }
  }

  /// A short name for a call, in the order in which they are named first.
  func name(_ call: Call.ID) -> String {
    let number = state.withLock { state in
      if let number = state.names[call] { return number }
      state.names[call] = state.names.count + 1
      return state.names.count
    }
    return "call \(number)"
  }
}

/// A promise that was broken.
package struct SimulationFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The promise, as the design numbers them.
  package var promise: String
  /// What was seen.
  package var message: String
  /// The seed of the plan.
  package var seed: UInt64
  /// How much time had passed.
  package var at: Duration

  /// The promise, what was seen, the seed and the moment.
  package var description: String {
    "\(promise) is broken: \(message) (seed \(seed), after \(at))"
  }
}
