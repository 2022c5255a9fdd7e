import CampaignKit
import CampaignTesting
import Testing

/// Searches find what a slow reader finds, whether the stored bytes can be searched as they are or not.
@Suite struct LeadSearchTests {
  @Test("finds what is in a name, an address or a number", arguments: 1...20)
  func findsWhatIsThere(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    let store = LocalStore.memory
    let identifiers = IdentifierGenerator()
    let now = try await store.now()
    let account = Account(id: identifiers.next(at: now), name: "Acme", createdAt: now)
    try await store.insert(account)
    let campaign = try await store.insert(
      Campaign(id: identifiers.next(at: now), account: account.id, name: "Search", createdAt: now))
    let letters = ["a", "B", "b", "1", "4", " ", "+", "é", "e\u{301}", "\u{212A}", "\r\n", "ß", "İ"]
    func text(_ most: Int) -> String {
      (0..<Int.random(in: 1...most, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
    }
    let leads = (0..<40).compactMap { index in
      PhoneNumber(e164: "+1415555\(1000 + index)").map { number in
        NewLead(number: number, person: Person(firstName: text(4), lastName: text(4), email: text(5)))
      }
    }
    _ = try await store.insert(leads, into: campaign.id, options: LeadInsertion())
    let all = try await store.leads(LeadQuery(.campaign(campaign.id)), page: PageRequest(limit: 100)).elements
    #expect(all.count == 40)
    for needle in (0..<60).map({ _ in text(3) }) + ["+1415555", "+14155551001", "5 ", " +1", "a b"] {
      let expected = all.filter { lead in
        [lead.person.fullName, lead.person.email, lead.number.description].contains { text in
          finds(Array(needle.lowercased()), in: Array((text ?? "").lowercased()))
        }
      }
      let query = LeadQuery(.campaign(campaign.id), search: needle)
      let found = try await store.leads(query, page: PageRequest(limit: 100)).elements
      #expect(found.map(\.id) == expected.map(\.id), "\(needle.debugDescription)")
    }
  }

  private func finds(_ needle: [Character], in all: [Character]) -> Bool {
    all.indices.contains { all[$0...].starts(with: needle) }
  }
}
