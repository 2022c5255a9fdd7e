import CampaignKit

extension PlainState {
  /// The numbers that a claim can call from, each once.
  func callers(of campaign: Campaign, _ request: ClaimRequest) -> [PhoneNumber] {
    var numbers: [PhoneNumber] = []
    for number in request.from.map({ [$0] }) ?? campaign.callerNumbers where !numbers.contains(number) {
      numbers.append(number)
    }
    return numbers
  }

  /// How many calls of a day were made from a number.
  func calls(from number: PhoneNumber, of campaign: Campaign, in day: Range<Timestamp>) -> Int {
    calls.count { $0.account == campaign.account && $0.from == number && $0.isAttempt && day.contains($0.createdAt) }
  }

  /// The number to call another from: the nearest of those that may, then the one with the fewest calls, then the first.
  func caller(of campaign: Campaign, for number: PhoneNumber, _ request: ClaimRequest) -> PhoneNumber? {
    let day = request.countedDay(at: now)
    let made = callers(of: campaign, request).map { ($0, calls(from: $0, of: campaign, in: day)) }
    let most = campaign.callerChoice.maximumPerDay ?? .max
    var free = made.filter { $0.1 < most }
    if campaign.callerChoice.prefersNearby {
      let nearest = free.map { nearness($0.0, number) }.max()
      free = free.filter { nearness($0.0, number) == nearest }
    }
    let fewest = free.map(\.1).min()
    return free.first { $0.1 == fewest }?.0
  }

  /// How near two numbers are, digit by digit.
  private func nearness(_ left: PhoneNumber, _ right: PhoneNumber) -> Int {
    guard let code = left.callingCode, code == right.callingCode else { return 0 }
    let shared = zip(String(left.digits), String(right.digits)).prefix { $0 == $1 }.count
    return shared >= String(code).count + (code == 1 ? 3 : 2) ? shared : 1
  }

  func callerNumbers(of account: Account.ID, from: Timestamp?, until: Timestamp?) -> [CallerNumberCounts] {
    let own = calls.filter { call in
      let quarter = call.createdAt.startOfQuarter
      return call.account == account && (from.map { quarter >= $0.startOfQuarter } ?? true)
        && (until.map { quarter < $0 } ?? true)
    }
    return CallerNumberCounts.recounting(own)
  }
}

extension CallerNumberCounts {
  /// Counts calls one by one, leaving out those that were no attempt.
  static func recounting(_ calls: [Call]) -> [CallerNumberCounts] {
    var counts: [PhoneNumber: CallerCounts] = [:]
    for call in calls where call.isAttempt {
      if let number = call.from { counts[number, default: CallerCounts()].count(call) }
    }
    return counts.sorted { $0.key < $1.key }.map { CallerNumberCounts(number: $0.key, counts: $0.value) }
  }
}
