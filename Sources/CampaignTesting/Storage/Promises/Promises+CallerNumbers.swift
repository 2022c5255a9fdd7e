import CampaignKit

extension StorageConformance {
  static let callerNumbers: [Promise] = [
    Promise("calls go round over the numbers of a campaign") { bench in
      let account = try await bench.addAccount()
      let numbers = try bench.callers(12_125_550_100, 12_125_550_101, 12_125_550_102, 12_125_550_101)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30) { $0.callerNumbers = numbers }
      let (one, two, three) = (numbers[0], numbers[1], numbers[2])
      let first = try await bench.claim(lease, 7)
      try bench.equal(first.calls.map(\.from), [one, two, three, one, two, three, one], "the numbers called from")
      for call in first.calls {
        try await bench.equal(bench.call(call.call).from, call.from, "the number that the record of a call tells")
      }
      try await bench.equal(bench.claim(lease, 3).calls.map(\.from), [two, three, one], "those that come next")
      var single = try SingleCall(account: account.id, to: bench.number(90))
      single.from = two
      _ = try await bench.store.begin(single)
      try await bench.equal(bench.claim(lease, 2).calls.map(\.from), [three, one], "those after a single call")
      try await bench.finish(first.calls[2].call, .failed, next: .release(at: bench.now), isAttempt: false)
      try await bench.equal(
        bench.claim(lease, 3).calls.map(\.from), [three, two, three], "those after a call that was never placed")
      let other = try await bench.activeCampaign(in: account, leads: 40..<45)
      try await bench.equal(bench.claim(other.lease, 1).calls.map(\.from), [nil], "the number where there is none")
    },
    Promise("a call is made from the number that is nearest to the one called") { bench in
      let account = try await bench.addAccount()
      let numbers = try bench.callers(493_012_345_678, 12_125_550_100, 14_152_000_000, 14_155_559_999)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<9) {
        $0.callerNumbers = numbers
        $0.callerChoice.maximumPerDay = 2
      }
      let claim = try await bench.claim(lease, 8)
      let nearest = [numbers[3], numbers[2], numbers[1], numbers[0]]
      try bench.equal(claim.calls.map(\.from), nearest.flatMap { [$0, $0] }, "the numbers called from")
      let turns = try await bench.activeCampaign(in: bench.addAccount(), leads: 0..<9) {
        $0.callerNumbers = numbers
        $0.callerChoice.prefersNearby = false
      }
      try await bench.equal(
        bench.claim(turns.lease, 5).calls.map(\.from), numbers + [numbers[0]], "the numbers with no regard to nearness")
    },
    Promise("no number makes more calls in a day than its campaign permits") { bench in
      let account = try await bench.addAccount()
      let numbers = try bench.callers(12_125_550_100, 12_125_550_101)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30) {
        $0.callerNumbers = numbers
        $0.callerChoice.maximumPerDay = 2
      }
      // A day of a clock that is a quarter of an hour off from the full one.
      let start = try await bench.now.startOfQuarter - .seconds(900)
      let day = start..<(start + .seconds(7200))
      try await bench.expectStop(bench.claim(lease, 3, day: day), .satisfied, calls: 3, "below the maximum")
      let last = try await bench.claim(lease, 9, day: day)
      try bench.expectStop(last, .callerNumbers(until: day.upperBound), calls: 1, "at the maximum")
      try await bench.expectStop(
        bench.claim(lease, 9, day: day), .callerNumbers(until: day.upperBound), calls: 0, "beyond it")
      try await bench.finish(last.calls[0].call, .failed, next: .release(at: bench.now), isAttempt: false)
      try await bench.expectStop(
        bench.claim(lease, 9, day: day), .callerNumbers(until: day.upperBound), calls: 1, "with a call that was none")
      let left = try await day.upperBound - bench.now
      try await bench.advance(Double(left.components.seconds) - 10)
      try await bench.expectStop(
        bench.claim(lease, 9, day: day), .callerNumbers(until: day.upperBound), calls: 0, "at the end of the day")
      try await bench.advance(20)
      let late = try await bench.now
      try await bench.expectStop(
        bench.claim(lease, 9, day: day), .callerNumbers(until: late), calls: 0, "for a day that is over")
      let next = day.upperBound..<(day.upperBound + .seconds(86_400))
      try await bench.expectStop(
        bench.claim(lease, 9, day: next), .callerNumbers(until: next.upperBound), calls: 4, "on the next day")
    },
    Promise("a call that is counted for a day is to be placed in it") { bench in
      let account = try await bench.addAccount()
      let numbers = try bench.callers(12_125_550_100)
      let (campaign, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<9) {
        $0.callerNumbers = numbers
        $0.callerChoice.maximumPerDay = 5
      }
      let now = try await bench.now
      let day = now.startOfQuarter..<(now + .seconds(10))
      let claim = try await bench.claim(lease, 1, day: day)
      let call = try bench.exists(claim.calls.first, "a call")
      try bench.equal(call.placeBy, day.upperBound, "the end of the time in which it may be placed")
      try await bench.equal(bench.call(call.call).placeBy, day.upperBound, "what is stored of it")
      let length = campaign.ringTime + campaign.longestCall
      try await bench.equal(bench.call(call.call).expiresAt, day.upperBound + length, "when it counts as over")
    },
    Promise("the calls of a number count over all campaigns, single ones among them") { bench in
      let account = try await bench.addAccount()
      let number = try bench.callers(12_125_550_100)
      func campaign(in account: Account, _ leads: Range<Int>, most: Int) async throws -> CampaignLease {
        let (_, lease, _) = try await bench.activeCampaign(in: account, leads: leads) {
          $0.callerNumbers = number
          $0.callerChoice.maximumPerDay = most
        }
        return lease
      }
      let first = try await campaign(in: account, 0..<10, most: 3)
      let second = try await campaign(in: account, 20..<30, most: 5)
      var single = try SingleCall(account: account.id, to: bench.number(90))
      single.from = number[0]
      _ = try await bench.store.begin(single)
      let end = try await ClaimRequest(lease: first, count: 1, open: []).countedDay(at: bench.now).upperBound
      try await bench.expectStop(bench.claim(second, 1), .satisfied, calls: 1, "of the second campaign")
      try await bench.expectStop(bench.claim(first, 9), .callerNumbers(until: end), calls: 1, "of the first")
      try await bench.expectStop(bench.claim(second, 9), .callerNumbers(until: end), calls: 2, "of the second again")
      let other = try await campaign(in: bench.addAccount(), 0..<10, most: 3)
      try await bench.expectStop(bench.claim(other, 9), .callerNumbers(until: end), calls: 3, "of another account")
    },
    Promise("many who claim at once never go above what a number may make in a day") { bench in
      let account = try await bench.addAccount()
      let numbers = try bench.callers(12_125_550_100, 14_152_000_000, 493_012_345_678)
      var leases: [CampaignLease] = []
      for index in 0..<3 {
        let (_, lease, _) = try await bench.activeCampaign(in: account, leads: (index * 50)..<(index * 50 + 50)) {
          $0.callerNumbers = Array(numbers.dropFirst(index / 2))
          $0.callerChoice.maximumPerDay = 7
        }
        leases.append(lease)
      }
      let claimed = try await withThrowingTaskGroup(of: [PhoneNumber?].self) { [leases] group in
        for task in 0..<12 {
          group.addTask {
            var claimed: [PhoneNumber?] = []
            for _ in 0..<5 { claimed += try await bench.claim(leases[task % 3], 1 + task % 4).calls.map(\.from) }
            return claimed
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      for number in numbers { try bench.equal(claimed.count { $0 == number }, 7, "the calls from a number") }
      try bench.equal(claimed.count, 21, "the calls")
    },
    Promise("what came of the calls from a number is counted") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      let numbers = try bench.callers(12_125_550_100, 12_125_550_101)
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<20) { $0.callerNumbers = numbers }
      let calls = try await bench.claim(lease, 9).calls.filter { $0.from == numbers[0] }.map(\.call)
      try bench.equal(calls.count, 5, "the calls from one number")
      try await bench.finish(calls[0], .answered)
      try await bench.finish(calls[1], .abandoned)
      try await bench.finish(calls[2], .busy, next: bench.retry())
      try await bench.finish(calls[3], .failed, next: .release(at: bench.now), isAttempt: false)
      let counted = try await bench.store.callerNumbers(of: account.id, from: nil, until: nil)
      let one = CallerNumberCounts(number: numbers[0], counts: CallerCounts(calls: 4, ended: 3, answered: 2))
      let two = CallerNumberCounts(number: numbers[1], counts: CallerCounts(calls: 4))
      try bench.equal(counted, [one, two], "the counts")
      let now = try await bench.now
      try await bench.advance(1800)
      let later = try await bench.claim(lease, 1).calls
      try bench.equal(later.map(\.from), [numbers[0]], "the number of a later call")
      let since = try await bench.store.callerNumbers(of: account.id, from: bench.now, until: nil)
      let again = CallerNumberCounts(number: numbers[0], counts: CallerCounts(calls: 1))
      try bench.equal(since, [again], "the counts since then")
      let before = try await bench.store.callerNumbers(of: account.id, from: nil, until: now + .seconds(1))
      try bench.equal(before, [one, two], "the counts until then")
      try await bench.equal(bench.store.callerNumbers(of: other.id, from: nil, until: nil), [], "those of another")
      try await bench.equal(bench.store.callerNumbers(of: bench.newID(), from: nil, until: nil), [], "those of nobody")
    },
    Promise("numbers that may make no call, or are too many, are refused") { bench in
      let account = try await bench.addAccount()
      try await bench.fails(.invalid, "no call in a day") {
        try await bench.addCampaign(in: account) { $0.callerChoice.maximumPerDay = 0 }
      }
      let many = try (0...UInt64(CallerChoice.mostNumbers)).map { try bench.callers(14_155_550_000 + $0)[0] }
      try await bench.fails(.invalid, "too many numbers") {
        try await bench.addCampaign(in: account) { $0.callerNumbers = many }
      }
    },
  ]

  /// Claims and ends calls from two numbers, so that there is something to find again.
  static func callFromTwo(_ bench: Bench) async throws -> (account: Account, lease: CampaignLease) {
    let account = try await bench.addAccount()
    let numbers = try bench.callers(12_125_550_100, 14_152_000_000)
    let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30) {
      $0.callerNumbers = numbers
      $0.callerChoice = CallerChoice(prefersNearby: false, maximumPerDay: 5)
    }
    let calls = try await bench.claim(lease, 7).calls.map(\.call)
    for call in calls.prefix(3) { try await bench.finish(call, .answered) }
    try await bench.finish(calls[3], .failed, next: .release(at: bench.now), isAttempt: false)
    return (account, lease)
  }
}

extension Bench {
  @inline(never)
  func callers(_ digits: UInt64...) throws -> [PhoneNumber] {
    try digits.map { try exists(PhoneNumber(digits: $0), "a number to call from") }
  }
}
