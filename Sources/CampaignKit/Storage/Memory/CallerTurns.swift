/// The numbers that the calls of a claim can be made from, and how many each has made today.
struct CallerTurns {
  private struct Caller {
    let number: UInt64
    let neighbor: PhoneNeighbor
    var calls: Int
  }

  private var callers: [Caller]
  private let prefersNearby: Bool
  private let most: Int

  /// - Parameters:
  ///   - numbers: The numbers. One that is there twice counts once.
  ///   - choice: How one of them is chosen.
  ///   - calls: How many calls of the day were made from a number.
  init(_ numbers: [PhoneNumber], _ choice: CallerChoice, calls: (UInt64) -> Int) {
    var seen: Set<PhoneNumber> = []
    callers = numbers.filter { seen.insert($0).inserted }.map {
      Caller(number: $0.digits, neighbor: PhoneNeighbor($0.digits), calls: calls($0.digits))
    }
    prefersNearby = choice.prefersNearby && callers.count > 1
    most = choice.maximumPerDay ?? .max
  }

  /// How many more calls all of them may make today.
  var room: Int { callers.reduce(0) { $0.adding(saturating: max(0, most - $1.calls)) } }

  /// The number to call another from; nil when none may make a call.
  mutating func take(for number: UInt64) -> UInt64? {
    let called = prefersNearby ? PhoneNeighbor(number) : nil
    var best: (place: Int, nearness: Int)?
    for place in callers.indices where callers[place].calls < most {
      let nearness = called.map { callers[place].neighbor.nearness(to: $0) } ?? 0
      if let best,
        (best.nearness, -callers[best.place].calls) >= (nearness, -callers[place].calls)
      {
        continue
      }
      best = (place, nearness)
    }
    guard let best else { return nil }
    callers[best.place].calls += 1
    return callers[best.place].number
  }
}

extension ClaimRequest {
  /// The day by which caller numbers are counted: ``day``, or else the day of a moment in UTC.
  public func countedDay(at now: Timestamp) -> Range<Timestamp> {
    if let day { return day }
    let length: Int64 = 86_400_000
    let rest = now.milliseconds % length
    let start = Timestamp(milliseconds: now.milliseconds - (rest < 0 ? rest + length : rest))
    return start..<start + .milliseconds(length)
  }
}

extension StoreState {
  /// The numbers of a claim, where there is something to choose or to count; nil where all calls are made from one.
  func callerTurns(_ request: ClaimRequest, of campaign: UInt32, day: Range<Timestamp>) -> CallerTurns? {
    let account = tables.campaigns[Int(campaign)].account
    let choice = tables.campaigns[Int(campaign)].campaign.callerChoice
    let numbers = request.from.map { [$0] } ?? tables.campaigns[Int(campaign)].campaign.callerNumbers
    guard numbers.count > 1 || (!numbers.isEmpty && choice.maximumPerDay != nil) else { return nil }
    return CallerTurns(numbers, choice) { number in
      indexes.callers.find(number, of: account).map {
        indexes.callers.callers[$0].counts(from: day.lowerBound, until: day.upperBound).calls
      } ?? 0
    }
  }
}
