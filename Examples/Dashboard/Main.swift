import CampaignKit
import Foundation

// Three campaigns in a terminal, with bars that grow while they run. Where the output is no terminal, only the last
// picture is printed.

@main struct Main {
  static func main() async throws {
    let engine = CampaignEngine(storage: .memory, dialer: SimulatedCarrier(mix: .fast, speed: 4))
    let identifiers = IdentifierGenerator()
    let now = try await engine.storage.now()
    var account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
    account.concurrencyLimit = 12
    try await engine.storage.insert(account)
    try await engine.setSystemLimit(12)

    var campaigns: [Campaign] = []
    for (index, (name, people, weight)) in [("Renewals", 60, 3), ("Surveys", 40, 2), ("Reminders", 20, 1)].enumerated()
    {
      var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: name, createdAt: now)
      campaign.compliance.keepsLegalHours = false
      campaign.retries.maximumAttempts = 1
      campaign.pacing.weight = weight
      campaign = try await engine.create(campaign)
      let leads = (0..<people).compactMap { person in
        PhoneNumber(digits: 14_155_551_000 + UInt64(index * 1000 + person)).map { NewLead(number: $0) }
      }
      _ = try await engine.storage.insert(leads, into: campaign.id, options: LeadInsertion())
      campaigns.append(try await engine.start(campaign.id))
    }

    async let running: Void = engine.run()
    let isTerminal = isatty(STDOUT_FILENO) == 1
    var isFirst = true
    while true {
      var lines: [String] = []
      var isOver = true
      for campaign in campaigns {
        let progress = try await engine.progress(of: campaign.id)
        if progress.leads.open > 0 { isOver = false }
        lines.append(line(campaign.name, progress))
      }
      let slots = try await engine.storage.slots(of: account.id)
      lines.append("lines in use: \(slots.accountActive) of \(slots.accountLimit)")
      if isTerminal || isOver {
        // Up to where the last picture began, and over it.
        let back = isTerminal && !isFirst ? "\u{1B}[\(lines.count)A" : ""
        print(back + lines.map { $0 + (isTerminal ? "\u{1B}[K" : "") }.joined(separator: "\n"))
        fflush(nil)
        isFirst = false
      }
      if isOver { break }
      try await Task.sleep(for: .milliseconds(100))
    }
    engine.stop()
    try await running
  }

  /// A campaign as a line: a bar, how far it is, and what came of its calls.
  static func line(_ name: String, _ progress: CampaignProgress) -> String {
    let width = 30
    let done = Int(Double(width) * progress.share)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    let percent = "\(Int(progress.percentage))"
    let calls = progress.calls
    return name.padding(toLength: 10, withPad: " ", startingAt: 0) + bar
      + String(repeating: " ", count: max(0, 5 - percent.count)) + "\(percent) %"
      + "   reached \(progress.leads.completed), busy \(calls[.busy]), no answer \(calls[.noAnswer]), calls \(calls.endedCalls)"
  }
}
