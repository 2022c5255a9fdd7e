import CampaignCarriers
import CampaignKit
import Foundation
import Testing

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
}
