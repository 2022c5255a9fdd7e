import CampaignKit
import Foundation
import Testing

@testable import CampaignCarriers

@Suite struct WebhookAddressesTests {
  @Test("A slash at the end of the public address, and letters that mean something in a query, change nothing")
  func addresses() throws {
    let call = Call.ID(high: 1, low: 2)
    for url in ["https://calls.example.com/x", "https://calls.example.com/x/"] {
      let addresses = WebhookAddresses(.twilio, publicURL: try #require(URL(string: url)))
      let address = addresses.address(.agentAnswer, of: call, with: [("leadName", "Zoë & \"C+o\"=?#")])
      #expect(address.hasPrefix("https://calls.example.com/x/webhooks/twilio/agent-answer?callId=\(call)&leadName="))
      let items = try #require(URLComponents(string: address)?.queryItems)
      #expect(items.map(\.name) == ["callId", "leadName"])
      #expect(items.last?.value == "Zoë & \"C+o\"=?#")
      #expect(!address.contains("+"))
    }
  }

  @Test("An address tells which call it is about, unless it is about an agent's or somebody else's")
  func callsOfAddresses() throws {
    let addresses = WebhookAddresses(.twilio, publicURL: try #require(URL(string: "https://calls.example.com")))
    let call = Call.ID(high: 1, low: 2)
    for purpose in WebhookAddresses.Purpose.allCases {
      let isAgents = [.agentAnswer, .agentStatus, .conferenceStatus].contains(purpose)
      let address = addresses.address(purpose, of: call, with: [("callId", "x")])
      #expect(addresses.call(of: address) == (isAgents ? nil : call))
    }
    let address = addresses.address(.status, of: call)
    for other in [
      address.replacing("calls.example", with: "evil.example"), address.replacing("twilio", with: "plivo"),
      address.replacing("status", with: "else"), address.replacing("callId", with: "id"), String(address.dropLast()),
      "",
    ] {
      #expect(addresses.call(of: other) == nil, "\(other)")
    }
  }
}
