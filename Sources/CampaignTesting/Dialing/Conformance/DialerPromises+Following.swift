import CampaignKit

extension DialerConformance {
  // MARK: Heard

  static let heard = [
    Promise("it is told that a call was answered, and that it is over") { bench in
      let order = bench.order(to: .answers)
      let reference = try await bench.dialer.place(order)
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "the end of the call was never told")
      try bench.expect(bench.isAnswered(order, reference), "it was never told that the call was answered")
      let outcome = bench.end(of: order, reference)
      try bench.expect(outcome == .completed, "a call that was answered ended as \(outcome?.rawValue ?? "nothing")")
    },
    Promise("it is told that a line was busy") { bench in
      let order = bench.order(to: .busy)
      let reference = try await bench.dialer.place(order)
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "the end of the call was never told")
      let outcome = bench.end(of: order, reference)
      try bench.expect(outcome == .busy, "a call to a busy line ended as \(outcome?.rawValue ?? "nothing")")
      try bench.expect(!bench.isAnswered(order, reference), "it was told that a busy line answered")
    },
    Promise("it is told that nobody answered") { bench in
      let order = bench.order(to: .rings)
      let reference = try await bench.dialer.place(order)
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "a telephone rang for three times as long as it was to")
      let outcome = bench.end(of: order, reference)
      try bench.expect(
        outcome == .noAnswer, "a call that nobody answered ended as \(outcome?.rawValue ?? "nothing")")
    },
  ]

  // MARK: Hanging up

  static let hangingUp = [
    Promise("a call that goes on is hung up, and hanging up once more is no error") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      let isAnswered = await bench.becomesTrue { bench.isAnswered(order, reference) }
      try bench.expect(isAnswered, "it was never told that the call was answered")
      try await bench.dialer.hangUp(bench.reference(order, reference))
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "the call went on after it was hung up")
      try await bench.dialer.hangUp(bench.reference(order, reference))
    },
    Promise("a call that is hung up after a message ends by itself, or there is an error") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      let isAnswered = await bench.becomesTrue { bench.isAnswered(order, reference) }
      try bench.expect(isAnswered, "it was never told that the call was answered")
      let message = "https://example.com/message.mp3"
      do throws(DialerError) {
        try await bench.dialer.hangUp(bench.reference(order, reference), after: message)
      } catch { return }
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "the call went on for a minute after it was to be hung up after a message")
      let outcome = bench.end(of: order, reference)
      try bench.expect(outcome == .completed, "a call that was answered ended as \(outcome?.rawValue ?? "nothing")")
    },
    Promise("a call that rings is hung up") { bench in
      let order = bench.order(to: .rings)
      let reference = try await bench.dialer.place(order)
      try await bench.dialer.hangUp(bench.reference(order, reference))
      let isOver = await bench.becomesTrue(within: .seconds(15)) { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "the call rang on after it was hung up")
      let outcome = bench.end(of: order, reference)
      try bench.expect(outcome == .cancelled, "a call that was given up ended as \(outcome?.rawValue ?? "nothing")")
    },
    Promise("a call that is hung up by our name alone ends, or there is an error") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      do throws(DialerError) { try await bench.dialer.hangUp(bench.reference(order, nil)) } catch { return }
      let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
      try bench.expect(isOver, "it was said that the call was hung up, and it goes on")
    },
    Promise("hanging up what was never placed ends no other call") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      let isAnswered = await bench.becomesTrue { bench.isAnswered(order, reference) }
      try bench.expect(isAnswered, "it was never told that the call was answered")
      let other = bench.order(to: .talks)
      do throws(DialerError) { try await bench.dialer.hangUp(bench.reference(other, nil)) } catch {}
      await bench.clock.wait(for: .seconds(1))
      try bench.expect(bench.end(of: order, reference) == nil, "another call was hung up")
    },
  ]

  // MARK: Looking up

  static let lookingUp = [
    Promise("a call that goes on is found") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      let events = try await bench.found(order, reference)
      let isOver = events.contains { $0.kind.outcome != nil }
      try bench.expect(!isOver, "a call that goes on was found to be over")
    },
    Promise("a call that is over is found as it ended") { bench in
      for (callee, outcome) in [(DialerUnderTest.Callee.answers, CallEnd.Outcome.completed), (.busy, .busy)] {
        let order = bench.order(to: callee)
        let reference = try await bench.dialer.place(order)
        let isOver = await bench.becomesTrue { bench.end(of: order, reference) != nil }
        try bench.expect(isOver, "the end of the call was never told")
        let events = try await bench.found(order, reference)
        let ends = events.compactMap(\.kind.outcome)
        try bench.expect(
          ends == [outcome], "a call that ended as \(outcome) was found to have ended as \(ends)")
      }
    },
    Promise("what was never placed is not found") { bench in
      var order = bench.order(to: .talks)
      order.createdAt = order.createdAt - .seconds(3600)
      let findings = try await bench.dialer.lookUp(bench.reference(order, nil))
      if case .found = findings { throw bench.failure("a call was found that was never placed") }
    },
    Promise("another call to the same number is not taken for one that was never placed") { bench in
      let order = bench.order(to: .talks)
      _ = try await bench.dialer.place(order)
      var other = bench.order(to: .talks)
      other.to = order.to
      let findings = try await bench.dialer.lookUp(bench.reference(other, nil))
      if case .found = findings { throw bench.failure("a call was taken for another one") }
    },
    Promise("a call whose answer was lost is never said to be absent", needs: [.lostAfter]) { bench in
      let order = bench.order(to: .talks)
      await bench.set(.lostAfter)
      let reference = try? await bench.place(order).get()
      await bench.set(nil)
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 1, "the carrier took the order, and has \(calls) calls")
      let end = bench.clock.now() + bench.tested.settling
      while bench.clock.now() < end {
        let findings = try? await bench.dialer.lookUp(bench.reference(order, reference))
        try bench.expect(findings != .absent, "it was said that there is no call, and there is")
        if case .found = findings { return }
        await bench.clock.wait(for: bench.tested.settling / 20)
      }
    },
    Promise("an order that was lost is never found", needs: [.lostBefore]) { bench in
      let order = bench.order(to: .talks)
      await bench.set(.lostBefore)
      _ = await bench.place(order)
      await bench.set(nil)
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 0, "the order was lost, and the carrier has \(calls) calls")
      let end = bench.clock.now() + bench.tested.settling
      while bench.clock.now() < end {
        let findings = try? await bench.dialer.lookUp(bench.reference(order, nil))
        if case .found = findings { throw bench.failure("a call was found that was never placed") }
        if findings == .absent { return }
        await bench.clock.wait(for: bench.tested.settling / 20)
      }
    },
  ]
}

extension DialerBench {
  /// What a look-up of a call finds, now or before long.
  func found(_ order: CallOrder, _ reference: String, file: String = #fileID, line: Int = #line) async throws
    -> [CallEvent]
  {
    let end = clock.now() + tested.settling
    while true {
      switch try? await dialer.lookUp(self.reference(order, reference)) {
      case .found(let events): return events
      case .absent: throw failure("it was said that there is no call, and there is", file: file, line: line)
      case .unknown, nil: break
      }
      guard clock.now() < end else { throw failure("a call is not found by its name", file: file, line: line) }
      await clock.wait(for: tested.settling / 20)
    }
  }
}
