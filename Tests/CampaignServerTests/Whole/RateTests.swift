import CampaignKit
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// How often a client may ask. That the window slides exactly is for the middleware's own tests, whose time stands still.
@Suite struct RateTests {
  @Test("X-34, X-35: a hundred requests of a user in a minute, and others unhurt") func countsAHundred() async throws {
    let bench = try await ServiceBench.whole { $0.requestsPerMinute = ServiceConfiguration().requestsPerMinute }
    for count in 1...100 {
      // Whatever the dialect, it is the same user.
      let path = ["/api/campaigns", "/api/v1/campaigns", "/voice/api/campaigns", "/plivo/dashboard/stats"][count % 4]
      let response = try await bench.say(.get, path).response
      #expect(response.status == .ok)
      #expect(response.fields["RateLimit"]?.hasPrefix("\"default\";r=\(100 - count);t=") == true, "\(count)")
    }
    let refused = try await bench.say(.get, "/api/campaigns")
    #expect(refused.response.status.code == 429)
    #expect(try JSONValue(parsing: refused.content)["success"] == false)
    let wait = refused.response.fields["Retry-After"].flatMap { Int($0) } ?? 0
    #expect((1...60).contains(wait))
    #expect(try await bench.say(.get, "/api/campaigns", as: "two").response.status == .ok)
    #expect(try await bench.say(.get, "/api/campaigns", as: "one-agent").response.status == .ok)
  }

  @Test("X-37: an address is counted where nobody signs in, and refused in the shape of the dialect")
  func countsAnAddress() async throws {
    let bench = try await ServiceBench.whole { $0.requestsPerMinute = 3 }
    let here: Fields = ["Host": "localhost:3000"]
    for _ in 0..<3 {
      #expect(try await bench.say(.get, "/api/v1/campaigns", as: nil, fields: here).response.status == .ok)
    }
    let refused = try await bench.say(.get, "/api/v1/campaigns", as: nil, fields: here)
    #expect(refused.response.status.code == 429)
    let body = try JSONValue(parsing: refused.content)
    #expect(body.object?.keys.sorted() == ["details", "error", "success"])
    #expect(body["success"] == false)
    #expect(try await bench.say(.get, "/api/v1/campaigns", fields: here).response.status == .ok)
  }

  @Test("Addresses of IPv6 that share their first 64 bits are counted as one") func countsANetwork() async throws {
    let bench = try await ServiceBench.whole {
      $0.requestsPerMinute = 1
      $0.trustedProxies = AddressRange.thisMachine
    }
    for (address, status) in [
      ("2001:db8:0:1::1", 401), ("2001:db8:0:1:ffff::2", 429), ("2001:db8:0:2::1", 401), ("198.51.100.7", 401),
      ("198.51.100.8", 401),
    ] {
      let answer = try await bench.say(.get, "/api/campaigns", as: nil, fields: ["X-Forwarded-For": address])
      #expect(answer.response.status.code == status, "\(address)")
    }
  }

  @Test("What stops calls is done however much was asked before, in every dialect") func stopsAtAnyTime() async throws {
    let bench = try await ServiceBench.whole { $0.requestsPerMinute = 1 }
    let account = try #require(bench.accounts["one"])
    let storage = bench.engine.storage
    #expect(try await bench.say(.get, "/api/campaigns").response.status == .ok)
    #expect(try await bench.say(.get, "/api/campaigns").response.status.code == 429)
    /// A campaign that is active, and its lead.
    func campaign() async throws -> (Campaign.ID, Lead.ID) {
      var campaign = Campaign(
        id: bench.service.identifiers.next(at: await bench.service.now()), account: account.id, name: "A",
        createdAt: await bench.service.now())
      campaign.callerNumbers = [try #require(PhoneNumber(e164: "+14155550100"))]
      campaign = try await bench.engine.create(campaign)
      let leads = [NewLead(number: try #require(PhoneNumber(e164: "+14155560001")))]
      _ = try await storage.insert(leads, into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      let lead = try await storage.leads(LeadQuery(.campaign(campaign.id)), page: PageRequest()).elements.first
      return (campaign.id, try #require(lead).id)
    }
    let json: Fields = ["Content-Type": "application/json"]
    let uuid = { IdentifierForm.uuid.text($0 as Campaign.ID) }
    let digits = { IdentifierForm.digits.text($0 as Campaign.ID) }
    let ways: [(path: (Campaign.ID) -> String, body: (Campaign.ID) -> String, status: Campaign.Status)] = [
      ({ "/api/v1/campaigns/\(V1.campaignID.text($0))/pause" }, { _ in "" }, .paused),
      ({ "/api/v1/campaigns/\(V1.campaignID.text($0))/stop" }, { _ in "" }, .cancelled),
      ({ "/voice/api/campaigns/\(uuid($0))/pause" }, { _ in "" }, .paused),
      ({ "/voice/api/campaigns/\(uuid($0))/end" }, { _ in "" }, .completed),
      ({ "/api/campaigns/\(uuid($0))/pause" }, { _ in "" }, .paused),
      ({ "/api/campaigns/\(uuid($0))/cancel" }, { _ in "" }, .cancelled),
      ({ _ in "/plivo/pause-campaign" }, { #"{"campaignId":"\#(digits($0))"}"# }, .paused),
      (
        { _ in "/plivo/dashboard/bulk-operations" }, { #"{"action":"pause","campaignIds":["\#(digits($0))"]}"# },
        .paused
      ),
      (
        { _ in "/plivo/dashboard/bulk-operations" }, { #"{"action":"cancel","campaignIds":["\#(digits($0))"]}"# },
        .cancelled
      ),
    ]
    for way in ways {
      let (id, _) = try await campaign()
      let body = way.body(id)
      let answer = try await bench.say(.post, way.path(id), Array(body.utf8), fields: body.isEmpty ? [:] : json)
      #expect(answer.response.status == .ok, "\(way.path(id)): \(String(decoding: answer.content, as: UTF8.self))")
      #expect(try await storage.campaign(id)?.status == way.status, "\(way.path(id))")
    }
    let (_, lead) = try await campaign()
    #expect(try await bench.say(.delete, "/api/queue/\(IdentifierForm.uuid.text(lead))").response.status == .ok)
    #expect(try await storage.lead(lead)?.status == .cancelled)
  }

  @Test("X-36: webhooks, health and descriptions are not counted") func countsNothingThatWatches() async throws {
    let bench = try await ServiceBench.whole { $0.requestsPerMinute = 1 }
    for path in ["/health", "/health/database", "/api/v1/health", "/openapi.json", "/api-docs", "/metrics"] {
      for _ in 0..<3 { #expect(try await bench.say(.get, path).response.status == .ok, "\(path)") }
    }
    for _ in 0..<3 {
      // Without a signature it is refused, but for no other reason.
      let answer = try await bench.say(
        .post, "/webhooks/twilio/status", Array("CallSid=CA1".utf8), as: nil,
        fields: ["Content-Type": "application/x-www-form-urlencoded"])
      #expect(answer.response.status == .forbidden)
    }
    #expect(try await bench.say(.get, "/api/campaigns").response.status == .ok)
    #expect(try await bench.say(.get, "/api/campaigns").response.status.code == 429)
  }
}
