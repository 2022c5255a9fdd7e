import CampaignKit
import JSON
import Testing

@testable import CampaignServer

@Suite struct TenantQueueTests {
  @Test("Q-47, Q-48, Q-49, Q-51, Q-54: lists and items") func lists() async throws {
    let bench = try await ServiceBench.tenant()
    let (first, _) = try await bench.makeCampaign(leads: (0..<60).map { number($0) })
    let (second, _) = try await bench.makeCampaign(leads: [number(0), number(100)])
    _ = try await bench.makeCampaign(leads: [number(0)], as: "two")
    let all = try await bench.done(.get, "/queue")
    #expect(all["total"] == 62)
    #expect(all["count"] == 50)
    let item = try #require(all["queue_items"]?[0])
    let id = try #require(item["id"]?.string)
    #expect(item["campaign_id"]?.string == first)
    #expect(item["phone_number"]?.string == number(0))
    #expect(item["name"] == "Name0")
    #expect(item["status"] == "queued")
    #expect(try await bench.done(.get, "/queue/\(id)")["queue_item"] == item)
    for (query, total) in [
      ("status=queued", 62), ("status=completed", 0), ("campaign_id=\(second)", 2), ("campaign_id=\(unknownID)", 0),
      ("campaign_id=\(second)&status=failed", 0),
    ] {
      #expect(try await bench.done(.get, "/queue?\(query)")["total"] == JSONValue(total), "\(query)")
    }
    let page = try await bench.column("phone_number", of: "queue_items", "/queue?campaign_id=\(first)&limit=2&offset=3")
    #expect(page == [.string(number(3)), .string(number(4))])
    #expect(
      try await bench.column("phone_number", of: "queue_items", "/queue/campaign/\(second)") == [
        .string(number(0)), .string(number(100)),
      ])
    // One contact, two items.
    #expect(
      try await bench.column("contact_id", of: "queue_items", "/queue/campaign/\(second)").first == item["contact_id"])
    for path in ["/queue/\(unknownID)", "/queue/x", "/queue/campaign/\(unknownID)"] {
      try await bench.refused(404, .get, path)
    }
    for path in ["/queue/\(id)", "/queue/campaign/\(first)"] { try await bench.refused(404, .get, path, as: "two") }
    #expect(try await bench.done(.get, "/queue?campaign_id=\(first)", as: "two")["total"] == 0)
    #expect(try await bench.done(.get, "/queue", as: "two")["total"] == 1)
    for query in ["status=done", "campaign_id=x", "limit=0"] { try await bench.refused(400, .get, "/queue?\(query)") }
  }

  @Test("Q-50, Q-52, Q-53: taking an item out") func cancels() async throws {
    let bench = try await ServiceBench.tenant()
    let campaign = try await bench.makeCampaign(leads: [number(0), number(1), number(2, "0002")])
    let other = try await bench.makeCampaign(leads: [number(3)])
    let items = try await bench.column("id", of: "queue_items", "/queue/campaign/\(campaign.id)").compactMap(\.string)
    try await bench.refused(404, .delete, "/queue/\(items[0])", as: "two")
    #expect(try await bench.done(.delete, "/queue/\(items[0])")["queue_item"]?["status"] == "cancelled")
    #expect(try await bench.done(.get, "/queue/\(items[0])")["queue_item"]?["status"] == "cancelled")
    try await bench.complete([campaign])
    let dialled = try await bench.column("to_number", of: "calls", "/calls").compactMap(\.string)
    #expect(dialled.sorted() == [number(1), number(2, "0002")])
    for item in items { try await bench.refused(409, .delete, "/queue/\(item)") }
    try await bench.refused(404, .delete, "/queue/\(unknownID)")
    let statistics = try await bench.done(.get, "/queue/statistics")["statistics"]
    #expect(statistics == ["total": 4, "queued": 1, "processing": 0, "completed": 1, "failed": 1, "cancelled": 1])
    #expect(try await bench.done(.get, "/queue/statistics", as: "two")["statistics"]?["total"] == 0)
    #expect(try await bench.column("campaign_id", of: "queue_items", "/queue?status=queued") == [.string(other.id)])
  }
}
