import CampaignKit

extension SimulationPlan {
  /// Draws a plan; the same seed and faults give the same plan.
  package init(seed: UInt64, faults: Faults) {
    var draw = Draw(seed: seed)
    // A plan of hours has short waits and quick processes; one of days has windows, zones and dates.
    let isOfDays = draw.chance(0.25)
    let start = isOfDays ? draw.pick(Self.daysOfInterest) : Timestamp(milliseconds: 1_772_600_000_000)
    self.seed = seed
    self.faults = faults
    self.start = start
    horizon = isOfDays ? .seconds(draw.int(20...60) * 3600) : .seconds(draw.int(20...120) * 60)
    calm = isOfDays ? .seconds(4 * 86_400) : .seconds(3 * 3600)
    processes = draw.pick([1, 1, 1, 2, 2, 3])
    clocks = []
    store = draw.chance(0.4) ? .files(snapshotEvery: draw.pick([4000, 20_000, 1 << 20])) : .memory
    systemLimit = draw.int(1...12)
    let tick = isOfDays ? 1800 : draw.pick([60, 120])
    engine = EnginePlan(
      tick: .seconds(tick), lease: .seconds(3 * tick), claimSize: draw.pick([1, 3, 256]),
      placeWithin: .seconds(draw.pick([5, 30])))
    carrier = Self.carrier(faults, &draw)
    accounts = []
    campaigns = []
    acts = []
    troubles = []
    for index in 0..<draw.pick([1, 1, 2]) { accounts.append(Self.account(index, start, isOfDays, &draw)) }
    for account in accounts.indices {
      for _ in 0..<draw.pick([1, 1, 2, 3]) {
        campaigns.append(campaign(campaigns.count, in: account, isOfDays, &draw))
      }
    }
    drawCallerNumbers()
    drawActs(&draw)
    drawTroubles(isOfDays, &draw)
    drawClocks()
  }

  private static func carrier(_ faults: Faults, _ draw: inout Draw) -> CarrierPlan {
    var mix = CarrierMix.lifelike
    mix.talk = .skewed(mean: .seconds(draw.pick([20, 60])), variation: 1)
    (mix.callbacks, mix.optOuts) = (0.15, 0.1)
    var disturbances = CarrierFaults.none
    if faults.contains(.carrier) {
      disturbances = .all
      disturbances.canLookUp = draw.chance(0.8)
      // On some days only little goes right.
      if draw.chance(0.5) {
        (disturbances.resetAfter, disturbances.hanging, disturbances.lostEnds) = (0.15, 0.15, 0.15)
        (disturbances.lostEvents, disturbances.delayed, disturbances.failingLookUps) = (0.1, 0.3, 0.3)
      }
    }
    return CarrierPlan(
      capabilities: DialerCapabilities(
        callsPerSecond: draw.chance(0.4) ? draw.pick([0.2, 1, 4]) : nil, burst: draw.int(1...3),
        detectsMachines: draw.chance(0.7), longestRequest: .seconds(draw.pick([10, 30]))),
      mix: mix, faults: disturbances)
  }

  /// Mornings and evenings, the days on which clocks change, an end of year.
  private static let daysOfInterest = [
    "2026-03-04T10:00:00Z", "2026-03-07T20:00:00Z", "2026-10-24T12:00:00Z", "2026-12-31T18:00:00Z",
    "2026-06-05T02:30:00Z", "2026-10-31T23:10:00Z",
  ].compactMap { Timestamp($0) }

  private static let places = [
    Locality(jurisdiction: "US", timeZones: ["America/New_York"]),
    Locality(jurisdiction: "US", timeZones: ["America/Los_Angeles", "America/Denver"]),
    Locality(jurisdiction: "US-FL", timeZones: ["America/New_York", "America/Chicago"]),
    Locality(timeZones: ["Asia/Kolkata"]), Locality(timeZones: ["Europe/Berlin"]),
    Locality(timeZones: ["Pacific/Auckland"]), .unknown,
  ]

  private static func name<Entity>(_ kind: UInt64, _ index: Int, at start: Timestamp) -> Identifier<Entity> {
    Identifier(high: UInt64(start.milliseconds) << 16 | kind, low: UInt32(index))
  }

  private static func account(_ index: Int, _ start: Timestamp, _ isOfDays: Bool, _ draw: inout Draw) -> AccountPlan {
    var account = Account(id: name(1, index, at: start), name: "a\(index)", createdAt: start)
    account.concurrencyLimit = draw.chance(0.7) ? draw.int(1...8) : nil
    account.weight = draw.int(1...3)
    account.timeZone = draw.pick(["UTC", "Europe/Berlin", "America/New_York"])
    if isOfDays, draw.chance(0.3) { account.callingHours = hours(7, 22) }
    let people = (0..<draw.int(3...16)).map { person in
      let number = 15_550_000_000 + UInt64(index * 5_000 + person * 10)
      return Person(
        numbers: (0..<draw.pick([1, 1, 1, 2, 3])).map { number + $0 },
        locality: isOfDays ? draw.pick(places) : .unknown)
    }
    let agents = (0..<draw.int(0...3)).map { number in
      var agent = Agent(
        id: name(2, index * 10 + number, at: start), account: account.id, kind: .person, name: "g\(number)",
        createdAt: start)
      agent.group = "people"
      agent.status = draw.pick([.available, .available, .offline])
      agent.maximumConcurrentCalls = draw.int(1...2)
      if isOfDays, draw.chance(0.3) {
        for day in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] {
          agent.workingHours[day] = hours(8, 18)
        }
      }
      return agent
    }
    return AccountPlan(account: account, people: people, agents: agents)
  }

  static func hours(_ from: Int, _ until: Int) -> DailyHours {
    DailyHours(from: TimeOfDay(hour: from) ?? .midnight, until: TimeOfDay(hour: until) ?? .endOfDay)
  }

  private func campaign(_ index: Int, in account: Int, _ isOfDays: Bool, _ draw: inout Draw) -> CampaignPlan {
    let owner = accounts[account]
    var campaign = Campaign(
      id: Self.name(3, index, at: start), account: owner.account.id, name: "c\(index)", createdAt: start)
    campaign.ringTime = .seconds(draw.pick([20, 30]))
    campaign.longestCall = .seconds(draw.pick([120, 600, 900]))
    campaign.pacing = Pacing(
      maximumConcurrentCalls: draw.chance(0.5) ? draw.int(1...5) : nil,
      delayBetweenCalls: .seconds(draw.pick([0, 0, 1, 10])),
      callsPerSecond: draw.chance(0.2) ? draw.pick([0.5, 2]) : nil, weight: draw.int(1...3),
      reservedSlots: draw.pick([0, 0, 1]), rampUp: .seconds(draw.pick([0, 0, 60, 300])),
      breaker: draw.chance(0.15) ? Pacing.Breaker(failureShare: 0.6, minimumCalls: 5) : nil)
    campaign.retries = retries(isOfDays, &draw)
    campaign.machineDetection = MachineDetection(
      mode: draw.pick([.off, .fast, .greetingEnd]), messageURL: draw.chance(0.5) ? "https://example.com/m.mp3" : nil)
    campaign.callback = Callback(
      isEnabled: draw.chance(0.4), maximumAttempts: draw.int(1...2), delay: .seconds(draw.int(1...20) * 60))
    if !owner.agents.isEmpty, draw.chance(0.6) { campaign.agents.group = "people" }
    // Not drawn, so that plans stay what they were.
    if campaign.agents.group != nil, index.isMultiple(of: 2) {
      campaign.agents.abandonedMessageURL = "https://example.com/sorry.mp3"
    }
    if draw.chance(0.4) { campaign.compliance.rollingLimits = limits(isOfDays, &draw) }
    if isOfDays { schedule(&campaign, &draw) } else { campaign.compliance.keepsLegalHours = false }
    let people = owner.people.indices.filter { _ in draw.chance(0.7) }
    return CampaignPlan(campaign: campaign, account: account, leads: people.map { lead($0, isOfDays, &draw) })
  }

  func lead(_ person: Int, _ isOfDays: Bool, _ draw: inout Draw) -> Lead {
    Lead(
      person: person, subject: Self.subject(of: person), priority: Int32(draw.int(0...2)),
      notBefore: draw.chance(0.1) ? .seconds(draw.int(1...(isOfDays ? 36_000 : 1800))) : nil)
  }

  /// What the calls to a person are about, in every campaign.
  static func subject(of person: Int) -> String? { [nil, "one", "two"][person % 3] }

  private func retries(_ isOfDays: Bool, _ draw: inout Draw) -> RetryPolicy {
    let unit = isOfDays ? 1800 : 60
    var retries = RetryPolicy(
      maximumAttempts: draw.int(1...4), retried: [.noAnswer, .busy, .failed, .machine],
      delay: .fixed(.seconds(unit * draw.int(1...8))))
    if draw.chance(0.3) { retries.retried.formUnion([.unknown, .expired, .rejected, .abandoned]) }
    if draw.chance(0.3) {
      retries.delay = .exponential(first: .seconds(unit), factor: 2, maximum: .seconds(unit * 6))
    } else if draw.chance(0.3) {
      retries.delay = .list([.seconds(unit), .seconds(unit * 3)])
    }
    if draw.chance(0.3) { retries.delays[.busy] = .fixed(.seconds(unit)) }
    retries.countsCallableTimeOnly = draw.chance(0.2)
    retries.nextNumberDelay = .seconds(draw.pick([10, 60]))
    return retries
  }

  private func limits(_ isOfDays: Bool, _ draw: inout Draw) -> [RollingLimit] {
    let key = draw.pick([RollingLimit.Key.number, .person, .subject])
    var limits = [
      RollingLimit(
        name: "rolling", key: key, maximum: draw.int(1...2),
        window: .seconds((isOfDays ? 3600 : 300) * draw.int(1...6)))
    ]
    if draw.chance(0.3) {
      limits.append(
        RollingLimit(name: "once", key: .number, maximum: 1, window: .seconds(7200), counting: [.abandoned, .answered]))
    }
    return limits
  }

  private func schedule(_ campaign: inout Campaign, _ draw: inout Draw) {
    campaign.compliance.keepsLegalHours = draw.chance(0.7)
    campaign.compliance.unknownZone = draw.pick([.hold, .useCampaignZone])
    if draw.chance(0.6) {
      campaign.schedule.timeZone = draw.pick([
        "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe",
      ])
    }
    if draw.chance(0.6) {
      campaign.schedule.hours = draw.pick([Self.hours(9, 17), Self.hours(20, 4), Self.hours(0, 12)])
    }
    if draw.chance(0.3) { campaign.schedule.days = Set(Weekday.allCases.filter { _ in draw.chance(0.7) }) }
    if campaign.schedule.days.isEmpty { campaign.schedule.days = [.monday, .thursday] }
    let day = CivilDate(daysSince1970: Int(start.milliseconds / 86_400_000) + draw.int(0...2))
    if draw.chance(0.3) { campaign.schedule.excludedDates = [day] }
    if draw.chance(0.3) { campaign.schedule.start = .moment(start + .seconds(draw.int(0...36_000))) }
    if draw.chance(0.3) {
      let last = CivilDate(daysSince1970: day.daysSince1970 + 2)
      campaign.schedule.end = draw.chance(0.5) ? .day(last) : .moment(start + .seconds(draw.int(40_000...150_000)))
    }
  }
}

/// Draws from a seed.
struct Draw: Sendable {
  var generator: SeededGenerator

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    // Neighbouring seeds begin alike.
    _ = generator.next()
  }

  mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < probability }
  mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    precondition(!elements.isEmpty, "there is nothing to draw from")
    return elements[int(0...elements.count - 1)]
  }
}
