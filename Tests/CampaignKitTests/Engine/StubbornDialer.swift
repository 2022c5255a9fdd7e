import CampaignKit
import Locks

/// A carrier that refuses to hang up, and counts how often it was asked to.
final class StubbornDialer: Dialer {
  let name = "stubborn"
  let capabilities = DialerCapabilities()
  let requests = Locked(0)

  func place(_ order: CallOrder) async throws(DialerError) -> String { throw DialerError(.unavailable, "stubborn") }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    requests.withLock { $0 += 1 }
    throw DialerError(.unavailable, "stubborn")
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings { .unknown }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    throw DialerError(.unavailable, "stubborn")
  }

  func events() -> CallEvents { CallEvents { nil } }
}
