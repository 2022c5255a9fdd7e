import CampaignKit
import JSON
import Testing

@Suite struct ModelCodingTests {
  @Test func aCampaignReadsBackUnchanged() throws {
    let generator = IdentifierGenerator()
    let now = Timestamp(milliseconds: 1_700_000_000_123)
    let campaign = Campaign(id: generator.next(at: now), account: generator.next(at: now), name: "C", createdAt: now)
    let text = try JSONValue(encoding: campaign).serialized()
    let back = try JSONValue(parsing: text).decode(Campaign.self)
    #expect(back.schedule == campaign.schedule)
    #expect(back.retries == campaign.retries)
    #expect(back.pacing == campaign.pacing)
    #expect(back.agents == campaign.agents)
    #expect(back.metadata == campaign.metadata)
    #expect(back.compliance == campaign.compliance)
    #expect(back == campaign)
  }
}
