/// Which events of a call are told, and in what order.
enum SimulatedDelivery: Sendable {
  /// Each once, when it happens.
  case plain
  /// Each twice.
  case doubled
  /// All when the call is over, the last one first.
  case reversed
  /// None.
  case silent
  /// Each but the end.
  case lastLost

  /// What comes next of a call: a step that is told, or its end, which is not.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - told: How many steps came before.
  /// - Returns: The step, nil for an end that is not told, and when; nil if nothing is left as things stand.
  func next(of call: SimulatedCall, told: Int) -> (step: SimulatedCall.Step?, at: Timestamp)? {
    let steps = SimulatedCall.Step.allCases
    switch self {
    case .plain: return Self.step(told, of: call, steps).map { ($0, $1) }
    case .doubled: return Self.step(told / 2, of: call, steps).map { ($0, $1) }
    case .reversed: return Self.step(told, of: call, steps.reversed()).map { ($0.step, call.endsAt) }
    case .silent: return told == 0 ? Self.untoldEnd(of: call) : nil
    case .lastLost:
      if let next = Self.step(told, of: call, steps.dropLast()) { return (next.step, next.at) }
      return Self.step(told - 1, of: call, steps.dropLast()) != nil || told == 0 ? Self.untoldEnd(of: call) : nil
    }
  }

  private static func untoldEnd(of call: SimulatedCall) -> (step: SimulatedCall.Step?, at: Timestamp)? {
    call.endsAt < .distantFuture ? (nil, call.endsAt) : nil
  }

  /// The step with a number among those that happen.
  private static func step(
    _ number: Int, of call: SimulatedCall, _ steps: some Sequence<SimulatedCall.Step>
  ) -> (step: SimulatedCall.Step, at: Timestamp)? {
    var left = number
    for step in steps {
      guard let moment = call.moment(of: step) else { continue }
      if left == 0 { return (step, moment) }
      left -= 1
    }
    return nil
  }
}
