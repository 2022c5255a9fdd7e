import CampaignKit

extension StorageConformance {
  static let suppressions: [Promise] = [
    Promise("numbers are put on the do-not-call list and taken off it") { bench in
      let account = try await bench.addAccount()
      let other = try await bench.addAccount()
      let number = try bench.number(1)
      let prefix = Suppression.Pattern.prefix(try bench.exists(PhonePrefix(digits: number.digits / 1000), "a prefix"))
      func entry(_ who: Account) async throws -> Suppression? {
        try await bench.store.suppression(of: number, for: who.id)
      }
      try await bench.equal(entry(account), nil, "the entry before")
      _ = try await bench.suppress(.number(number), of: account)
      try await bench.equal(entry(account)?.pattern, .number(number), "the entry")
      try await bench.equal(entry(other), nil, "the entry of another account")
      _ = try await bench.suppress(prefix, of: nil)
      try await bench.equal(entry(other)?.pattern, prefix, "the entry for all accounts")
      try await bench.equal(bench.store.unsuppress([.number(number)], of: nil), 0, "the entries for all that go")
      try await bench.equal(
        bench.store.unsuppress([.number(number), prefix], of: account.id), 1, "the entries that go")
      try await bench.equal(entry(account)?.pattern, prefix, "the entry that is left")
      try await bench.equal(bench.store.unsuppress([prefix], of: nil), 1, "the entries for all that go")
      try await bench.equal(entry(account), nil, "the entry after")
    },
    Promise("a second entry for the same numbers takes the place of the first") { bench in
      let account = try await bench.addAccount()
      let number = try bench.number(1)
      let end = try await bench.now + .seconds(10)
      _ = try await bench.suppress(.number(number), of: account)
      _ = try await bench.suppress(.number(number), of: account, expiresAt: end)
      let page = try await bench.store.suppressions(of: account.id, page: PageRequest(countsTotal: true))
      try bench.equal(page.elements.map(\.expiresAt), [end], "the ends of the entries")
      try bench.equal(page.total, 1, "the number of entries")
      try await bench.advance(10)
      try await bench.equal(bench.store.suppression(of: number, for: account.id), nil, "the entry that holds")
    },
    Promise("the entry for exactly some numbers is told, whether or not it has ended") { bench in
      let account = try await bench.addAccount()
      let number = Suppression.Pattern.number(try bench.number(1))
      let prefix = Suppression.Pattern.prefix(
        try bench.exists(PhonePrefix(digits: try bench.number(1).digits / 1000), "a prefix"))
      let end = try await bench.now + .seconds(10)
      _ = try await bench.suppress(number, of: account, expiresAt: end)
      _ = try await bench.suppress(prefix, of: nil)
      try await bench.advance(10)
      let sought = [number, prefix, .number(try bench.number(2))]
      let own = try await bench.store.suppressions(for: sought, of: account.id)
      try bench.equal(own.mapValues(\.expiresAt), [number: end], "the account's entries")
      let all = try await bench.store.suppressions(for: sought, of: nil)
      try bench.equal(Array(all.keys), [prefix], "the entries for all")
      try bench.equal(all[prefix]?.account, nil, "for whom")
    },
    Promise("of several entries for a number the narrowest holds") { bench in
      let account = try await bench.addAccount()
      let number = try bench.number(1)
      func prefix(_ length: Int) throws -> Suppression.Pattern {
        var digits = number.digits
        while String(digits).count > length { digits /= 10 }
        return .prefix(try bench.exists(PhonePrefix(digits: digits), "a prefix"))
      }
      // From the widest to the narrowest, each of which takes the place of those before it.
      let entries: [(Suppression.Pattern, Account?)] = [
        (try prefix(1), nil), (try prefix(1), account), (try prefix(4), nil), (try prefix(4), account),
        (try prefix(5), nil), (.number(number), nil), (.number(number), account),
      ]
      for (pattern, owner) in entries {
        _ = try await bench.suppress(pattern, of: owner)
        let entry = try await bench.store.suppression(of: number, for: account.id)
        try bench.equal(entry?.pattern, pattern, "the pattern")
        try bench.equal(entry?.account, owner?.id, "for whom")
      }
    },
    Promise("a list of many numbers is added, read in order and taken off") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      // In an order that is not that of the numbers, some with many digits and some with few.
      let count: UInt64 = 3000
      let patterns = try (0..<count).map { index in
        let digits = (index * 1_877) % count
        return Suppression.Pattern.number(
          try bench.exists(
            PhoneNumber(digits: digits % 3 == 0 ? 1_000 + digits : 440_000_000_000 + digits), "a number"))
      }
      let entries = patterns.enumerated().map { index, pattern in
        Suppression(
          pattern, account: account.id, source: index < 2500 ? "list" : "person \(index)",
          reason: index.isMultiple(of: 500) ? "asked" : nil, addedAt: now + .seconds(Double(index % 4)),
          expiresAt: index % 10 == 0 ? now + .seconds(1000) : nil)
      }
      let prefix = Suppression(
        .prefix(try bench.exists(PhonePrefix(digits: 44), "a prefix")), account: account.id, source: "p", addedAt: now)
      try await bench.equal(bench.store.suppress(entries + [prefix]), [], "the calls that are live")
      let sorted = (entries + [prefix]).sorted { $0.pattern.description < $1.pattern.description }
      var read: [Suppression] = []
      var request = PageRequest(limit: 700, countsTotal: true)
      while true {
        let page = try await bench.store.suppressions(of: account.id, page: request)
        try bench.equal(page.total, sorted.count, "the number of entries")
        read += page.elements
        guard let next = page.next else { break }
        request = PageRequest(limit: 700, start: .cursor(next), countsTotal: true)
      }
      try bench.expect(read == sorted, "the pages hold every entry as it was added, in the order of the patterns")
      for offset in [0, 1, 999, 2999, 3000, 3001] {
        let page = try await bench.store.suppressions(
          of: account.id, page: PageRequest(limit: 2, start: .offset(offset)))
        try bench.equal(page.elements, Array(sorted.dropFirst(offset).prefix(2)), "the entries from \(offset)")
      }
      let gone = patterns.enumerated().filter { $0.offset % 4 != 0 }.map(\.element)
      try await bench.equal(bench.store.unsuppress(gone, of: account.id), gone.count, "the entries that go")
      let left = sorted.filter { !Set(gone).contains($0.pattern) }
      let page = try await bench.store.suppressions(of: account.id, page: PageRequest(limit: 5000))
      try bench.expect(page.elements == left, "the entries that are left are as they were added")
      for index in stride(from: 0, to: entries.count, by: 97) {
        guard case .number(let number) = patterns[index] else { continue }
        let holds = index % 4 == 0 ? entries[index] : number.digits < 10_000 ? nil : prefix
        try await bench.equal(bench.store.suppression(of: number, for: account.id), holds, "the entry of a number")
      }
    },
    Promise("waiting leads are suppressed with their number, and others with the end of their call") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<4)
      let second = try await bench.activeCampaign(in: account, leads: 2..<4)
      let other = try await bench.addAccount()
      let foreign = try await bench.activeCampaign(in: other, leads: 0..<4)
      let call = try await bench.claimOne(lease).call
      let foreignCall = try await bench.claimOne(foreign.lease).call
      let live = try await bench.store.suppress(
        [0, 2].map {
          Suppression(.number(try bench.number($0)), account: account.id, source: "test", addedAt: .distantPast)
        })
      try bench.equal(live, [call], "the calls that are live")
      try await bench.equal(bench.lead(leads[0]).status, .calling, "the lead with a call")
      try await bench.equal(bench.lead(leads[2]).status, .suppressed, "the lead that waits")
      try await bench.equal(bench.lead(second.leads[0]).status, .suppressed, "the lead in another campaign")
      try await bench.equal(bench.lead(leads[1]).status, .waiting, "a lead on another number")
      try await bench.equal(bench.lead(foreign.leads[2]).status, .waiting, "a lead of another account")
      try await bench.finish(call, next: bench.retry())
      try await bench.equal(bench.lead(leads[0]).status, .suppressed, "the lead after its call")
      try await bench.finish(foreignCall, next: bench.retry())
      try await bench.equal(bench.lead(foreign.leads[0]).status, .waiting, "the lead of another account after its call")
      let global = try await bench.suppress(.number(try bench.number(3)), of: nil)
      try bench.equal(global, [], "the calls that are live")
      for lead in [leads[3], second.leads[1], foreign.leads[3]] {
        try await bench.equal(bench.lead(lead).status, .suppressed, "a lead on a number that nobody may call")
      }
      _ = try await bench.store.unsuppress([.number(bench.number(3))], of: nil)
      try await bench.equal(bench.lead(leads[3]).status, .suppressed, "the lead after its number was taken off")
    },
    Promise("a lead whose number is put on the list during its call ends suppressed, whatever came of it") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<5)
      let calls = try await bench.claim(lease, 5).calls.map(\.call)
      for index in 0..<4 { _ = try await bench.suppress(.number(try bench.number(index)), of: account) }
      _ = try await bench.store.end(leads[4], on: .suppress)
      let steps = [.complete, .fail, .cancel, try await bench.retry(), .complete] as [LeadStep]
      for (call, next) in zip(calls, steps) {
        try await bench.finish(call, next: next)
      }
      for lead in leads { try await bench.equal(bench.lead(lead).status, .suppressed, "the lead after its call") }
    },
    Promise("calls that are live on a prefix are told, and its leads follow at their claim") { bench in
      let account = try await bench.addAccount()
      let (_, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<2)
      let call = try await bench.claimOne(lease).call
      let prefix = try bench.exists(PhonePrefix(digits: try bench.number(0).digits / 100), "a prefix")
      try await bench.equal(bench.suppress(.prefix(prefix), of: account), [call], "the calls that are live")
      try await bench.finish(call, next: bench.retry())
      try await bench.equal(bench.claim(lease, 5).calls.count, 0, "the calls")
      for lead in leads { try await bench.equal(bench.lead(lead).status, .suppressed, "the status") }
    },
  ]
}
