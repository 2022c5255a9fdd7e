import CampaignKit

/// Says what an import of a file would do, in an empty campaign.
func inspectLeads(_ arguments: [String]) async throws {
  var options = LeadImporter.Options()
  options.isDryRun = true
  options.keptRefusals = 20
  let file: String
  switch arguments.count {
  case 1: file = arguments[0]
  case 3 where arguments[1] == "--region":
    file = arguments[0]
    options.defaultRegion = arguments[2]
  default: throw Misuse(reason: "one file is needed")
  }
  let store = LocalStore.memory
  let identifiers = IdentifierGenerator()
  let now = try await store.now()
  let account = Account(id: identifiers.next(at: now), name: "Inspect", createdAt: now)
  try await store.insert(account)
  let campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: file, createdAt: now)
  _ = try await store.insert(campaign)

  let result = try await LeadImporter(store, options: options).run(.file(file), into: campaign.id)
  for column in result.mapping?.columns ?? [] { print("column '\(column.name)' is \(column.field)") }
  let tally = result.tally
  print("rows: \(tally.total) read, \(tally.inserted) would be leads, \(tally.invalid) wrong")
  print("numbers: \(tally.duplicates) repeated, \(tally.suppressed) not to be called")
  for row in result.refused {
    print("row \(row.row), \(row.field ?? "all of it"): \(row.reason)")
  }
  let untold = tally.total - tally.inserted - result.refused.count
  if untold > 0 { print("and \(untold) rows more") }
}
