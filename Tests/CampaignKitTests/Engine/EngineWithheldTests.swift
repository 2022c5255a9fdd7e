import CampaignKit
import CampaignTesting
import Testing

/// What becomes of a lead whose call was claimed and then not placed: nothing.
@Suite struct EngineWithheldTests {
  @Test("A call that the carrier does not take keeps the number that was next") func keepsTheNumber() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in
        number == 1 ? .refuses(.throttled, retryAfter: .seconds(2)) : .ends(.noAnswer)
      }
    } _: { bench in
      let second = try #require(PhoneNumber(digits: 15_551_111_111))
      let campaign = try await bench.campaign(leads: 0) {
        $0.retries = RetryPolicy(maximumAttempts: 4, retried: [.noAnswer], delay: .fixed(.seconds(3600)))
      }
      var person = NewLead(number: try #require(PhoneNumber(digits: 15_550_000_000)))
      person.furtherNumbers = [Contact.Number(second)]
      _ = try await bench.store.insert([person], into: campaign.id, options: LeadInsertion())
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(300))
      #expect(dialer.dialer.placements.map(\.order.to) == [person.number, second, second])
    }
  }

  @Test("A callback that the carrier does not take stays a callback") func keepsTheCallback() async throws {
    let dialer = Holder()
    try await EngineBench.run { time in
      dialer.make(time) { _, number in
        if number == 1 { return .refuses(.throttled, retryAfter: .seconds(100)) }
        return ScriptedDialer.Script(events: [
          (.seconds(1), .answered(.human)), (.seconds(2), .callbackAgreed(EngineBench.start + .seconds(600))),
          (.seconds(5), .ended(CallEnd(.completed))),
        ])
      }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 1) {
        $0.retries = RetryPolicy(maximumAttempts: 4)
        $0.callback = Callback(isEnabled: true, maximumAttempts: 2)
      }
      _ = try await bench.engine.start(campaign.id)
      await bench.time.wait(for: .seconds(630))
      #expect(dialer.dialer.placements.count == 2)
      let lead = try #require(try await bench.leads(of: campaign.id).first)
      #expect(lead.status == .waiting && lead.isCallback)
      #expect(lead.callbacks == 1 && lead.attempts == 1)
    }
  }
}
