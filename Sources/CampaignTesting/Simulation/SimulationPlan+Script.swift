import CampaignKit

// What people do, and what goes wrong.

extension SimulationPlan {
  mutating func drawActs(_ draw: inout Draw) {
    func moment(_ draw: inout Draw) -> Duration {
      .milliseconds(Int64.random(in: 0...horizon.milliseconds, using: &draw.generator))
    }
    for campaign in campaigns.indices {
      let early = draw.chance(0.8) ? Duration.milliseconds(draw.int(1...5000)) : moment(&draw) / 2
      acts.append(Entry(at: early, event: .start(campaign: campaign)))
    }
    for _ in 0..<draw.int(0...10) {
      let campaign = draw.int(0...campaigns.count - 1)
      let account = campaigns[campaign].account
      let person = draw.int(0...accounts[account].people.count - 1)
      let number = draw.pick(accounts[account].people[person].numbers)
      let at = draw.chance(0.5) ? moment(&draw) / 10 : moment(&draw)
      switch draw.int(0...13) {
      case 0...1:
        acts.append(Entry(at: at, event: .pause(campaign: campaign, hangingUp: draw.chance(0.4))))
        acts.append(
          Entry(at: at + .seconds(draw.int(1...900)), event: .resume(campaign: campaign)))
      case 2: acts.append(Entry(at: moment(&draw), event: .cancel(campaign: campaign, hangingUp: draw.chance(0.4))))
      case 3: acts.append(Entry(at: moment(&draw), event: .end(campaign: campaign)))
      case 4:
        let free = accounts[account].people.indices.filter { _ in draw.chance(0.3) }
        acts.append(
          Entry(at: at, event: .addLeads(campaign: campaign, free.map { lead($0, calm > .seconds(86_400), &draw) })))
      case 5: acts.append(Entry(at: at, event: .systemLimit(draw.int(0...10))))
      case 6: acts.append(Entry(at: at, event: .accountLimit(account: account, draw.pick([nil, 0, 1, 2, 6]))))
      case 7: acts.append(Entry(at: at, event: .campaignLimit(campaign: campaign, draw.pick([nil, 0, 1, 2, 6]))))
      case 8...9:
        acts.append(
          Entry(
            at: at, event: .suppress(account: draw.chance(0.7) ? account : nil, number: number, hangingUp: false)))
      case 10:
        acts.append(
          Entry(at: at, event: .suppress(account: account, number: number, hangingUp: true)))
      case 11:
        guard !accounts[account].agents.isEmpty else { continue }
        acts.append(
          Entry(
            at: at,
            event: .agentStatus(
              account: account, agent: draw.int(0...accounts[account].agents.count - 1),
              draw.pick([.available, .offline, .onBreak, .busy]))))
      case 12: acts.append(Entry(at: at, event: .singleCall(account: account, number: number)))
      default:
        acts.append(
          Entry(at: at, event: .reschedule(campaign: campaign, person: person, after: .seconds(draw.int(0...1800)))))
      }
    }
    acts.sort { $0.at < $1.at }
  }

  mutating func drawTroubles(_ isOfDays: Bool, _ draw: inout Draw) {
    func add(_ trouble: Trouble, _ draw: inout Draw) {
      // Most of what happens happens early.
      let span = draw.chance(0.6) ? horizon / 12 : horizon
      troubles.append(
        Entry(at: .milliseconds(Int64.random(in: 0...span.milliseconds, using: &draw.generator)), event: trouble))
    }
    func downtime(_ draw: inout Draw) -> Duration { .milliseconds(draw.pick([1, 200, 5000, 60_000, 600_000])) }
    if faults.contains(.crash) {
      for _ in 0..<draw.int(0...4) {
        let process = draw.int(0...processes - 1)
        if draw.chance(0.2) {
          add(.stop(process: process, downtime: downtime(&draw)), &draw)
        } else {
          add(
            .crash(
              process: process, operations: draw.int(1...draw.pick([3, 30, 300])), hasEffect: draw.chance(0.5),
              downtime: downtime(&draw)), &draw)
        }
      }
    }
    if faults.contains(.storage) {
      if store != .memory {
        for _ in 0..<draw.int(0...3) {
          add(
            .powerCut(operations: draw.int(0...40), seed: draw.generator.next(), downtime: downtime(&draw)), &draw)
        }
      }
      if draw.chance(0.4) {
        add(.slowStore(delay: .milliseconds(draw.pick([20, 500, 8000])), lasting: .seconds(draw.int(10...900))), &draw)
      }
      if draw.chance(0.2) { drawHurry(&draw) }
      if draw.chance(0.4) {
        add(.refusingStore(noRoom: draw.chance(0.5), lasting: .seconds(draw.int(1...400))), &draw)
      }
    }
    if faults.contains(.clock) {
      for _ in 0..<draw.pick([0, 0, 1, 2]) {
        let sign = draw.pick([-1, 1])
        add(.clockJump(.milliseconds(sign * draw.pick([400, 5000, 70_000, 3_600_000]))), &draw)
      }
    }
    if faults.contains(.carrier), draw.chance(0.3) { add(.carrierDown(lasting: .seconds(draw.int(5...600))), &draw) }
    troubles.sort { $0.at < $1.at }
  }
}

extension SimulationPlan {
  /// People who change their minds just when calls are about to be placed, and the store is slow.
  private mutating func drawHurry(_ draw: inout Draw) {
    let campaign = draw.int(0...campaigns.count - 1)
    guard let start = acts.first(where: { $0.event == .start(campaign: campaign) })?.at else { return }
    let delay = Duration.milliseconds(draw.pick([500, 8000]))
    troubles.append(
      Entry(at: start + .milliseconds(5), event: .slowStore(delay: delay, lasting: delay * 15)))
    // From the start to the first orders it takes some operations.
    func soon(_ draw: inout Draw) -> Duration { start + delay * Double(draw.int(30...120)) / 10 }
    let pause = soon(&draw)
    acts.append(Entry(at: pause, event: .pause(campaign: campaign, hangingUp: false)))
    acts.append(Entry(at: pause + .seconds(60), event: .resume(campaign: campaign)))
    let account = campaigns[campaign].account
    for person in accounts[account].people.prefix(8) {
      guard let number = person.numbers.first else { continue }
      acts.append(Entry(at: soon(&draw), event: .suppress(account: account, number: number, hangingUp: false)))
    }
    acts.sort { $0.at < $1.at }
  }
}
