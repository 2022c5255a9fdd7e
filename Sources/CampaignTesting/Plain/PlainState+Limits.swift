import CampaignKit

/// What one limit leaves for a claim, and what to say when it is the one that stops it.
struct Permit {
  var count: Int
  var stop: ClaimStop
}

/// One rate that holds for a claim.
struct PlainRate {
  var name: String
  var perSecond: Double
  var burst: Int

  /// The time between two starts, in milliseconds.
  var interval: Double { 1000 / perSecond }
}

extension PlainState {
  /// The slots in use: live calls, and reservations that are not over.
  func slotsInUse(of account: Account.ID? = nil) -> Int {
    let held = reservations.filter { isHeld($0) && (account == nil || $0.account == account) }
    return liveCalls { account == nil || $0.account == account }.count + held.reduce(0) { $0 + $1.count }
  }

  /// Whether a reservation is not over. A clock that was set back by more than its whole length ends it.
  private func isHeld(_ reservation: SlotReservation) -> Bool {
    let length = reservation.expiresAt - reservation.reservedAt
    return now < reservation.expiresAt && reservation.reservedAt - now <= length
  }

  func limit(of account: Account.ID) -> Int {
    accounts.first { $0.id == account }?.concurrencyLimit ?? defaultAccountLimit
  }

  func slots(of account: Account.ID) throws(StoreError) -> SlotUsage {
    _ = try index(of: account)
    return SlotUsage(
      systemLimit: systemLimit, systemActive: slotsInUse(), accountLimit: limit(of: account),
      accountActive: slotsInUse(of: account), defaultAccountLimit: defaultAccountLimit)
  }

  /// What each limit leaves, in the order in which they are named, the rates apart.
  func permits(for campaign: Campaign, _ request: ClaimRequest) -> [Permit] {
    let live = liveCalls { $0.campaign == campaign.id }
    var permits = [
      Permit(count: systemLimit - slotsInUse(), stop: .systemLimit),
      Permit(count: limit(of: campaign.account) - slotsInUse(of: campaign.account), stop: .accountLimit),
    ]
    if let limit = campaign.pacing.maximumConcurrentCalls {
      permits.append(Permit(count: limit - live.count, stop: .campaignLimit))
    }
    if let group = campaign.agents.group {
      let present = agents.filter {
        request.agents.contains($0.id) && $0.account == campaign.account && $0.group == group
      }
      let room = present.reduce(0) { $0 + self.room(of: $1) }
      let waiting = liveCalls { call in
        call.agent == nil && call.wantsAgent
          && campaigns.contains {
            $0.id == call.campaign && $0.account == campaign.account && $0.agents.group == group
          }
      }
      permits.append(Permit(count: room - waiting.count, stop: .agents))
    }
    if let most = campaign.callerChoice.maximumPerDay, !callers(of: campaign, request).isEmpty {
      let day = request.countedDay(at: now)
      let room = callers(of: campaign, request).reduce(0) { $0 + max(0, most - calls(from: $1, of: campaign, in: day)) }
      permits.append(
        day.contains(now)
          ? Permit(count: room, stop: .callerNumbers(until: day.upperBound))
          : Permit(count: 0, stop: .callerNumbers(until: now)))
    }
    return permits
  }

  func rates(for campaign: Campaign, _ request: ClaimRequest) -> [PlainRate] {
    var found: [PlainRate] = []
    if campaign.pacing.delayBetweenCalls > .zero {
      let seconds = Double(campaign.pacing.delayBetweenCalls.milliseconds) / 1000
      found.append(PlainRate(name: "delay of \(campaign.id)", perSecond: 1 / seconds, burst: 1))
    }
    if let perSecond = campaign.pacing.callsPerSecond {
      found.append(PlainRate(name: "rate of \(campaign.id)", perSecond: perSecond, burst: 1))
    }
    return found + rates(request.rates)
  }

  func rates(_ limits: [RateLimit]) -> [PlainRate] {
    limits.map { PlainRate(name: "named \($0.name)", perSecond: $0.perSecond, burst: max(1, $0.burst)) }
  }

  /// How many starts a rate permits now: its burst, less what is not paid off yet.
  func starts(_ rate: PlainRate) -> Int {
    guard rate.perSecond > 0 else { return 0 }
    let owed = max(0, paidOff(rate) - Double(now.milliseconds))
    let free = Double(rate.burst) - owed / rate.interval
    return max(0, Int(min(free + 1e-6, 1e9)))
  }

  /// When a rate permits the next start.
  func nextStart(_ rate: PlainRate) -> Timestamp {
    guard rate.perSecond > 0 else { return .distantFuture }
    let moment = paidOff(rate) - Double(rate.burst - 1) * rate.interval
    return max(now, Timestamp(milliseconds: Int64((moment - 1e-6).rounded(.up))))
  }

  /// Counts a start.
  mutating func start(_ rate: PlainRate) {
    rates[rate.name] = max(paidOff(rate), Double(now.milliseconds)) + rate.interval
  }

  /// When all that was started is paid off. After a full burst at this instant that would take so long; what takes
  /// longer was started before the clock was set back, and leaves one start.
  private func paidOff(_ rate: PlainRate) -> Double {
    let end = rates[rate.name, default: 0]
    let now = Double(now.milliseconds)
    return end > now + Double(rate.burst) * rate.interval + 1e-3 ? now + Double(rate.burst - 1) * rate.interval : end
  }

  mutating func reserve(
    _ count: Int, of account: Account.ID, for duration: Duration, note: String
  ) throws(StoreError) -> SlotReservation {
    let usage = try slots(of: account)
    guard count > 0 else { throw StoreError(.invalid, "at least one slot must be asked for") }
    guard count <= min(usage.systemAvailable, usage.accountAvailable) else {
      throw StoreError(.limited, "there are not so many slots free")
    }
    let reservation = SlotReservation(
      id: identifiers.next(at: now), account: account, count: count, note: note, reservedAt: now,
      expiresAt: now + duration)
    reservations.append(reservation)
    return reservation
  }
}
