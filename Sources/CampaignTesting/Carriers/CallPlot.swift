public import CampaignKit

/// What becomes of one call at a ``ScriptedCarrier``.
public struct CallPlot: Hashable, Sendable {
  /// How it comes out.
  public enum Ending: Hashable, Sendable {
    /// Somebody or something answers, and hangs up after a while; nil for never.
    case answered(AnsweredBy, hangsUpAfter: Duration?)
    /// The line is busy.
    case busy
    /// It is declined.
    case rejected
    /// It rings for as long as the order lets it.
    case noAnswer
    /// It cannot be made.
    case failed
  }

  /// How it comes out.
  public var ending: Ending
  /// How long it waits with the carrier for its turn.
  public var queue: Duration
  /// How long it takes until it rings, or is busy, or fails.
  public var setup: Duration
  /// How long it rings before somebody answers or declines.
  public var ring: Duration
  /// How long it takes to tell a machine from a person, where that is asked for.
  public var detection: Duration

  /// Creates a script; everything takes a moment only, unless told otherwise.
  public init(
    _ ending: Ending, queue: Duration = .zero, setup: Duration = .milliseconds(100),
    ring: Duration = .milliseconds(100), detection: Duration = .milliseconds(100)
  ) {
    self.ending = ending
    self.queue = queue
    self.setup = setup
    self.ring = ring
    self.detection = detection
  }

  /// Scripts of all endings, drawn by the number called and by how often it was called before.
  ///
  /// - Parameters:
  ///   - seed: What is drawn depends on it.
  ///   - tempo: By what all times are divided.
  /// - Returns: A function for ``ScriptedCarrier/Configuration/script``.
  public static func mixed(seed: UInt64, tempo: Double = 1) -> @Sendable (_ to: PhoneNumber, _ before: Int) -> Self {
    { number, before in
      var random = SplitMix64(seed: seed, number.digits, UInt64(before))
      let draw = { (range: Range<Double>, random: inout SplitMix64) in
        let seconds = range.lowerBound + (range.upperBound - range.lowerBound) * random.fraction()
        return Duration.milliseconds(Int64(seconds * 1000 / tempo))
      }
      let talk = draw(2..<60, &random)
      let ending: Ending =
        switch random.fraction() {
        case ..<0.35: .answered(.human, hangsUpAfter: talk)
        case ..<0.5: .answered(.machineStart, hangsUpAfter: talk)
        case ..<0.65: .busy
        case ..<0.75: .rejected
        case ..<0.9: .noAnswer
        default: .failed
        }
      return CallPlot(
        ending, queue: random.fraction() < 0.2 ? draw(0..<2, &random) : .zero, setup: draw(0.5..<3, &random),
        ring: draw(1..<15, &random), detection: draw(1..<4, &random))
    }
  }
}
