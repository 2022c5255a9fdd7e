import CampaignKit

extension SimulationPlan {
  /// Numbers to call from that campaigns of an account share, and how many calls each may make in a day.
  ///
  /// They have a draw of their own, so that the rest of a plan does not depend on them.
  mutating func drawCallerNumbers() {
    var draw = Draw(seed: seed ^ 0x63_61_6C_6C_65_72)
    for index in campaigns.indices {
      let pool = callers(of: campaigns[index].account)
      campaigns[index].campaign.callerNumbers = Array(pool.shuffled(using: &draw.generator).prefix(draw.int(1...3)))
      campaigns[index].campaign.callerChoice = CallerChoice(
        prefersNearby: draw.chance(0.7), maximumPerDay: draw.chance(0.4) ? draw.pick([1, 3, 8, 20]) : nil)
    }
  }

  /// The numbers of an account: near to its people, of the same country, of another.
  func callers(of account: Int) -> [PhoneNumber] {
    [15_559_999_990, 14_155_550_190, 493_012_345_670].compactMap { PhoneNumber(digits: $0 + UInt64(account)) }
  }
}
