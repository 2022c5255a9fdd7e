import CampaignKit
import Locks

extension StorageConformance {
  static let crowds: [Promise] = [
    Promise("many who claim and finish at once never go above a limit") { bench in
      try await bench.store.setSystemLimit(7)
      let accounts = [try await bench.addAccount(limit: 4), try await bench.addAccount(limit: 5)]
      var crowd = Crowd(store: bench.store)
      for account in accounts {
        for index in 0..<2 {
          let (campaign, lease, _) = try await bench.activeCampaign(
            in: account, leads: (index * 60)..<(index * 60 + 60)
          ) {
            $0.pacing.maximumConcurrentCalls = 3
            $0.retries.maximumAttempts = 2
          }
          crowd.add(account.id, accountLimit: account.id == accounts[0].id ? 4 : 5, campaign.id, lease)
        }
      }
      let books = crowd.books
      try await crowd.work(tasks: 8, rounds: 60, seed: bench.seed)
      try bench.equal(books.problems, [], "what the observer saw")
      try bench.expect(books.begun > 50, "the crowd should make calls, and made \(books.begun)")
      for call in books.live { try await bench.finish(call) }
      for account in accounts {
        try await bench.equal(
          bench.store.slots(of: account.id).accountActive, 0, "the slots taken when all calls are over")
      }
    },
    Promise("limits that change while many call are never broken by a call that starts later") { bench in
      let account = try await bench.addAccount()
      let (_, lease, _) = try await bench.activeCampaign(in: account, leads: 0..<400) { $0.retries.maximumAttempts = 9 }
      let store = bench.store
      var generator = SeededGenerator(seed: bench.seed)
      for _ in 0..<15 {
        let limit = Int.random(in: 0...12, using: &generator)
        try await store.setSystemLimit(limit)
        // Nobody finishes here, so what is live may exceed the limit only as far as it did before.
        let before = try await store.slots(of: account.id).systemActive
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<6 { group.addTask { _ = try await bench.claim(lease, 5) } }
          try await group.waitForAll()
        }
        let after = try await store.slots(of: account.id).systemActive
        try bench.equal(after, max(before, limit), "the calls under the limit \(limit)")
        let live = try await bench.everything("calls") {
          try await store.calls(CallQuery(account: account.id, isLive: true), page: $0)
        }
        let ending = live.shuffled(using: &generator).prefix(Int.random(in: 0...8, using: &generator)).map(\.id)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for call in ending { group.addTask { try await bench.finish(call, next: bench.retry()) } }
          try await group.waitForAll()
        }
      }
    },
    Promise("leads that many add at once are there once") { bench in
      let account = try await bench.addAccount()
      let campaign = try await bench.addCampaign(in: account)
      let store = bench.store
      let inserted = try await withThrowingTaskGroup(of: Int.self) { group in
        for start in 0..<8 {
          let new = try (start..<(start + 10)).map { NewLead(number: try bench.number($0)) }
          group.addTask { try await store.insert(new, into: campaign.id, options: LeadInsertion()).inserted }
        }
        return try await group.reduce(0, +)
      }
      try bench.equal(inserted, 17, "the leads that were added")
      let leads = try await bench.allLeads(of: campaign.id)
      try bench.equal(leads.map(\.ordinal).sorted(), Array(0..<17), "the ordinals")
      try bench.equal(Set(leads.map(\.number)).count, 17, "the numbers")
    },
    Promise("slots that many reserve at once are not given twice") { bench in
      let account = try await bench.addAccount(limit: 5)
      let given = await withTaskGroup(of: SlotReservation?.self) { group in
        for _ in 0..<12 { group.addTask { try? await bench.reserve(1, of: account, for: 60) } }
        return await group.reduce(into: [SlotReservation]()) { if let one = $1 { $0.append(one) } }
      }
      try bench.equal(given.count, 5, "the slots that were given")
    },
  ]
}

/// An observer's own books of what a crowd does.
///
/// A start is booked after the claim returned and an end before the finish is called, so the books never show more
/// live calls than there are.
final class CrowdBooks: Sendable {
  private struct State {
    var live: [Call.ID: (account: Account.ID, campaign: Campaign.ID, lead: Lead.ID)] = [:]
    var attempts: [Lead.ID: Int] = [:]
    var begun = 0
    var problems: [String] = []
  }

  private let state = Locked(State())

  var problems: [String] { state.withLock { $0.problems } }
  var begun: Int { state.withLock { $0.begun } }
  var live: [Call.ID] { state.withLock { $0.live.keys.sorted() } }

  func begin(_ calls: [ClaimedCall], _ place: Crowd.Place, systemLimit: Int) {
    state.withLock { state in
      for call in calls {
        state.begun += 1
        if state.live.values.contains(where: { $0.lead == call.lead }) { state.problems.append("a lead has two calls") }
        state.live[call.call] = (place.account, place.campaign, call.lead)
        state.attempts[call.lead, default: 0] += 1
        if state.attempts[call.lead, default: 0] > 2 { state.problems.append("a lead has three attempts") }
      }
      if state.live.count > systemLimit { state.problems.append("\(state.live.count) calls in the system") }
      let own = state.live.values.count { $0.account == place.account }
      if own > place.accountLimit { state.problems.append("\(own) calls of an account") }
      let campaign = state.live.values.count { $0.campaign == place.campaign }
      if campaign > 3 { state.problems.append("\(campaign) calls of a campaign") }
    }
  }

  func end(_ call: Call.ID) { state.withLock { $0.live[call] = nil } }
}

/// Tasks that claim and finish in several campaigns at once.
struct Crowd: Sendable {
  struct Place: Sendable {
    var account: Account.ID
    var accountLimit: Int
    var campaign: Campaign.ID
    var lease: CampaignLease
  }

  let store: any CampaignStorage
  let books = CrowdBooks()
  var places: [Place] = []

  mutating func add(_ account: Account.ID, accountLimit: Int, _ campaign: Campaign.ID, _ lease: CampaignLease) {
    places.append(Place(account: account, accountLimit: accountLimit, campaign: campaign, lease: lease))
  }

  func work(tasks: Int, rounds: Int, seed: UInt64) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<tasks {
        group.addTask { try await work(rounds: rounds, seed: seed &+ UInt64(task) &* 7919) }
      }
      try await group.waitForAll()
    }
  }

  private func work(rounds: Int, seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    var own: [Call.ID] = []
    for _ in 0..<rounds {
      guard let place = places.randomElement(using: &generator) else { return }
      let request = ClaimRequest(
        lease: place.lease, count: 1_000, open: [OpenLocality(.unknown, until: .distantFuture)])
      let claim = try await store.claim(request)
      books.begin(claim.calls, place, systemLimit: 7)
      own += claim.calls.map(\.call)
      while own.count > 1 || (!own.isEmpty && Bool.random(using: &generator)) {
        let call = own.removeFirst()
        books.end(call)
        let next: LeadStep =
          Bool.random(using: &generator) ? .complete : .retry(at: claim.at, numberIndex: 0, isCallback: false)
        _ = try await store.finish(call, CallEnding(.noAnswer, next: next))
        await Task.yield()
      }
    }
  }
}
