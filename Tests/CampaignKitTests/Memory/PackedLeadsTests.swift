import JSON
import Testing

@testable import CampaignKit

@Suite struct PackedLeadsTests {
  private static let localities = ["Europe/Paris", "Asia/Tokyo", "America/New_York"].map { Locality(timeZones: [$0]) }

  private static func lead(_ index: Int) throws -> NewLead {
    var lead = NewLead(
      number: try #require(PhoneNumber(digits: 14_150_000_000 + UInt64(index))),
      fields: index % 3 == 0 ? [:] : ["row": JSONValue(index), "list": .array([.string("é"), .null])],
      locality: localities[(index * 7 + index / 2500) % 3])
    lead.person.firstName = index % 5 == 0 ? nil : "Name \(index)"
    lead.notes = index % 4 == 0 ? "note \(index)" : nil
    lead.priority = Int32(index % 11)
    return lead
  }

  /// Many leads are packed in two halves, which are put together as if they had been packed one after the other.
  @Test(arguments: [0, 1, 100, 4095, 4096, 5001]) func comeBackAsTheyWere(count: Int) throws {
    let leads = try (0..<count).map { try Self.lead($0) }
    let packed = try PackedLeads(leads)
    #expect(packed.count == count)
    #expect(packed.localities.count == min(count, 3))
    #expect(try packed.unpacked() == leads)
  }

  /// What is too large or too deep is refused wherever it stands.
  @Test(arguments: [0, 2500, 4999]) func aLeadThatCannotBeKeptIsRefused(place: Int) throws {
    var leads = try (0..<5000).map { try Self.lead($0) }
    leads[place].notes = String(repeating: "x", count: RecordSize.maximum + 1)
    #expect(throws: StoreError.self) { try PackedLeads(leads) }
    leads[place].notes = nil
    var deep: JSONObject = [:]
    for _ in 0..<130 { deep = ["a": .array([.object(deep)])] }
    leads[place].fields = deep
    #expect(throws: StoreError.self) { try PackedLeads(leads) }
  }
}
