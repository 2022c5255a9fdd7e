import CampaignCarriers
import CampaignTesting
import Digests
import Foundation
import JSON
import Locks
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A server that calls with Twilio, and with Plivo what Twilio refuses.
@Suite struct SeveralCarriersTests {
  private static let publicURL = "https://calls.example.com"
  private static let secret = "0123456789abcdef0123456789abcdef"

  /// Hands what carriers tell to a server that listens elsewhere than they think, and signs it as they do.
  private final class Postman: Sendable {
    private let base = Locked("")
    private let answers = Locked<[String: [Int]]>([:])

    func deliver(to base: String) { self.base.withLock { $0 = base } }

    /// The statuses of what was answered to what a carrier told.
    func answers(to carrier: String) -> [Int] { answers.withLock { $0[carrier] ?? [] } }

    func post(_ callback: ScriptedCallback) async {
      let target = String(callback.url.dropFirst(publicURL.count))
      guard let url = URL(string: base.withLock { $0 } + target) else { return }
      let carrier = target.split(separator: "/").dropFirst().first.map(String.init) ?? ""
      var request = URLRequest(url: url, timeoutInterval: 600)
      request.httpMethod = callback.method
      request.httpBody = Data(callback.form)
      request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
      let values = callback.items.sorted { $0.name < $1.name }.map { $0.name + $0.value }.joined()
      if carrier == "twilio" {
        let code = HMAC<SHA1>.code((callback.url + values).utf8, key: Array(secret.utf8))
        request.setValue(Base64.standard.encode(code), forHTTPHeaderField: "X-Twilio-Signature")
      } else {
        let code = HMAC<SHA256>.code((callback.url + "." + values + ".nonce").utf8, key: Array(secret.utf8))
        request.setValue(Base64.standard.encode(code), forHTTPHeaderField: "X-Plivo-Signature-V3")
        request.setValue("nonce", forHTTPHeaderField: "X-Plivo-Signature-V3-Nonce")
      }
      let answer = try? await URLSession.shared.data(for: request)
      let status = (answer?.1 as? HTTPURLResponse)?.statusCode ?? 0
      answers.withLock { $0[carrier, default: []].append(status) }
    }
  }

  /// A campaign to one number, whose owner talks to a program.
  private func campaign(to number: String, on server: RunningServer) async throws -> String {
    let id = try await server.campaign([number])
    let made = try await server.ask("POST", "/api/v1/agents", ["name": "Ada", "streamUrl": "wss://voice.example.com"])
    let voice = try #require(made.body["data"]?["id"])
    #expect(try await server.ask("POST", "/api/v1/campaigns/\(id)/agents", ["agentId": voice]).status == 200)
    return id
  }

  @Test("What the first carrier refuses the second one calls, nobody twice, and both are heard") func failsOver()
    async throws
  {
    var configuration = ScriptedCarrier.Configuration()
    configuration.token = Self.secret
    let postman = Postman()
    let (twilio, plivo) = (
      ScriptedCarrier(.twilio, configuration) { await postman.post($0) },
      ScriptedCarrier(.plivo, configuration) { await postman.post($0) }
    )
    let environment = [
      "CARRIER": "twilio,plivo", "PUBLIC_URL": Self.publicURL, "DEFAULT_CALLER_ID": "+14155550100",
      "LEGAL_HOURS": "off", "TWILIO_ACCOUNT_SID": twilio.account, "TWILIO_AUTH_TOKEN": Self.secret,
      "TWILIO_BASE_URL": try twilio.start(), "PLIVO_AUTH_ID": plivo.account, "PLIVO_AUTH_TOKEN": Self.secret,
      "PLIVO_BASE_URL": try plivo.start(),
    ]
    try await RunningServer.inFolder { folder in
      let server = try await RunningServer(folder, environment: environment)
      postman.deliver(to: server.base)
      #expect(try await server.run(campaign(to: "+14155560001", on: server))["completed"] == 1)
      #expect(twilio.books.calls.count == 1 && plivo.books.orders.isEmpty)
      let well = try await server.ask("GET", "/health", hasKey: false).body["carriers"]
      #expect(well?.array?.map { $0["name"] } == ["twilio", "plivo"])
      #expect(well?.array?.map { $0["status"] } == ["healthy", "healthy"])

      twilio.faults.throttled = 1
      #expect(try await server.run(campaign(to: "+14155560002", on: server))["completed"] == 1)
      #expect(twilio.books.calls.count == 1 && plivo.books.calls.count == 1)
      #expect(Set(twilio.books.calls.map(\.to)).isDisjoint(with: plivo.books.calls.map(\.to)))
      let carriers = try await server.ask("GET", "/health", hasKey: false).body["carriers"]?.array
      #expect(carriers?.map { $0["status"] } == ["warning", "healthy"])
      #expect(carriers?.first?["message"]?.string?.contains("throttled") == true)

      for carrier in ["twilio", "plivo"] {
        let answers = postman.answers(to: carrier)
        #expect(!answers.isEmpty && answers.allSatisfy { $0 == 200 }, "\(carrier): \(answers)")
      }
      #expect(server.end(SIGTERM).status == 0)
    }
    await twilio.stop()
    await plivo.stop()
  }
}
