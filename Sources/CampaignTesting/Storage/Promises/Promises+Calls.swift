import CampaignKit

extension StorageConformance {
  static let calls: [Promise] = [
    Promise("news moves a call forwards, and once") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      func record(_ news: CallNews, _ isNew: Bool, _ what: String) async throws -> Call {
        let (call, seen) = try await bench.store.record(news, of: id)
        try bench.equal(seen, isNew, "whether \(what) is new")
        try await bench.equal(bench.call(id), call, "the call after \(what)")
        return call
      }
      let start = try await bench.now
      try await bench.advance(10)
      let placed = CallNews.placed(carrier: "tel", reference: "r-1", at: start + .seconds(1))
      var call = try await record(placed, true, "placing")
      try bench.equal(call.status, .placed, "the status")
      try bench.equal(call.placedAt, start + .seconds(1), "the time of placing")
      try await bench.equal(bench.store.call(carrier: "tel", reference: "r-1")?.id, id, "the call of that reference")
      try await bench.equal(bench.store.call(carrier: "other", reference: "r-1"), nil, "a call of another carrier")
      _ = try await record(placed, false, "placing again")
      _ = try await record(.ringing(at: start + .seconds(2)), true, "ringing")
      _ = try await record(.ringing(at: start + .seconds(3)), false, "ringing again")
      call = try await record(.answered(at: start + .seconds(4), by: .human), true, "an answer")
      try bench.equal(call.status, .answered, "the status")
      try bench.equal(call.answeredBy, .human, "who answered")
      _ = try await record(.answered(at: start + .seconds(5), by: .human), false, "an answer again")
      _ = try await record(placed, false, "placing, late,")
      call = try await record(.conference("room"), true, "a conference")
      try bench.equal(call.conference, "room", "the conference")
      call = try await record(.detected(.machineEndBeep), true, "a detection")
      try bench.equal(call.answeredBy, .machineEndBeep, "who answered")
      _ = try await record(.detected(.machineEndBeep), false, "a detection again")
      call = try await record(.messageLeft(at: start + .seconds(5)), true, "a message")
      try bench.equal(call.messageLeftAt, start + .seconds(5), "the time of the message")
      _ = try await record(.messageLeft(at: start + .seconds(6)), false, "a message again")
      let agreements: [(Int?, Bool, Int?)] = [
        (nil, true, nil), (9, true, 9), (nil, false, 9), (10, false, 9), (8, true, 8),
      ]
      for (agreed, isNew, at) in agreements {
        func moment(_ seconds: Int?) -> Timestamp? { seconds.map { start + .seconds($0 * 1000) } }
        call = try await record(.callbackAgreed(moment(agreed)), isNew, "a callback")
        try bench.equal(call.agreedCallback, Call.AgreedCallback(at: moment(at)), "the callback that was agreed")
      }
      try bench.equal(call.ringingAt, start + .seconds(2), "the time of ringing")
      try bench.equal(call.answeredAt, start + .seconds(4), "the time of the answer")
      try await bench.fails(.notFound, "news of an unknown call") {
        try await bench.store.record(.detected(.human), of: bench.newID())
      }
    },
    Promise("news may come in any order, and twice") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<30)
      let status: [Call.Status] = [.placed, .ringing, .answered]
      for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let id = try await bench.claimOne(lease).call
        let start = try await bench.now
        try await bench.advance(10)
        let news: [CallNews] = [
          .placed(carrier: "tel", reference: "\(id)", at: start + .seconds(1)), .ringing(at: start + .seconds(2)),
          .answered(at: start + .seconds(3), by: .human),
        ]
        var furthest = Call.Status.intended
        for index in order.flatMap({ [$0, $0] }) {
          let before = furthest
          let all = Call.Status.allCases
          if (all.firstIndex(of: status[index]) ?? 0) > (all.firstIndex(of: furthest) ?? 0) { furthest = status[index] }
          let (call, isNew) = try await bench.store.record(news[index], of: id)
          try bench.equal(call.status, furthest, "the status in the order \(order)")
          if furthest != before { try bench.expect(isNew, "news that moves a call is new") }
        }
        let call = try await bench.call(id)
        try bench.equal(call.answeredAt, start + .seconds(3), "the answer in the order \(order)")
        try bench.equal(call.ringingAt, start + .seconds(2), "the ringing in the order \(order)")
        try bench.equal(call.carrierReference, "\(id)", "the reference in the order \(order)")
        try bench.equal(call.placedAt, start + .seconds(1), "the placing in the order \(order)")
        try bench.equal(call.answeredBy, .human, "who answered in the order \(order)")
        try await bench.equal(
          bench.store.call(carrier: "tel", reference: "\(id)")?.id, id, "the call of that reference")
        try await bench.finish(id)
      }
    },
    Promise("live calls outside campaigns are found among all others") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<3)
      _ = try await bench.claim(lease, 3)
      var singles: [Call] = []
      for (index, owner) in [account, other, account].enumerated() {
        singles.append(try await bench.store.begin(SingleCall(account: owner.id, to: bench.number(index + 100))))
        try await bench.advance(1)
      }
      try await bench.equal(bench.store.liveSingleCalls(limit: 10), singles, "the calls")
      try await bench.equal(bench.store.liveSingleCalls(limit: 2), Array(singles.prefix(2)), "the oldest calls")
      try await bench.finish(singles[1].id)
      let left = [singles[0], singles[2]]
      try await bench.equal(bench.store.liveSingleCalls(limit: 10), left, "the calls, after an end")
    },
    Promise("many updates come to the same as one after the other") { bench in
      let account = try await bench.addAccount()
      let (campaign, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<3)
      let calls = try await bench.claim(lease, 3).calls.map(\.call)
      guard calls.count == 3 else { throw bench.failure("a claim should give three calls") }
      let start = try await bench.now
      try await bench.advance(10)
      let placed = CallNews.placed(carrier: "tel", reference: "r-1", at: start + .seconds(1))
      let unknown = try await bench.newID(Call.self)
      let results = try await bench.store.update([
        CallUpdate(calls[0], news: [placed, .ringing(at: start + .seconds(2))]),
        CallUpdate(unknown, news: [.detected(.human)]),
        CallUpdate(
          calls[1], news: [.answered(at: start + .seconds(3), by: .human)],
          ending: CallEnding(.answered, next: .complete)),
        CallUpdate(calls[0], news: [.answered(at: start + .seconds(4), by: nil)]),
        CallUpdate(calls[2], ending: CallEnding(.busy, next: .fail)),
        CallUpdate(calls[2], ending: CallEnding(.answered, next: .complete)),
        CallUpdate(calls[0]),
      ])
      let codes = results.map { result -> String in
        switch result {
        case .success(let status): status.rawValue
        case .failure(let error): "\(error.code)"
        }
      }
      try bench.equal(
        codes, ["ringing", "notFound", "ended", "answered", "ended", "ended", "invalid"], "what came of each")
      let first = try await bench.call(calls[0])
      try bench.equal(first.carrierReference, "r-1", "the reference")
      try bench.equal(first.ringingAt, start + .seconds(2), "the time of ringing")
      try bench.equal(first.answeredAt, start + .seconds(4), "the time of the answer")
      let second = try await bench.call(calls[1])
      try bench.equal(second.disposition, .answered, "how the second ended")
      try bench.equal(second.answeredBy, .human, "who answered it")
      try await bench.equal(bench.call(calls[2]).disposition, .busy, "how the third ended, which is told twice")
      try await bench.equal(bench.store.leadCounts(of: campaign.id)?.open, 1, "the open leads")
    },
    Promise("a call that is over takes only what may come late") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      let over = try await bench.finish(id, .answered)
      let now = try await bench.now
      for news in [
        CallNews.ringing(at: now + .seconds(1)), .answered(at: now, by: .human), .detected(.machineStart),
        .conference("room"), .messageLeft(at: now), .callbackAgreed(now),
      ] {
        let (call, isNew) = try await bench.store.record(news, of: id)
        try bench.equal(isNew, false, "whether \(news) is new")
        try bench.equal(call, over, "the call")
      }
      let recording = Call.Recording(url: "https://example.com/r", duration: .seconds(3))
      try await bench.equal(bench.store.record(.recording(recording), of: id).isNew, true, "whether a recording is new")
      try await bench.equal(bench.store.record(.recording(recording), of: id).isNew, false, "whether it is new again")
      try await bench.equal(bench.store.record(.cost(micros: 500), of: id).isNew, true, "whether a cost is new")
      try await bench.equal(bench.store.record(.cost(micros: 500), of: id).isNew, false, "whether it is new again")
      try await bench.equal(bench.store.record(.cost(micros: 700), of: id).isNew, true, "whether another cost is new")
      try await bench.equal(bench.store.record(.ringing(at: now), of: id).isNew, true, "whether a ringing is new")
      try await bench.equal(bench.store.record(.ringing(at: now), of: id).isNew, false, "whether it is new again")
      let placed = CallNews.placed(carrier: "tel", reference: "late", at: now)
      _ = try await bench.store.record(placed, of: id)
      let call = try await bench.call(id)
      try bench.equal(call.recording, recording, "the recording")
      try bench.equal(call.ringingAt, now, "the time of ringing")
      try bench.equal(call.costMicros, 700, "the cost")
      try bench.equal(call.status, .ended, "the status")
      try bench.equal(call.carrierReference, "late", "the reference")
      try await bench.equal(bench.store.call(carrier: "tel", reference: "late")?.id, id, "the call of that reference")
      try await bench.equal(bench.store.total(of: .account(account.id)).costMicros, 700, "the cost in the roll-up")
    },
    Promise("no moment of a call lies before its creation") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      let now = try await bench.now
      let early = now - .seconds(30)
      _ = try await bench.store.record(.placed(carrier: "t", reference: "r", at: early), of: id)
      _ = try await bench.store.record(.ringing(at: early), of: id)
      _ = try await bench.store.record(.answered(at: early, by: nil), of: id)
      let (call, _) = try await bench.store.finish(id, CallEnding(.answered, next: .complete, at: early))
      try bench.equal(
        [call.placedAt, call.ringingAt, call.answeredAt, call.endedAt], [now, now, now, now], "the moments")
    },
    Promise("a call is annotated at any time") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account)
      let id = try await bench.claimOne(lease).call
      try await bench.equal(
        bench.store.annotate(id, notes: "n", metadata: nil).notes, "n", "the notes")
      try await bench.finish(id)
      let call = try await bench.store.annotate(id, notes: nil, metadata: ["k": 1])
      try bench.equal(call.notes, "n", "the notes")
      try bench.equal(call.metadata, ["k": 1], "the metadata")
      try await bench.equal(bench.call(id), call, "the call")
      try await bench.fails(.notFound, "annotating an unknown call") {
        try await bench.store.annotate(bench.newID(), notes: "n", metadata: nil)
      }
    },
  ]
}
