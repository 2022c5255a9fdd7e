public import CampaignKit
import Foundation

/// One of several carriers that calls are placed with; see ``Trunks``.
public struct Trunk: Sendable {
  /// Places calls with it.
  public var dialer: any Dialer
  /// Those with the lowest number are tried first.
  public var priority: Int
  /// Its share of the calls among those with the same priority; 0 is tried after all others of them.
  public var weight: Double

  /// Creates a trunk, of the first priority and with the weight 1 unless told otherwise.
  public init(_ dialer: any Dialer, priority: Int = 0, weight: Double = 1) {
    self.dialer = dialer
    self.priority = priority
    self.weight = weight
  }
}

/// How one of several carriers does; see ``Trunks/conditions``.
public struct TrunkCondition: Hashable, Sendable {
  /// The name of the carrier.
  public var name: String
  /// How much longer it is tried last, since it failed; zero for one that does not rest.
  public var rest: Duration
  /// How it failed the last time that it did not take a call through its own fault, or did not say whether it took one.
  /// Nil if it has taken one since, and ten minutes later, unless it still rests.
  public var failure: DialerError.Code?
  /// Whether what happens is heard from it; `true` for a carrier that reports to webhooks.
  public var isConnected: Bool
}

/// In which order trunks are tried.
enum TrunkOrder {
  /// Puts trunks in order.
  ///
  /// The same call has the same order, in every process and after every restart, as long as the same trunks rest.
  ///
  /// - Parameters:
  ///   - trunks: Priority and weight of each.
  ///   - call: The call.
  ///   - rests: Whether a trunk failed just now. Those are tried last, whatever their priority.
  /// - Returns: The places of the trunks, the first to try first.
  static func order(
    _ trunks: [(priority: Int, weight: Double)], of call: Call.ID, rests: (Int) -> Bool = { _ in false }
  ) -> [Int] {
    let ranks = trunks.indices.map { index -> (rests: Int, priority: Int, wait: Double) in
      let (priority, weight) = trunks[index]
      // Whose waits are drawn exponentially, with its weight as the rate, is first in proportion to that weight.
      var random = SplitMix64(seed: call.high, UInt64(call.low), UInt64(index))
      let drawn = -log(1 - random.fraction())
      return (rests(index) ? 1 : 0, priority, weight > 0 ? drawn / weight : .infinity)
    }
    return ranks.indices.sorted { left, right in
      let (one, other) = (ranks[left], ranks[right])
      return one == other ? left < right : one < other
    }
  }
}
