import CampaignKit
import JSON
import Testing

@Suite struct RollupTests {
  @Test func aCallIsCountedByItsFields() {
    var rollup = Rollup()
    var call = Samples.call
    call.createdAt = Timestamp(milliseconds: 0)
    rollup.countCreated(call)
    rollup.countEnded(call)
    #expect(rollup.created == 1)
    #expect(rollup[.voicemail] == 1 && rollup.endedCalls == 1)
    #expect(rollup.answeredByMachine == 1 && rollup.answeredByHuman == 0 && rollup.answeredAtAll == 1)
    #expect(rollup.duration == .milliseconds(61_234) && rollup.withDuration == 1)
    #expect(rollup.talkTime == .zero && rollup.waitTime == .milliseconds(2) && rollup.costMicros == -7500)
  }

  @Test func aLiveCallIsNotCountedAsEnded() {
    var call = Samples.call
    call.disposition = nil
    var rollup = Rollup()
    rollup.countEnded(call)
    #expect(rollup == Rollup())
  }

  @Test func theWaitIsCountedFromTheIntentWhereThePlacingIsNotKnown() {
    var call = Samples.call
    call.createdAt = Timestamp(milliseconds: 1000)
    call.placedAt = nil
    call.answeredAt = Timestamp(milliseconds: 1750)
    var rollup = Rollup()
    rollup.countEnded(call)
    #expect(rollup.waitTime == .milliseconds(750))
  }

  @Test func addingAddsEveryField() {
    var sum = Samples.rollup
    sum.add(Samples.rollup)
    for disposition in Disposition.allCases { #expect(sum[disposition] == 2 * Samples.rollup[disposition]) }
    #expect(sum.created == 200 && sum.answeredByHuman == 4 && sum.answeredByMachine == 6 && sum.withDuration == 10)
    #expect(sum.duration == .milliseconds(8) && sum.talkTime == .milliseconds(12) && sum.waitTime == .milliseconds(14))
    #expect(sum.answeredAtAll == 16 && sum.costMicros == 18)
    #expect(sum.endedCalls == (1...12).reduce(0, +) * 2)
  }

  /// A roll-up that was kept before a disposition was added counts that one all the same.
  @Test(arguments: Call.FollowUp.allCases)
  func whatBecomesOfLeadsIsCounted(_ followUp: Call.FollowUp) {
    var call = Samples.call
    call.followUp = followUp
    var rollup = Rollup()
    rollup.countEnded(call)
    #expect(rollup.leadsDone == (followUp.endsLead ? 1 : 0))
    #expect(rollup.callbacks == (followUp == .callback ? 1 : 0))
    #expect([.completed, .failed, .cancelled, .suppressed].contains(followUp) == followUp.endsLead)
  }

  @Test func aRollupOfFewerDispositionsGrows() throws {
    var value = try JSONValue(encoding: Rollup())
    guard case .object(var members) = value else { return }
    members["ended"] = [7]
    value = .object(members)
    var old = try value.decode(Rollup.self)
    var call = Samples.call
    call.disposition = .unknown
    old.countEnded(call)
    #expect(old[.answered] == 7 && old[.unknown] == 1)
    var older = try value.decode(Rollup.self)
    older.add(Samples.rollup)
    #expect(older[.answered] == 8 && older[.unknown] == 12)
  }

  @Test func costsBeyond64BitsDoNotTrap() {
    var call = Samples.call
    call.costMicros = .max
    var rollup = Rollup()
    rollup.countEnded(call)
    rollup.countEnded(call)
    var sum = rollup
    sum.add(rollup)
    #expect(rollup[.voicemail] == 2)
    #expect(sum[.voicemail] == 4)
  }
}

@Suite struct LeadCountsTests {
  @Test func everyStatusHasItsOwnCount() {
    var counts = LeadCounts()
    for (index, status) in Lead.Status.allCases.enumerated() { counts[status] = 1 << index }
    for (index, status) in Lead.Status.allCases.enumerated() { #expect(counts[status] == 1 << index) }
    #expect(counts == LeadCounts(waiting: 1, calling: 2, completed: 4, failed: 8, suppressed: 16, cancelled: 32))
    #expect(counts.total == 63)
    #expect(counts.open == 3)
    counts.attempted = 5
    #expect(counts.total == 63)
  }
}
