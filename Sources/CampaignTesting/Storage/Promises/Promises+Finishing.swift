import CampaignKit

extension StorageConformance {
  static let finishing: [Promise] = [
    Promise("a finish closes the call, gives the slots back and moves the lead, once") { bench in
      try await bench.store.setSystemLimit(1)
      let account = try await bench.addAccount(limit: 1)
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2) {
        $0.pacing.maximumConcurrentCalls = 1
      }
      let id = try await bench.claimOne(lease).call
      let start = try await bench.now
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: start), of: id)
      _ = try await bench.store.record(.answered(at: start + .seconds(5), by: .human), of: id)
      try await bench.advance(20)
      let ending = CallEnding(
        .answered, next: .complete, at: start + .seconds(15), duration: .seconds(14), costMicros: 900,
        failure: Call.Failure(code: "1", cause: "none"))
      let (call, isNew) = try await bench.store.finish(id, ending)
      try bench.equal(isNew, true, "whether the first finish is new")
      try bench.equal(call.status, .ended, "the status")
      try bench.equal(call.disposition, .answered, "the disposition")
      try bench.equal(call.endedAt, start + .seconds(15), "the end")
      try bench.equal(call.duration, .seconds(14), "the duration")
      try bench.equal(call.talkTime, .seconds(10), "the talk time")
      try bench.equal(call.costMicros, 900, "the cost")
      try bench.equal(call.failure?.code, "1", "the failure")
      try bench.equal(call.answeredBy, .human, "who answered")
      let lead = try await bench.lead(leads[0])
      try bench.equal(lead.status, .completed, "the status of the lead")
      try bench.equal(lead.lastDisposition, .answered, "the last disposition")
      try bench.equal(lead.liveCall, nil, "the live call")
      let second = try await bench.store.finish(id, CallEnding(.busy, next: bench.retry()))
      try bench.equal(second.isNew, false, "whether the second finish is new")
      try bench.equal(second.call, call, "the call")
      try await bench.equal(bench.lead(leads[0]), lead, "the lead")
      try await bench.equal(bench.store.slots(of: account.id).accountActive, 0, "the slots taken")
      try await bench.expectStop(bench.claim(lease, 1), .satisfied, calls: 1, "when the slots are free")
      try await bench.equal(bench.counts(campaign), LeadCounts(calling: 1, completed: 1, attempted: 2), "the counts")
      try await bench.fails(.notFound, "finishing an unknown call") { try await bench.finish(bench.newID()) }
    },
    Promise("what a finish does not say is the time of the finish, or was known before") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let unanswered = try await bench.claimOne(lease).call
      let answered = try await bench.claimOne(lease).call
      _ = try await bench.store.record(.answered(at: bench.now, by: .machineStart), of: answered)
      try await bench.advance(9)
      let now = try await bench.now
      let first = try await bench.finish(unanswered)
      try bench.equal(first.endedAt, now, "the end")
      try bench.equal(first.talkTime, nil, "the talk time")
      let second = try await bench.finish(answered, .machine)
      try bench.equal(second.talkTime, .seconds(9), "the talk time")
      try bench.equal(second.answeredBy, .machineStart, "who answered")
    },
    Promise("a finish sets what becomes of the lead") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<6)
      let calls = try await bench.claim(lease, 5).calls
      let at = try await bench.now + .seconds(77)
      let steps: [LeadStep] = [
        .complete, .fail, .cancel, .suppress, .retry(at: at, numberIndex: 0, isCallback: true),
      ]
      let statuses: [Lead.Status] = [.completed, .failed, .cancelled, .suppressed, .waiting]
      for (index, step) in steps.enumerated() {
        try await bench.finish(calls[index].call, .noAnswer, next: step)
        try await bench.equal(bench.lead(leads[index]).status, statuses[index], "the status after \(step)")
        try await bench.equal(bench.lead(leads[index]).lastDisposition, .noAnswer, "the last disposition")
      }
      let retried = try await bench.lead(leads[4])
      try bench.equal(retried.nextAttemptAt, at, "the next attempt")
      try bench.equal(retried.isCallback, true, "whether it is a callback")
      try bench.equal(retried.callbacks, 1, "the callbacks")
      try bench.equal(retried.attempts, 1, "the attempts")
    },
    Promise("the next number of a person is called when a finish says so") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) { _ in
      } lead: { lead, _ in
        lead.furtherNumbers = [70, 71].compactMap { try? bench.number($0) }.map { Contact.Number($0) }
      }
      for (index, number) in [0, 70, 71].enumerated() {
        let call = try await bench.claimOne(lease)
        try bench.equal(call.number, try bench.number(number), "the number of attempt \(index + 1)")
        try await bench.equal(bench.call(call.call).to, bench.number(number), "the number that is called")
        if index < 2 {
          try await bench.finish(call.call, next: bench.retry(number: index + 1))
          try await bench.equal(bench.lead(leads[0]).numberIndex, index + 1, "the index of the number")
        }
      }
    },
    Promise("a number that a person does not have is not called") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1)
      let call = try await bench.claimOne(lease)
      try await bench.finish(call.call, next: bench.retry(number: 5))
      try await bench.equal(bench.lead(leads[0]).number, bench.number(0), "the number of the lead")
    },
    Promise("a call that the carrier has had is an attempt, whatever is said of it") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) {
        $0.retries.maximumAttempts = 2
      }
      for attempt in 1...2 {
        let call = try await bench.claimOne(lease)
        let now = try await bench.now
        _ = try await bench.store.record(.placed(carrier: "c", reference: "r\(attempt)", at: now), of: call.call)
        let over = try await bench.finish(call.call, .cancelled, next: bench.retry(), isAttempt: false)
        try bench.equal(over.isAttempt, true, "whether it is an attempt")
        try await bench.equal(bench.lead(leads[0]).attempts, attempt, "the attempts")
        try await bench.advance(10)
      }
      try await bench.equal(bench.lead(leads[0]).status, .failed, "a lead whose attempts are used up")
    },
    Promise("an intent that was never placed is no attempt") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) {
        $0.retries.maximumAttempts = 2
        $0.compliance.rollingLimits = [RollingLimit(name: "r", key: .number, maximum: 2, window: .seconds(9999))]
      }
      let first = try await bench.claimOne(lease)
      let at = try await bench.now
      try await bench.finish(first.call, .busy, next: bench.retry())
      try await bench.advance(10)
      for _ in 0..<3 {
        let call = try await bench.claimOne(lease)
        try bench.equal(call.attempt, 2, "the attempt")
        let over = try await bench.finish(call.call, .cancelled, next: bench.retry(), isAttempt: false)
        try bench.equal(over.isAttempt, false, "whether it is an attempt")
        let lead = try await bench.lead(leads[0])
        try bench.equal(lead.attempts, 1, "the attempts")
        try bench.equal(lead.lastAttemptAt, at, "the last attempt")
        try bench.equal(lead.status, .waiting, "the status")
        try await bench.advance(3600)
      }
      try await bench.equal(bench.store.total(of: .campaign(campaign.id)).created, 1, "the calls in the roll-up")
      try await bench.equal(
        bench.store.quarters(of: .campaign(campaign.id), from: nil, until: nil).count, 1, "the quarters in the roll-up")
      let last = try await bench.claimOne(lease)
      try await bench.finish(last.call, next: bench.retry())
      try await bench.equal(bench.lead(leads[0]).status, .failed, "the status after the last attempt")
    },
    Promise("a lead that is released is as it was before its call") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<1) {
        $0.retries.maximumAttempts = 9
      } lead: { lead, _ in
        lead.furtherNumbers = [70].compactMap { try? bench.number($0) }.map { Contact.Number($0) }
      }
      for isCallback in [false, true] {
        let first = try await bench.claimOne(lease)
        try await bench.finish(first.call, next: bench.retry(number: 1, isCallback: isCallback))
        let before = try await bench.lead(leads[0])
        for _ in 0..<2 {
          let withheld = try await bench.claimOne(lease)
          let due = try await bench.now + .seconds(60)
          let over = try await bench.finish(withheld.call, .cancelled, next: .release(at: due), isAttempt: false)
          try bench.equal(over.followUp, .retry, "what became of the lead")
          let after = try await bench.lead(leads[0])
          try bench.equal(after.status, .waiting, "the status")
          try bench.equal(after.nextAttemptAt, due, "when it is due")
          try bench.equal(after.numberIndex, 1, "the index of the number")
          try bench.equal(after.isCallback, isCallback, "whether it is a callback")
          try bench.equal(after.callbacks, before.callbacks, "the callbacks")
          try bench.equal(after.attempts, before.attempts, "the attempts")
          try await bench.advance(60)
        }
      }
    },
    Promise("a call that many finish at once ends once") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30)
      let store = bench.store
      for call in try await bench.claim(lease, 20).calls {
        let wins = await withTaskGroup(of: Int.self) { group in
          for index in 0..<8 {
            group.addTask {
              let ending = CallEnding(index.isMultiple(of: 2) ? .busy : .noAnswer, next: .fail)
              return (try? await store.finish(call.call, ending))?.isNew == true ? 1 : 0
            }
          }
          return await group.reduce(0, +)
        }
        try bench.equal(wins, 1, "the finishes that ended a call")
      }
      try await bench.equal(store.total(of: .account(account.id)).endedCalls, 20, "the calls that ended")
    },
  ]
}
