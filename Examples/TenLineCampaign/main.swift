import CampaignKit

let engine = CampaignEngine(storage: .memory, dialer: SimulatedCarrier(mix: .instant))
async let running: Void = engine.run()

let identifiers = IdentifierGenerator()
let now = try await engine.storage.now()
let account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
try await engine.storage.insert(account)
var draft = Campaign(id: identifiers.next(at: now), account: account.id, name: "Renewals", createdAt: now)
draft.compliance.keepsLegalHours = false  // Nobody real is called, so it works at night as well.
let campaign = try await engine.create(draft)
// The simulated carrier goes by the last digits: somebody answers, the line is busy, nobody answers.
let people = ["+1 415 555 0001", "+1 415 555 0002", "+1 415 555 0003"].compactMap { PhoneNumber(e164: $0) }
_ = try await engine.storage.insert(people.map { NewLead(number: $0) }, into: campaign.id, options: LeadInsertion())
_ = try await engine.start(campaign.id)

for try await event in engine.events(of: account.id, after: 0) where event.status == "completed" { break }
let progress = try await engine.progress(of: campaign.id)
print("\(progress.leads.completed) of \(progress.leads.total) reached, \(progress.calls.endedCalls) calls")
engine.stop()
try await running
