import CampaignKit
import CampaignTesting

// How many lines does a campaign need? It is run before it is run: the same engine, store and rules, a carrier whose
// calls come out as in life, and virtual time, so that days take a moment.

@main struct Main {
  /// Monday, the second of March 2026, 9:00 in New York.
  static let start = Timestamp(milliseconds: 1_772_460_000_000)
  static let zones = ["America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"]

  static func main() async throws {
    print("300 people in four time zones, weekdays 9 to 17 where they are, up to three attempts a day apart")
    print("lines   done after    calls   reached   talked")
    for lines in [1, 2, 4] { print(try await forecast(lines: lines)) }
  }

  static func forecast(lines: Int) async throws -> String {
    try await VirtualTime.run(start: start) { time in
      let engine = time.engine()
      let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 2))
      var account = Account(id: identifiers.next(at: start), name: "Acme", createdAt: start)
      account.concurrencyLimit = lines
      try await engine.storage.insert(account)
      try await engine.setSystemLimit(lines)
      var campaign = Campaign(id: identifiers.next(at: start), account: account.id, name: "Renewals", createdAt: start)
      campaign.schedule.days = [.monday, .tuesday, .wednesday, .thursday, .friday]
      if let nine = TimeOfDay(hour: 9), let five = TimeOfDay(hour: 17) {
        campaign.schedule.hours = DailyHours(from: nine, until: five)
      }
      campaign.retries = RetryPolicy(maximumAttempts: 3, delay: .fixed(.seconds(86_400)))
      campaign = try await engine.create(campaign)
      let leads = (0..<300).compactMap { index in
        PhoneNumber(digits: 12_125_550_000 + UInt64(index * 7 + 1000)).map { number in
          NewLead(number: number, locality: Locality(jurisdiction: "US", timeZones: [zones[index % zones.count]]))
        }
      }
      _ = try await engine.storage.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await engine.start(campaign.id)

      async let engineRun: Void = engine.run()
      for try await event in engine.events(of: account.id, after: 0) where event.status == "completed" {
        if event.kind == .campaignStatusChanged { break }
      }
      let took = time.elapsed
      engine.stop()
      try await engineRun
      let progress = try await engine.progress(of: campaign.id)
      return right("\(lines)", 5) + right(days(took), 13) + right("\(progress.calls.endedCalls)", 9)
        + right("\(progress.leads.completed)", 10) + right("\(progress.calls.talkTime.components.seconds / 3600) h", 9)
    }
  }

  static func days(_ duration: Duration) -> String {
    let hours = duration.components.seconds / 3600
    return "\(hours / 24) d \(hours % 24) h"
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
