import CampaignKit

// A list as somebody exported it: columns with names of their own, several phones, and rows in which something is
// wrong. What its columns mean is said once; what became of each row is told, and what was refused comes back as a file.

@main struct Main {
  static let list = """
    Anrede;Vorname;Festnetz;Handy;Dringlichkeit;Intern
    Frau;Ada;030 901820;+49 171 3920001;urgent;x
    Herr;Bo;;0171 3920002;normal;x
    Herr;Bo noch einmal;;+49 171 392 0002;normal;x
    Frau;Cy;keine Angabe;;normal;x
    Frau;Di;030 12;;normal;x
    Herr;Ed;030 901821;;sofort;x
    Frau;=HYPERLINK("http://example.com");;0900;normal;x
    """

  static func main() async throws {
    let store = LocalStore.memory
    let campaign = try await prepare(store)

    var options = LeadImporter.Options()
    options.defaultRegion = "DE"
    options.columns = .header([
      "Anrede": "custom_fields.title", "Vorname": "first_name", "Festnetz": "phone", "Handy": "phone",
      "Dringlichkeit": "priority", "Intern": "ignored",
    ])
    let importer = LeadImporter(store, options: options)
    let result = try await importer.run(.bytes(Array(list.utf8), name: "leads.csv"), into: campaign)

    let tally = result.tally
    print("\(tally.total) rows: \(tally.inserted) leads, \(tally.duplicates) twice, \(tally.invalid) refused")
    for row in result.refused { print("  row \(row.row), \(row.field ?? "all of it"): \(row.reason)") }

    print("leads:")
    for lead in try await store.leads(LeadQuery(.campaign(campaign)), page: PageRequest(limit: 10)).elements {
      let title = lead.fields["title"]?.string ?? ""
      print("  \(title) \(lead.person.firstName ?? ""), \(lead.number), priority \(lead.priority)")
    }

    // To be put right and sent again. A cell that a spreadsheet would take for a formula is disarmed.
    var table = RefusedRowTable()
    table.add(result.refused, header: list.split(separator: "\n")[0].split(separator: ";").map(String.init))
    print("refused.csv:")
    print(String(decoding: table.take(), as: UTF8.self), terminator: "")

    let again = try await importer.run(.bytes(Array(list.utf8), name: "leads.csv"), into: campaign)
    print("the same file again is \(again.outcome): \(again.tally.inserted) leads in all")
  }

  /// An account, and a campaign of it.
  static func prepare(_ store: LocalStore) async throws -> Campaign.ID {
    let identifiers = IdentifierGenerator()
    let now = try await store.now()
    let account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
    try await store.insert(account)
    let campaign = Campaign(id: identifiers.next(at: now), account: account.id, name: "Renewals", createdAt: now)
    return try await store.insert(campaign).id
  }
}
