import CampaignKit

/// A generator of random numbers that gives the same ones again for the same seed. It is no source of secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var numbers: SplitMix64

  /// Creates a generator.
  public init(seed: UInt64) {
    numbers = SplitMix64(seed: seed)
  }

  /// The next number, by the algorithm SplitMix64.
  public mutating func next() -> UInt64 { numbers.next() }
}
