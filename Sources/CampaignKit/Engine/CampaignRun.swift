/// A campaign that this engine runs.
struct CampaignRun: Sendable {
  /// The leads of one locality, and when they may be called.
  struct Place: Sendable {
    let locality: Locality
    let hours: CallingHours
    /// How it stands, since a moment.
    private(set) var standing: CallingStanding
    private var since: Timestamp

    init(_ locality: Locality, hours: CallingHours, at now: Timestamp) {
      self.locality = locality
      self.hours = hours
      standing = hours.standing(at: now)
      since = now
    }

    /// Works out how it stands, if that can have changed.
    mutating func look(at now: Timestamp) {
      switch standing {
      case .open(let until): if since <= now, now < until { return }
      case .closed(_, _, let opensAt): if since <= now, opensAt.map({ now < $0 }) ?? true { return }
      }
      standing = hours.standing(at: now)
      since = now
    }
  }

  /// Why it starts no call, where something of its own keeps it from that.
  enum Hold: Hashable, Sendable {
    /// The system's limit, or an account's, is reached.
    case systemLimit, accountLimit
    /// Its own limit is reached.
    case campaignLimit
    /// No agent is free.
    case agents
    /// Every caller number has made so many calls today, nil where that is not known; the next day begins at this moment.
    case callerNumbers(Int?, until: Timestamp)
    /// A rate lets the next call start at this moment.
    case rate(until: Timestamp)
    /// No lead is due where the hours are open; the next is due, or a locality opens, at this moment.
    case nothingDue(until: Timestamp?)
    /// All localities with waiting leads are closed.
    case closed(rule: String, citation: String?, until: Timestamp?)
    /// It starts by itself at this moment.
    case notStarted(until: Timestamp?)
    /// Its schedule is in error.
    case schedule(ScheduleProblem)
    /// The store failed, and is tried again at this moment.
    case store(StoreError.Code, String, until: Timestamp)

    /// Whether calls have to end, or agents to come, before leads are looked at.
    var waitsForRoom: Bool { [.systemLimit, .accountLimit, .campaignLimit, .agents].contains(self) }
  }

  var lease: CampaignLease
  /// Until when calls may be claimed under the lease, by the engine's clock; well before it ends.
  var heldUntil: Timestamp
  /// The campaign as it was read last.
  var settings: Shared<Campaign>
  var places: [Place] = []
  /// The people of its group, and the hours in which they work; nil for always.
  private var shifts: [(agent: Agent.ID, hours: LocalHours?)] = []
  var hold: Hold?
  /// When it is looked at again.
  var wakeAt: Timestamp?
  var isClaiming = false
  /// Whether a call from its numbers turned out to be none since it claimed.
  var isNumberFreed = false
  /// Whether it wants calls, or would if there were room.
  var isBacklogged = false
  var isRefreshing = false
  /// Whether its live calls are to be read: a claim has failed, so that some may not be known here, or what others have
  /// heard of them was not told here.
  var mustReadCalls = false
  /// Whether it is being read since before what others have heard of its calls was not told here.
  var isReadTooEarly = false
  /// Until when nothing is asked of it that was refused.
  var refusedUntil: Timestamp?
  /// Whether something has changed since it was last read.
  var isStale = false
  /// Whether nobody else wanted calls when it claimed.
  var isAlone = false
  /// When the first of the localities closes from which calls are being claimed; none of them is placed after that.
  var closesAt = Timestamp.distantPast
  /// When calls were claimed last.
  var askedAt = Timestamp.distantPast
  /// When the localities are open from which calls are being claimed, by the store's clock as far as it was known.
  var asked = Timestamp.distantPast..<Timestamp.distantFuture
  /// The calls that this engine follows for it.
  var calls = 0
  /// The revision of the account that its hours were worked out with.
  private var accountRevision = 0
  /// Its calls divided by its weight, to be fair.
  var served = 0.0
  var failures = FailureWindow()
  /// What the carrier has refused of it in a row.
  var refused = RefusedOrders()
  var storeFailures = 0
  /// When the ramp-up began.
  var activeSince: Timestamp

  init(_ lease: CampaignLease, heldUntil: Timestamp, campaign: Campaign, at now: Timestamp) {
    self.lease = lease
    self.heldUntil = heldUntil
    settings = Shared(campaign)
    activeSince = max(campaign.startedAt ?? now, campaign.resumedAt ?? .distantPast)
  }

  var campaign: Campaign { settings.value }

  /// Until when it is left alone after a refusal. What is further away than any rest was set by a clock that was ahead.
  func rest(at now: Timestamp) -> Timestamp? {
    refusedUntil.flatMap { now < $0 && $0 <= now + .seconds(60) ? $0 : nil }
  }

  /// Whether its numbers have made their calls of the day.
  var isOutOfNumbers: Bool { if case .callerNumbers = hold { true } else { false } }

  /// Takes in what was read of it.
  mutating func take(_ view: CampaignView, _ configuration: EngineConfiguration, at now: Timestamp) {
    let settingsChanged =
      campaign.revision != view.campaign.revision || accountRevision != view.account.revision || places.isEmpty
    accountRevision = view.account.revision
    // Whoever resumes it has seen to what was refused.
    if campaign.resumedAt != view.campaign.resumedAt { refused = RefusedOrders() }
    if view.campaign.status != .active { refused.endPause() }
    settings = Shared(view.campaign)
    for began in [campaign.startedAt, campaign.resumedAt] { activeSince = max(activeSince, began ?? .distantPast) }
    // Somebody whose hours are in error does not work.
    shifts = view.agents.compactMap { agent in
      do { return (agent.id, try agent.hours(in: view.account)) } catch { return nil }
    }
    let known = settingsChanged ? [:] : Dictionary(uniqueKeysWithValues: places.map { ($0.locality, $0) })
    if case .schedule = hold { hold = nil }
    do {
      places = try view.queues.map { (queue) throws(ScheduleProblem) in
        if let place = known[queue.locality] { return place }
        let hours = try configuration.hours(of: campaign, in: view.account, at: queue.locality)
        return Place(queue.locality, hours: hours, at: now)
      }
    } catch {
      places = []
      hold = .schedule(error)
    }
  }

  /// The localities that are open now, the rules that let them pass, and when the next of the others opens.
  mutating func openPlaces(at now: Timestamp) -> (open: [OpenLocality], rules: Set<String>, nextOpening: Timestamp?) {
    var open: [OpenLocality] = []
    var rules: Set<String> = []
    var next: Timestamp?
    for index in places.indices {
      places[index].look(at: now)
      switch places[index].standing {
      case .open(let until):
        let limits = places[index].hours.limits(at: now)
        open.append(OpenLocality(places[index].locality, from: now, until: until, limits: limits))
        rules.insert(places[index].hours.passingRule)
      case .closed(_, _, let opensAt?): next = min(next ?? opensAt, opensAt)
      case .closed: break
      }
    }
    return (open, rules, next)
  }

  /// The agents who work now.
  func agentsOnDuty(at now: Timestamp) -> [Agent.ID] {
    shifts.filter { $0.hours?.isOpen(at: now) ?? true }.map(\.agent)
  }

  /// When the first lead of a closed locality may be called, for the explanation of why none is.
  var firstClosed: Hold? {
    for place in places {
      if case .closed(let rule, let citation, let opensAt) = place.standing {
        return .closed(rule: rule, citation: citation, until: opensAt)
      }
    }
    return nil
  }
}
