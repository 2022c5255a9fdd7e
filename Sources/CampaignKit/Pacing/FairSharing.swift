/// Gives each slot to the account that has had the least for its weight, and there to the campaign that has.
///
/// Among campaigns of one account that always want more, none is ever ahead of another by more than one call for
/// each unit of weight; the same holds for accounts. A campaign that comes back after a pause starts level with the
/// others, and cannot make up for the time it was away. So none starves: out of any *n* calls that are started, a
/// campaign with weight *w* out of a sum of *W* gets `n × w / W`, give or take one call for each competitor.
public struct FairSharing: ConcurrencyPolicy {
  /// Creates the policy.
  public init() {}

  /// How many calls each candidate is to start now.
  public func shares(in situation: PacingSituation) -> [Int] {
    var shares = [Int](repeating: 0, count: situation.candidates.count)
    var wishes = situation.candidates.enumerated().map { Wish($1, at: $0, in: situation) }
    wishes.removeAll { $0.most <= 0 }
    // Alone there is nothing to share, and this is the usual case.
    if wishes.count == 1, let wish = wishes.first {
      shares[wish.place] = max(0, min(situation.systemFree, wish.room(in: situation.accounts), wish.most))
      return shares
    }
    var accounts = situation.accounts
    var systemFree = situation.systemFree
    var queues = Dictionary(grouping: wishes, by: \.account).mapValues { wishes in
      var queue = BinaryHeap<Wish>()
      for wish in wishes { queue.push(wish, before: Wish.comesFirst) }
      return queue
    }
    var turns = BinaryHeap<Turn>()
    for account in queues.keys.sorted() {
      turns.push(Turn(account: account, served: accounts[account]?.served ?? 0), before: Turn.comesFirst)
    }
    while systemFree > 0, var turn = turns.first {
      turns.pop(before: Turn.comesFirst)
      guard var wish = queues[turn.account]?.first else { continue }
      queues[turn.account]?.pop(before: Wish.comesFirst)
      // A wish without room stays out: room only shrinks while it is shared out.
      if wish.most > 0, wish.room(in: accounts) > 0 {
        shares[wish.place] += 1
        systemFree -= 1
        accounts[turn.account]?.free -= 1
        if wish.reserved > 0 {
          wish.reserved -= 1
          accounts[turn.account]?.reserved -= 1
        }
        wish.most -= 1
        wish.served += 1 / wish.weight
        turn.served += 1 / Double(max(1, accounts[turn.account]?.weight ?? 1))
        queues[turn.account]?.push(wish, before: Wish.comesFirst)
      }
      turns.push(turn, before: Turn.comesFirst)
    }
    return shares
  }

  /// What a campaign would take.
  private struct Wish: Sendable {
    var place: Int
    var account: Account.ID
    var weight: Double
    var served: Double
    /// The most that it may start, as far as it alone is concerned.
    var most: Int
    /// The slots that are kept for it and that it does not use.
    var reserved: Int

    init(_ candidate: PacingSituation.Candidate, at place: Int, in situation: PacingSituation) {
      self.place = place
      account = candidate.account
      weight = Double(max(1, candidate.pacing.weight))
      served = candidate.served
      reserved = max(0, max(0, candidate.pacing.reservedSlots) - candidate.live)
      let room = situation.accounts[candidate.account].map { max(0, $0.free) } ?? 0
      let limit = candidate.pacing.limit(after: candidate.activeFor, outOf: candidate.live.adding(saturating: room))
      most = limit - candidate.live
    }

    /// How many slots of its account it may take: not those that are kept for others.
    func room(in accounts: [Account.ID: PacingSituation.Room]) -> Int {
      guard let room = accounts[account] else { return 0 }
      return room.free - max(0, room.reserved - reserved)
    }

    static func comesFirst(_ left: Wish, _ right: Wish) -> Bool {
      (left.served, left.place) < (right.served, right.place)
    }
  }

  /// An account's place in the order.
  private struct Turn: Sendable {
    var account: Account.ID
    var served: Double

    static func comesFirst(_ left: Turn, _ right: Turn) -> Bool {
      (left.served, left.account) < (right.served, right.account)
    }
  }
}

extension ConcurrencyPolicy where Self == FairSharing {
  /// Weighted fair sharing among accounts, and among the campaigns of each.
  public static var fair: FairSharing { FairSharing() }
}

extension Pacing {
  /// The most calls at once after so much time of calling: it rises from one to the limit during the ramp-up.
  ///
  /// - Parameters:
  ///   - elapsed: For how long the campaign has been calling.
  ///   - room: What the other limits leave; it counts where the campaign has no limit of its own, or a greater one.
  /// - Returns: At least 1 unless there is no room at all.
  public func limit(after elapsed: Duration, outOf room: Int) -> Int {
    let full = min(maximumConcurrentCalls ?? .max, room)
    guard rampUp > .zero, elapsed < rampUp, full > 1 else { return full }
    let share = max(0, elapsed / rampUp)
    return 1 + Int(Double(full - 1) * share)
  }
}
