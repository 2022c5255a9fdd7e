import CampaignKit
import CampaignTesting
import Testing

@Suite struct EngineRunTests {
  @Test func callsEveryLeadOnceAndCompletes() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .answers() }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 20) { $0.pacing.maximumConcurrentCalls = 3 }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.count == 20)
      #expect(calls.allSatisfy { $0.disposition == .answered && $0.talkTime == .seconds(30) })
      #expect(try await bench.leads(of: campaign.id).allSatisfy { $0.status == .completed })
    }
  }

  @Test func triesAgainAfterTheDelayAndGivesUpInTheEnd() async throws {
    try await EngineBench.run { time in
      ScriptedDialer(time) { _, _ in .ends(.noAnswer) }
    } _: { bench in
      let campaign = try await bench.campaign(leads: 2) {
        $0.retries = RetryPolicy(maximumAttempts: 3, delay: .fixed(.seconds(600)))
      }
      _ = try await bench.engine.start(campaign.id)
      try await bench.wait(for: campaign.id, toBe: .completed)
      let calls = try await bench.calls(of: campaign.id)
      #expect(calls.count == 6)
      #expect(try await bench.leads(of: campaign.id).allSatisfy { $0.status == .failed && $0.attempts == 3 })
      for lead in try await bench.leads(of: campaign.id) {
        let times = calls.filter { $0.lead == lead.id }.map(\.createdAt)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= .seconds(605) && $1 - $0 < .seconds(606) })
      }
    }
  }
}
