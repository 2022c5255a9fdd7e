import Testing

@testable import CampaignKit

@Suite struct StatusMachineTests {
  @Test func campaignsFollowTheTable() {
    check(
      Campaign.statuses, "campaign", all: Campaign.Status.allCases, triggers: Campaign.Trigger.allCases,
      start: .draft, finals: [.completed, .cancelled, .failed],
      table: [
        (.draft, .schedule, .scheduled), (.draft, .start, .active), (.draft, .cancel, .cancelled),
        (.scheduled, .start, .active), (.scheduled, .pause, .paused), (.scheduled, .end, .completed),
        (.scheduled, .cancel, .cancelled), (.scheduled, .fail, .failed),
        (.active, .pause, .paused), (.active, .end, .completed), (.active, .cancel, .cancelled),
        (.active, .fail, .failed), (.active, .complete, .completed),
        (.paused, .resume, .active), (.paused, .end, .completed), (.paused, .cancel, .cancelled),
        (.paused, .fail, .failed), (.paused, .complete, .completed),
      ])
  }

  @Test func leadsFollowTheTable() {
    check(
      Lead.statuses, "lead", all: Lead.Status.allCases, triggers: Lead.Trigger.allCases, start: .waiting,
      finals: Set(Lead.Status.allCases.filter(\.isFinal)),
      table: [
        (.waiting, .call, .calling), (.waiting, .complete, .completed), (.waiting, .fail, .failed),
        (.waiting, .suppress, .suppressed), (.waiting, .cancel, .cancelled),
        (.calling, .wait, .waiting), (.calling, .complete, .completed), (.calling, .fail, .failed),
        (.calling, .suppress, .suppressed), (.calling, .cancel, .cancelled),
      ])
    #expect(Set(Lead.Status.allCases.filter(\.isFinal)) == [.completed, .failed, .suppressed, .cancelled])
  }

  @Test func callsFollowTheTable() {
    check(
      Call.statuses, "call", all: Call.Status.allCases, triggers: Call.Trigger.allCases, start: .intended,
      finals: [.ended],
      table: [
        (.intended, .place, .placed), (.intended, .ring, .ringing), (.intended, .answer, .answered),
        (.intended, .end, .ended), (.placed, .ring, .ringing), (.placed, .answer, .answered), (.placed, .end, .ended),
        (.ringing, .answer, .answered), (.ringing, .end, .ended), (.answered, .end, .ended),
      ])
    #expect(Call.Status.allCases.filter { !$0.isLive } == [.ended])
  }

  @Test func anIllegalStepSaysWhatWouldBePossible() {
    let error = #expect(throws: TransitionError.self) {
      try Campaign.statuses.step("campaign", from: .completed, on: .resume)
    }
    #expect(
      error
        == TransitionError(
          subject: "campaign", from: "completed", to: "active", trigger: "resume", permitted: ["paused"]))
    #expect(
      error?.description
        == "a campaign that is completed cannot resume and become active; that is possible only for one that is paused")
  }

  private func check<Status: Hashable & Sendable, Trigger: Hashable & Sendable>(
    _ machine: StatusMachine<Status, Trigger>, _ subject: String, all: [Status], triggers: [Trigger], start: Status,
    finals: Set<Status>, table: [(from: Status, trigger: Trigger, to: Status)]
  ) {
    #expect(machine.transitions.count == table.count)
    for status in all {
      #expect(machine.isFinal(status) == finals.contains(status))
      for trigger in triggers {
        let expected = table.first { $0.from == status && $0.trigger == trigger }?.to
        #expect(machine.next(after: status, on: trigger) == expected, "\(status) on \(trigger)")
        do throws(TransitionError) {
          let next = try machine.step(subject, from: status, on: trigger)
          #expect(next == expected)
        } catch {
          #expect(expected == nil)
          #expect(error.subject == subject && error.from == "\(status)" && error.trigger == "\(trigger)")
          #expect(Set(error.permitted) == Set(table.filter { $0.trigger == trigger }.map { "\($0.from)" }))
          #expect(table.contains { $0.trigger == trigger && "\($0.to)" == error.to })
          #expect(error.description.contains("\(status)") && error.description.contains(error.to))
        }
      }
    }
    var reached: Set<Status> = [start]
    while let step = table.first(where: { reached.contains($0.from) && !reached.contains($0.to) }) {
      reached.insert(step.to)
    }
    #expect(reached == Set(all), "every status can be reached")
  }
}
