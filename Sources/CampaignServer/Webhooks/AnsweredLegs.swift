import CampaignCarriers
import CampaignKit
import Locks

/// Which calls to telephones of agents were answered for which calls, as far as this process knows.
final class AnsweredLegs: Sendable {
  private let legs = Locked(CallBook<String>())

  /// Notes that the agent of a call has answered, and joins it.
  func note(_ reference: String, of call: Call.ID) { legs.withLock { _ = $0.note(reference, of: call) } }

  /// Whether the agent of a call has answered another call to their telephone than this one.
  func isAnother(_ reference: String, than call: Call.ID) -> Bool {
    legs.withLock { $0[call].map { $0 != reference } ?? false }
  }
}
