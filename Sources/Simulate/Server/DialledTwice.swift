import CampaignKit
import CampaignTesting

/// Compares what a carrier did with what a store says of it.
struct DialledTwice {
  let store: any CampaignStorage
  let books: ScriptedCarrier.Books

  /// What must not be.
  func compare(with ledger: ServerLedger) async throws -> [String] {
    var problems: [String] = []
    var made: [Call.ID: ScriptedCall] = [:]
    var callsTo: [PhoneNumber: [ScriptedCall]] = [:]
    for call in books.calls {
      callsTo[call.to, default: []].append(call)
      guard let id = Call.ID(call) else {
        problems.append("a call has no name of ours")
        continue
      }
      if made.updateValue(call, forKey: id) != nil { problems.append("the call \(id) was placed twice") }
    }
    for (number, calls) in callsTo {
      for (call, next) in zip(calls, calls.dropFirst()) where call.endedAt.map({ next.createdAt < $0 }) ?? true {
        problems.append("\(number) was called while it was in a call")
      }
    }
    for entry in ledger.campaigns.values where entry.isStarted {
      problems += try await compare(entry, &made, callsTo)
    }
    for id in made.keys { problems.append("the carrier has a call \(id) that no campaign has") }
    return problems
  }

  private func compare(
    _ entry: ServerLedger.Entry, _ made: inout [Call.ID: ScriptedCall], _ callsTo: [PhoneNumber: [ScriptedCall]]
  ) async throws -> [String] {
    var problems: [String] = []
    guard let campaign = try await store.campaign(entry.id) else { return [] }
    if campaign.status != .completed { problems.append("the campaign \(entry.id) is \(campaign.status)") }
    for lead in try await ServerLedger.leads(of: entry.id, in: store) {
      if !lead.status.isFinal { problems.append("the lead \(lead.id) is \(lead.status)") }
      let calls = try await store.calls(CallQuery(account: lead.account, lead: lead.id), page: PageRequest(limit: 100))
      let attempts = calls.elements.count(where: \.isAttempt)
      if attempts > campaign.retries.maximumAttempts { problems.append("the lead \(lead.id) has \(attempts) attempts") }
      // A call that the carrier has made counts as an attempt, whatever the store has heard of it.
      let dialled = callsTo[lead.number]?.count ?? 0
      if dialled > attempts {
        problems.append("the lead \(lead.id) was dialled \(dialled) times in \(attempts) attempts")
      }
      for call in calls.elements {
        let line = made.removeValue(forKey: call.id)
        guard let disposition = call.disposition, call.status == .ended else {
          problems.append("the call \(call.id) has no end")
          continue
        }
        if !CarrierSoak.agrees(disposition, line) {
          let told = line.map { "\($0.outcome.map(\.rawValue) ?? "going on")" } ?? "no call"
          problems.append("the call \(call.id) is \(disposition) in the store, and \(told) with the carrier")
        }
      }
    }
    return problems
  }
}
