import JSON
import Testing
import WebServer

@testable import CampaignServer

/// What the server tells of itself.
@Suite struct DescriptionTests {
  /// Every route of the documents.
  static let documented: [String: [String: [String]]] = [
    "/api": [
      "GET": [
        "/campaigns", "/campaigns/summary", "/campaigns/{}", "/campaigns/{}/statistics", "/campaigns/{}/analytics",
        "/queue", "/queue/statistics", "/queue/{}", "/queue/campaign/{}", "/settings/concurrency", "/leads",
        "/leads/template/csv", "/calls", "/calls/{}", "/calls/stats/summary", "/calls/stats/by-disposition", "/agents",
        "/agents/{}/stats",
      ],
      "POST": [
        "/campaigns", "/campaigns/upload-csv", "/campaigns/{}/start", "/campaigns/{}/pause", "/campaigns/{}/resume",
        "/campaigns/{}/cancel", "/auth/register", "/auth/login", "/leads/upload", "/agents",
      ],
      "PUT": ["/campaigns/{}", "/settings/concurrency", "/leads/{}", "/agents/{}/status"],
      "DELETE": ["/campaigns/{}", "/queue/{}"],
    ],
    "/api/v1": [
      "GET": [
        "/health", "/campaigns", "/campaigns/{}", "/campaigns/{}/stats", "/campaigns/{}/leads",
        "/campaigns/{}/leads/{}", "/agents", "/agents/{}",
      ],
      "POST": [
        "/campaigns", "/campaigns/{}/start", "/campaigns/{}/stop", "/campaigns/{}/pause", "/campaigns/{}/resume",
        "/campaigns/{}/leads", "/campaigns/{}/leads/bulk", "/campaigns/{}/leads/upload", "/agents",
      ],
      "PUT": ["/campaigns/{}", "/campaigns/{}/leads/{}", "/agents/{}"],
      "DELETE": ["/campaigns/{}", "/campaigns/{}/leads/{}", "/campaigns/{}/leads", "/agents/{}"],
    ],
    "/voice/api": [
      "GET": ["/campaigns", "/campaigns/{}", "/campaigns/{}/statistics", "/campaigns/{}/contacts"],
      "POST": [
        "/campaigns", "/campaigns/{}/start", "/campaigns/{}/pause", "/campaigns/{}/resume", "/campaigns/{}/end",
      ],
      "PUT": ["/campaigns/{}"], "DELETE": ["/campaigns/{}"],
    ],
    "/plivo": [
      "GET": [
        "/campaign-progress/{}", "/dashboard/campaigns", "/dashboard/stats", "/dashboard/failed-calls",
        "/monitoring/active-calls", "/monitoring/utilization", "/monitoring/analytics", "/get-active-channels",
      ],
      "POST": [
        "/create-campaign", "/pause-campaign", "/resume-campaign", "/dashboard/bulk-operations", "/single-call",
      ],
    ],
    "/health": ["GET": ["", "/cloud-run", "/database", "/comprehensive", "/integration-test"]],
    "/webhooks/twilio": ["POST": ["/answer", "/amd", "/status", "/agent-answer", "/conference-status"]],
  ]

  /// The routes that the description has, with `{}` for whatever varies.
  static func routes(in document: JSONValue) -> [String] {
    (document["paths"]?.object ?? [:]).flatMap { path, item in
      let pattern = path.split(separator: "/").map { "/" + ($0.hasPrefix("{") ? "{}" : $0) }.joined()
      return item.object?.keys.map { "\($0.uppercased()) \(pattern)" } ?? []
    }
  }

  @Test("X-21: a page to read") func hasAPage() async throws {
    let bench = try await ServiceBench.whole()
    let page = try await bench.say(.get, "/api-docs", as: nil)
    #expect(page.response.status == .ok)
    #expect(page.response.contentType == "text/html; charset=utf-8")
    #expect(String(decoding: page.content, as: UTF8.self).contains("<title>CampaignKit API</title>"))
  }

  @Test("X-22: the description is at both addresses") func describesItself() async throws {
    let bench = try await ServiceBench.whole()
    let description = try await bench.say(.get, "/openapi.json", as: nil)
    #expect(description.response.contentType == "application/json")
    #expect(try JSONValue(parsing: description.content)["openapi"] == "3.1.0")
    #expect(try await bench.say(.get, "/api-docs.json", as: nil).content == description.content)
  }

  @Test("X-23: the description has every route of the documents and every one of ours") func describesEveryRoute()
    async throws
  {
    let bench = try await ServiceBench.whole()
    let document = try JSONValue(parsing: try await bench.say(.get, "/openapi.json", as: nil).content)
    let described = Set(Self.routes(in: document))
    let wanted = Self.documented.flatMap { base, methods in
      methods.flatMap { method, paths in paths.map { "\(method) \(base)\($0)" } }
    }
    #expect(
      wanted.count == 92
        && wanted.count { $0.contains(" /api") || $0.contains(" /voice") || $0.contains(" /plivo") } == 82)
    for route in wanted { #expect(described.contains(route), "\(route)") }
    for operation in bench.operations {
      let path = operation.pattern.split(separator: "/").map { "/" + ($0.hasPrefix("{") ? "{}" : $0) }.joined()
      #expect(described.contains("\(operation.method.name) \(path)"), "\(operation.name)")
    }
    #expect(described.count == bench.operations.count)
  }
}
