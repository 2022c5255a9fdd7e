import CampaignKit
import Foundation

// A store in a folder, from the first account to the second opening: three people are called, and nothing of it
// is lost when the program ends.

@main struct Main {
  static func main() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("first-store-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }

    let store = try LocalStore.file(at: folder.path)
    let campaign = try await prepare(store)
    let calls = try await claim(campaign, in: store)
    try await follow(calls, in: store)
    try await report(campaign, in: store)
    try await store.close()
    print("closed")

    let again = try LocalStore.file(at: folder.path)
    print("opened again, repairs: \(again.condition.repairs.count)")
    try await report(campaign, in: again)
    try await again.close()
  }

  /// An account, a campaign of it, and three people to call.
  static func prepare(_ store: LocalStore) async throws -> Campaign {
    let identifiers = IdentifierGenerator()
    let now = try await store.now()
    var account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
    account.concurrencyLimit = 2
    try await store.insert(account)

    var campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: "Renewals", createdAt: now)
    campaign.retries.maximumAttempts = 2
    campaign = try await store.insert(campaign)

    let people = ["Ada": "+1 415 555 2671", "Bo": "+1 415 555 2672", "Cy": "+1 415 555 2673"]
    let leads = people.sorted { $0.key < $1.key }.compactMap { name, text in
      PhoneNumber(e164: text).map { NewLead(number: $0, person: Person(firstName: name)) }
    }
    let result = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
    print("leads: \(result.inserted) added, \(result.contactsCreated) contacts made")
    return try await store.transition(campaign.id, on: .start, reason: nil)
  }

  /// Takes the campaign for this process, and as many calls as the limits permit.
  static func claim(_ campaign: Campaign, in store: LocalStore) async throws -> [ClaimedCall] {
    let lease = try await store.acquire(campaign.id, by: "this process", lasting: .seconds(60))
    let anywhere = OpenLocality(.unknown, until: .distantFuture)
    let claim = try await store.claim(ClaimRequest(lease: lease, count: 1000, open: [anywhere]))
    print("claimed: \(claim.calls.count) of 1000 asked for, stopped by \(claim.stop)")
    for call in claim.calls { print("  attempt \(call.attempt) at \(call.number.masked)") }
    return claim.calls
  }

  /// What a carrier would tell of these calls: the first is answered, the second is busy and tried again.
  static func follow(_ calls: [ClaimedCall], in store: LocalStore) async throws {
    for (index, call) in calls.enumerated() {
      let now = try await store.now()
      _ = try await store.record(.placed(carrier: "example", reference: "call-\(index)", at: now), of: call.call)
      if index == 0 {
        _ = try await store.record(.answered(at: now, by: .human), of: call.call)
        // News that comes twice changes nothing.
        let second = try await store.record(.answered(at: now, by: .human), of: call.call)
        print("the same news again is new: \(second.isNew)")
        _ = try await store.finish(call.call, CallEnding(.answered, next: .complete, talkTime: .seconds(42)))
      } else {
        let later = LeadStep.retry(at: now + .seconds(3600), numberIndex: 0, isCallback: false)
        _ = try await store.finish(call.call, CallEnding(.busy, next: later))
      }
    }
  }

  /// Counts and roll-ups, which are kept with every change and never computed from the calls.
  static func report(_ campaign: Campaign, in store: LocalStore) async throws {
    let counts = try await store.leadCounts(of: campaign.id) ?? LeadCounts()
    let total = try await store.total(of: .campaign(campaign.id))
    let slots = try await store.slots(of: campaign.account)
    let events = try await store.lastEvent(of: campaign.account)
    print("leads: \(counts.completed) completed, \(counts.waiting) waiting, \(counts.attempted) attempted")
    print("calls: \(total.created) made, \(total[.answered]) answered, \(total[.busy]) busy, talked \(total.talkTime)")
    print("slots: \(slots.accountActive) of \(slots.accountLimit) taken; events: \(events)")
  }
}
