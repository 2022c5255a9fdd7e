/// How parts of a whole are shown in per cent: in hundredths of a per cent.
public enum Percentage {
  /// The share of a part in per cent, to the nearest hundredth; 0 where the whole is nothing.
  public static func of(_ part: Int, in whole: Int) -> Double {
    whole <= 0 ? 0 : (Double(part) * 10_000 / Double(whole)).rounded() / 100
  }

  /// The shares of parts that make up a whole, in per cent.
  ///
  /// Taken in hundredths of a per cent they add up to exactly 10,000: each share is rounded down, and what is left
  /// goes to those that lost most, the earlier of equal ones first. No share is off by a hundredth or more. Where all
  /// parts are zero, so are all shares; a part below zero counts as zero.
  public static func shares(of parts: [Int]) -> [Double] {
    let parts = parts.map { max(0, $0) }
    let whole = parts.reduce(0, &+)
    guard whole > 0 else { return parts.map { _ in 0 } }
    let divided = parts.map { whole.dividingFullWidth($0.multipliedFullWidth(by: 10_000)) }
    var hundredths = divided.map(\.quotient)
    let left = 10_000 - hundredths.reduce(0, +)
    let losers = divided.indices.sorted {
      (divided[$1].remainder, $0) < (divided[$0].remainder, $1)
    }
    for place in losers.prefix(left) { hundredths[place] += 1 }
    return hundredths.map { Double($0) / 100 }
  }
}
