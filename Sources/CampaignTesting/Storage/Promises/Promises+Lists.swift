import CampaignKit

extension StorageConformance {
  static let pages: [Promise] = [
    Promise("pages by offset and by cursor give every element once, in order") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let leads = try await bench.addLeads(0..<23, to: campaign)
      let query = LeadQuery(.campaign(campaign.id))
      for limit in [1, 7, 23, 50] {
        let byCursor = try await bench.everything("leads", limit: limit) {
          let page = try await bench.store.leads(query, page: $0)
          try bench.equal(page.total, 23, "the total")
          return page
        }
        try bench.equal(byCursor.map(\.id), leads, "the leads by cursor, \(limit) at a time,")
        var byOffset: [Lead.ID] = []
        while true {
          let page = try await bench.store.leads(query, page: PageRequest(limit: limit, start: .offset(byOffset.count)))
          byOffset += page.elements.map(\.id)
          if page.elements.count < limit || page.next == nil { break }
        }
        try bench.equal(byOffset, leads, "the leads by offset, \(limit) at a time,")
      }
      let beyond = try await bench.store.leads(query, page: PageRequest(start: .offset(23)))
      try bench.equal(beyond.elements.count, 0, "the leads beyond the end")
      try bench.equal(beyond.next, nil, "the page after the end")
      try bench.equal(beyond.total, nil, "a total that was not asked for")
    },
    Promise("elements that come and go between pages neither repeat nor hide others") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let leads = try await bench.addLeads(0..<30, to: campaign)
      for isDescending in [false, true] {
        let query = LeadQuery(.campaign(campaign.id), isDescending: isDescending)
        var seen: [Lead.ID] = []
        var request = PageRequest(limit: 4)
        var round = 0
        var gone: Set<Lead.ID> = []
        while true {
          let page = try await bench.store.leads(query, page: request)
          seen += page.elements.map(\.id)
          guard let next = page.next else { break }
          request.start = .cursor(next)
          round += 1
          // The last one that was read goes, and so does one that is still to come; one more comes.
          if let last = page.elements.last?.id, round.isMultiple(of: 2) {
            try await bench.store.delete(last)
            gone.insert(last)
          }
          try await bench.addLeads(
            (100 * (isDescending ? 2 : 1) + round)..<(100 * (isDescending ? 2 : 1) + round + 1), to: campaign)
        }
        try bench.equal(Set(seen).count, seen.count, "the leads, each read once")
        let left = try await bench.allLeads(of: campaign.id).map(\.id).filter { leads.contains($0) }
        try bench.expect(Set(left).isSubset(of: seen), "no lead that stayed is hidden")
        try bench.equal(seen, isDescending ? seen.sorted(by: >) : seen.sorted(), "the order")
      }
    },
    Promise("campaigns are filtered, searched and sorted") { bench in
      let account = try await bench.addAccount()
      var made: [Campaign] = []
      for index in 0..<8 {
        try await bench.advance(1)
        made.append(
          try await bench.addCampaign(in: account) {
            $0.name = ["Beta", "alpha", "Gamma", "delta"][index % 4] + " \(index)"
            $0.description = index == 5 ? "A Winter sale" : nil
            $0.pacing.maximumConcurrentCalls = [5, 1, 9, 3][index % 4]
          })
      }
      for index in [1, 4] { _ = try await bench.store.transition(made[index].id, on: .schedule, reason: nil) }
      @inline(never)
      func list(
        _ sort: CampaignQuery.Sort = .createdAt, _ isDescending: Bool = false, statuses: Set<Campaign.Status> = [],
        search: String? = nil
      ) async throws -> [Campaign] {
        let query = CampaignQuery(
          account: account.id, statuses: statuses, search: search, sort: sort, isDescending: isDescending)
        return try await bench.everything("campaigns", limit: 3) { try await bench.store.campaigns(query, page: $0) }
      }
      let ids = made.map(\.id)
      try await bench.equal(list().map(\.id), ids, "the campaigns by creation")
      try await bench.equal(list(.createdAt, true).map(\.id), ids.reversed(), "the campaigns, newest first")
      try await bench.equal(Set(list(statuses: [.scheduled]).map(\.id)), [ids[1], ids[4]], "the scheduled campaigns")
      try await bench.equal(Set(list(search: "ALPHA").map(\.id)), [ids[1], ids[5]], "the campaigns with that name")
      try await bench.equal(list(search: "winter").map(\.id), [ids[5]], "the campaigns with that description")
      try await bench.equal(list(search: "nothing").count, 0, "the campaigns with no such name")
      for isDescending in [false, true] {
        let limits = try await list(.maximumConcurrentCalls, isDescending).map { $0.pacing.maximumConcurrentCalls ?? 0 }
        try bench.equal(limits, isDescending ? limits.sorted(by: >) : limits.sorted(), "the campaigns by limit")
        let updates = try await list(.updatedAt, isDescending).map(\.updatedAt)
        try bench.equal(updates, isDescending ? updates.sorted(by: >) : updates.sorted(), "the campaigns by change")
        let statuses = try await list(.status, isDescending).map(\.status)
        let runs = zip(statuses, statuses.dropFirst()).count { $0 != $1 } + 1
        try bench.equal(runs, Set(statuses).count, "the campaigns by status")
        try await bench.equal(Set(list(.name, isDescending).map(\.id)), Set(ids), "the campaigns by name")
      }
      let names = try await list(.name).map(\.id)
      try await bench.equal(list(.name, true).map(\.id), names.reversed(), "the campaigns by name, backwards")
    },
    Promise("leads are filtered, searched and sorted") { bench in
      let account = try await bench.addAccount()
      let now = try await bench.now
      let (campaign, lease, leads) = try await bench.activeCampaign(in: account, leads: 0..<6) { _ in
      } lead: { lead, index in
        lead.priority = Int32([3, 1, 2, 1, 3, 2][index])
        lead.notBefore = index == 0 ? nil : now + .seconds([0, 50, 40, 30, 20, 10][index])
        lead.person = Person(firstName: "Name\(index)", lastName: "Last\(index)", email: "p\(index)@example.com")
      }
      let other = try await bench.addCampaign(in: account)
      let elsewhere = try await bench.addLeads(0..<1, to: other)
      @inline(never)
      func list(
        _ scope: LeadQuery.Scope? = nil, _ sort: LeadQuery.Sort = .createdAt, _ isDescending: Bool = false,
        statuses: Set<Lead.Status> = [], search: String? = nil
      ) async throws -> [Int] {
        let query = LeadQuery(
          scope ?? .campaign(campaign.id), statuses: statuses, search: search, sort: sort, isDescending: isDescending)
        let found = try await bench.everything("leads", limit: 2) { try await bench.store.leads(query, page: $0) }
        return found.map { leads.firstIndex(of: $0.id) ?? ($0.id == elsewhere[0] ? 9 : -1) }
      }
      try await bench.equal(list(.account(account.id)), [0, 1, 2, 3, 4, 5, 9], "the leads of the account")
      try await bench.equal(list(.contact(bench.lead(leads[0]).contact)), [0, 9], "the leads of a contact")
      try await bench.equal(list(nil, .createdAt, true), [5, 4, 3, 2, 1, 0], "the leads, newest first")
      try await bench.equal(list(nil, .priority), [1, 3, 2, 5, 0, 4], "the leads by priority")
      try await bench.equal(list(nil, .nextAttemptAt), [0, 5, 4, 3, 2, 1], "the leads by their next attempt")
      try await bench.equal(list(search: "NAME3"), [3], "the leads with that first name")
      try await bench.equal(list(search: "last4"), [4], "the leads with that last name")
      try await bench.equal(list(search: "P2@example"), [2], "the leads with that address")
      try await bench.equal(list(search: "5550005"), [5], "the leads with that number")
      _ = try await bench.store.end(leads[2], on: .cancel)
      _ = try await bench.claimOne(lease)
      try await bench.equal(list(statuses: [.cancelled, .calling]), [0, 2], "the leads with these statuses")
      try await bench.equal(list(nil, .lastAttemptAt).last, 0, "the lead that was tried, by the last attempt")
      try await bench.equal(list(nil, .lastAttemptAt, true).first, 0, "the lead that was tried, backwards")
    },
    Promise("contacts and agents are filtered and searched") { bench in
      let account = try await bench.addAccount()
      var contacts: [Contact.ID] = []
      for index in 0..<4 {
        let contact = try await bench.addContact(index, in: account) {
          $0.person = Person(firstName: "Name\(index)", lastName: "Last\(index)", email: "p\(index)@example.com")
        }
        contacts.append(contact.id)
      }
      for (search, expected) in [
        (nil, [0, 1, 2, 3]), ("name1", [1]), ("LAST2", [2]), ("p3@", [3]), ("5550002", [2]), ("nobody", []),
      ] as [(String?, [Int])] {
        for isDescending in [false, true] {
          let query = ContactQuery(account: account.id, search: search, isDescending: isDescending)
          let found = try await bench.everything("contacts", limit: 3) {
            try await bench.store.contacts(query, page: $0)
          }
          let order = isDescending ? Array(expected.reversed()) : expected
          try bench.equal(
            found.map { contacts.firstIndex(of: $0.id) ?? -1 }, order, "the contacts with \(search ?? "any")")
        }
      }
      var agents: [Agent.ID] = []
      for index in 0..<4 {
        let agent = try await bench.addAgent(in: account) {
          $0.kind = index < 2 ? .person : .voice
          $0.group = index.isMultiple(of: 2) ? "a" : "b"
          $0.status = index == 3 ? .offline : .available
          $0.isActive = index != 0
        }
        agents.append(agent.id)
      }
      for (query, expected) in [
        (AgentQuery(account: account.id), [0, 1, 2, 3]), (AgentQuery(account: account.id, kind: .voice), [2, 3]),
        (AgentQuery(account: account.id, status: .offline), [3]),
        (AgentQuery(account: account.id, group: "a"), [0, 2]),
        (AgentQuery(account: account.id, isActive: false), [0]),
        (AgentQuery(account: account.id, kind: .person, group: "b", isActive: true), [1]),
      ] {
        let found = try await bench.everything("agents", limit: 3) { try await bench.store.agents(query, page: $0) }
        try bench.equal(found.map { agents.firstIndex(of: $0.id) ?? -1 }, expected, "the agents")
      }
    },
    Promise("calls are filtered, the newest first") { bench in
      let account = try await bench.addAccount()
      let first = try await bench.activeCampaign(in: account, leads: 0..<3)
      let second = try await bench.activeCampaign(in: account, leads: 10..<12)
      let agent = try await bench.addAgent(in: account)
      let start = try await bench.now
      var calls: [Call.ID] = []
      for (index, lease) in [first.lease, first.lease, second.lease, first.lease].enumerated() {
        calls.append(try await bench.claimOne(lease).call)
        if index == 1 { _ = try await bench.store.assign(calls[1], to: [agent.id]) }
        try await bench.advance(10)
      }
      calls.append(try await bench.store.begin(SingleCall(account: account.id, to: bench.number(80))).id)
      _ = try await bench.store.record(.answered(at: start, by: .human), of: calls[0])
      try await bench.finish(calls[0], .answered)
      try await bench.finish(calls[2], .busy, next: .fail)
      let id = account.id
      for (query, expected) in [
        (CallQuery(account: id), [4, 3, 2, 1, 0]), (CallQuery(account: id, isAscending: true), [0, 1, 2, 3, 4]),
        (CallQuery(account: id, campaign: first.campaign.id), [3, 1, 0]),
        (CallQuery(account: id, lead: first.leads[1]), [1]),
        (CallQuery(account: id, agent: agent.id), [1]),
        (CallQuery(account: id, dispositions: [.busy, .answered]), [2, 0]),
        (CallQuery(account: id, answeredBy: [.human]), [0]), (CallQuery(account: id, isLive: true), [4, 3, 1]),
        (CallQuery(account: id, isLive: false), [2, 0]),
        (CallQuery(account: id, from: start + .seconds(20)), [4, 3, 2]),
        (CallQuery(account: id, until: start + .seconds(20)), [1, 0]),
        (CallQuery(account: id, campaign: first.campaign.id, isLive: true, isAscending: true), [1, 3]),
      ] {
        let found = try await bench.everything("calls", limit: 2) {
          let page = try await bench.store.calls(query, page: $0)
          try bench.equal(page.total, expected.count, "the total of \(query)")
          return page
        }
        try bench.equal(found.map { calls.firstIndex(of: $0.id) ?? -1 }, expected, "the calls of \(query)")
      }
    },
    Promise("do-not-call entries are listed in the order of their patterns") { bench in
      let account = try await bench.addAccount()
      for index in [5, 3, 8, 1] { _ = try await bench.suppress(.number(try bench.number(index)), of: account) }
      _ = try await bench.suppress(.number(try bench.number(4)), of: nil)
      let own = try await bench.everything("entries", limit: 3) {
        try await bench.store.suppressions(of: account.id, page: $0)
      }
      try bench.equal(own.map(\.pattern), try [1, 3, 5, 8].map { .number(try bench.number($0)) }, "the entries")
      let global = try await bench.everything("entries") { try await bench.store.suppressions(of: nil, page: $0) }
      try bench.equal(global.map(\.pattern), [.number(try bench.number(4))], "the entries for all accounts")
    },
  ]
}
