import CampaignKit

extension DialerConformance {
  // MARK: Once

  static let once = [
    Promise("an order is one call, and the call has a name") { bench in
      let order = bench.order(to: .talks)
      let reference = try await bench.dialer.place(order)
      try bench.expect(!reference.isEmpty, "the name of the call is empty")
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 1, "an order that was placed is \(calls) calls")
    },
    Promise("an order that is placed twice is one call") { bench in
      let order = bench.order(to: .talks)
      let first = try await bench.dialer.place(order)
      switch await bench.place(order) {
      case .success(let second): try bench.expect(second == first, "the call has the names \(first) and \(second)")
      case .failure(let error):
        try bench.expect(!error.isCertain, "it was said of a call that there is none: \(error)")
      }
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 1, "the order is \(calls) calls")
    },
    Promise("an order that is placed twice at the same time is one call") { bench in
      let order = bench.order(to: .talks)
      async let one = bench.place(order)
      async let other = bench.place(order)
      for case .failure(let error) in await [one, other] {
        try bench.expect(!error.isCertain, "it was said of a call that there is none: \(error)")
      }
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 1, "the order is \(calls) calls")
    },
    Promise("orders that are placed together are one call each") { bench in
      let orders = (0..<20).map { _ in bench.order(to: .talks) }
      let references = try await withThrowingTaskGroup(of: String.self) { group in
        for order in orders { group.addTask { try await bench.dialer.place(order) } }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      try bench.expect(references.count == orders.count, "\(orders.count) calls have \(references.count) names")
      for order in orders {
        let calls = await bench.calls(of: order)
        try bench.expect(calls == 1, "one of the orders is \(calls) calls")
      }
    },
    Promise("an order whose answer was lost is not placed again", needs: [.lostAfter]) { bench in
      let order = bench.order(to: .talks)
      await bench.set(.lostAfter)
      _ = await bench.place(order)
      await bench.set(nil)
      _ = await bench.place(order)
      let calls = await bench.calls(of: order)
      try bench.expect(calls == 1, "the order is \(calls) calls")
    },
  ]

  // MARK: Honest

  static let honest = DialerUnderTest.Fault.allCases.map { fault in
    Promise("what is certain is true, when orders are \(fault.words)", needs: [fault]) { bench in
      await bench.set(fault)
      let order = bench.order(to: .talks, placeBy: .seconds(5))
      let result = await bench.place(order)
      await bench.set(nil)
      // A call that comes late counts as well.
      await bench.clock.wait(for: .seconds(5))
      let calls = await bench.calls(of: order)
      switch result {
      case .success: try bench.expect(calls == 1, "an order that was placed is \(calls) calls")
      case .failure(let error) where error.isCertain:
        try bench.expect(calls == 0, "it was said for certain that there is no call, and there is: \(error)")
      case .failure: try bench.expect(calls <= 1, "the order is \(calls) calls")
      }
    }
  }

  // MARK: In time

  static let inTime = [
    Promise("nothing is sent when the time of an order is over") { bench in
      let order = bench.order(to: .talks, placeBy: .milliseconds(-1))
      switch await bench.place(order) {
      case .success: throw bench.failure("an order was placed after its time")
      case .failure(let error):
        try bench.expect(error.isCertain, "it is not known whether an order was placed after its time: \(error)")
      }
      let arrivals = await bench.tested.arrivals(order.id)
      try bench.expect(arrivals.isEmpty, "an order was sent after its time")
    },
    Promise("nothing is tried again after the time of an order", needs: [.throttled]) { bench in
      await bench.set(.throttled)
      let order = bench.order(to: .talks, placeBy: .seconds(3))
      _ = await bench.place(order)
      await bench.clock.wait(for: .seconds(5))
      for arrival in await bench.tested.arrivals(order.id) {
        let late = arrival.at - order.placeBy
        try bench.expect(late <= bench.tested.travel, "an order was sent \(late) after its time")
      }
    },
  ]
}

extension DialerUnderTest.Fault {
  fileprivate var words: String {
    switch self {
    case .refused: "refused"
    case .throttled: "too fast"
    case .lostBefore: "lost before the carrier has them"
    case .lostAfter: "taken and not answered"
    }
  }
}
