/// One result.
struct Figure: Sendable {
  /// What is promised.
  enum Target: Sendable {
    case atLeast(Double)
    case atMost(Double)
    /// Of value to limit.
    case ratioAtLeast(Double)
    case ratioAtMost(Double)
  }

  var name: String
  var value: Double
  var unit: String
  /// What the machine can do at best, measured in the same run, in the same unit.
  var limit: Double?
  var target: Target?
  /// What the limit is, and how it was measured.
  var note = ""
  /// What others reach, in the same unit.
  var peers: [Peer.Reached] = []

  var ratio: Double? {
    guard let limit, limit > 0 else { return nil }
    return value / limit
  }

  var isMet: Bool? {
    switch target {
    case .atLeast(let least): value >= least
    case .atMost(let most): value <= most
    case .ratioAtLeast(let least): ratio.map { $0 >= least }
    case .ratioAtMost(let most): ratio.map { $0 <= most }
    case nil: nil
    }
  }
}

extension Figure.Target: CustomStringConvertible {
  var description: String {
    switch self {
    case .atLeast(let value): ">= " + value.short
    case .atMost(let value): "<= " + value.short
    case .ratioAtLeast(let value): ">= \(value.short) x"
    case .ratioAtMost(let value): "<= \(value.short) x"
    }
  }
}

extension Double {
  /// Three digits that matter, and separators between thousands.
  var short: String {
    guard isFinite else { return "\(self)" }
    let magnitude = abs(self)
    guard magnitude < 1000 else {
      let digits = String(Int(rounded()))
      var text = ""
      for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0, digits.prefix(index) != "-" { text.append(",") }
        text.append(digit)
      }
      return text
    }
    let decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : 2
    let scale = [1.0, 10, 100][decimals]
    let whole = Int((magnitude * scale).rounded())
    var text = "\(whole / Int(scale))"
    let rest = whole % Int(scale)
    if rest > 0 {
      var fraction = String(rest)
      while fraction.count < decimals { fraction = "0" + fraction }
      while fraction.hasSuffix("0") { fraction.removeLast() }
      text += "." + fraction
    }
    return (self < 0 ? "-" : "") + text
  }
}
