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
