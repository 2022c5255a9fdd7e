#if PostgreSQL
  public import CampaignKit
  public import JSON

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    public func call(_ id: Call.ID) async throws(StoreError) -> Call? {
      try await read { (session) throws(StoreError) in try session.call(id) }
    }

    public func call(carrier: String, reference: String) async throws(StoreError) -> Call? {
      try await read { (session) throws(StoreError) in
        let sql = "SELECT \(Call.columns) FROM calls WHERE reference = $1 AND carrier = $2 ORDER BY id LIMIT 1"
        guard var row = try session.rows(sql, reference, carrier).first else { return nil }
        return try Call(&row)
      }
    }

    public func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call> {
      var listing = Listing(from: "calls", columns: Call.columns, id: "id")
      listing.key = "created_at"
      listing.isDescending = !query.isAscending
      listing.require("account = ?", query.account)
      if let campaign = query.campaign { listing.require("campaign = ?", campaign) }
      if let lead = query.lead { listing.require("lead = ?", lead) }
      if let agent = query.agent { listing.require("agent = ?", agent) }
      if !query.dispositions.isEmpty { listing.require("disposition = ANY(?)", Array(query.dispositions)) }
      if !query.answeredBy.isEmpty { listing.require("answered_by = ANY(?)", Array(query.answeredBy)) }
      switch query.isLive {
      case true: listing.require("id IN (SELECT call FROM live_calls WHERE account = ?)", query.account)
      case false: listing.require("status = 'ended'")
      case nil: break
      }
      if let from = query.from { listing.require("created_at >= ?", from) }
      if let until = query.until { listing.require("created_at < ?", until) }
      return try await read(.snapshot) { [listing] (session) throws(StoreError) in
        var listing = listing
        if let lead = query.lead, let contact = try session.lead(lead)?.lead.contact {
          listing.require("contact = ?", contact)
        }
        return try session.page(listing, page) { (row) throws(StoreError) in try Call(&row) }
      }
    }

    public func annotate(_ id: Call.ID, notes: String?, metadata: JSONObject?) async throws(StoreError) -> Call {
      try await change { (session) throws(StoreError) in
        try session.lockAccount(of: id)
        let old = try session.existing(id)
        var new = old
        new.notes = notes ?? old.notes
        new.metadata = metadata ?? old.metadata
        try new.check()
        try session.save(new, over: old)
        return new
      }
    }

    public func record(_ news: CallNews, of id: Call.ID) async throws(StoreError) -> (call: Call, isNew: Bool) {
      try await change { (session) throws(StoreError) in
        try session.lockAccount(of: id)
        return try session.record([news], of: id)
      }
    }

    public func finish(_ id: Call.ID, _ ending: CallEnding) async throws(StoreError) -> (call: Call, isNew: Bool) {
      try await change { (session) throws(StoreError) in
        try session.lockAccount(of: id)
        return try session.finish(id, ending)
      }
    }

    /// Records news of many calls, and ends those that are over, in one transaction.
    public func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
      guard !calls.isEmpty else { return [] }
      return try await change { (session) throws(StoreError) in
        // In the order of their names, so that no two who lock several wait for each other.
        _ = try session.rows(
          """
          SELECT FROM account_states WHERE account IN (SELECT account FROM calls WHERE id = ANY($1))
          ORDER BY account FOR NO KEY UPDATE
          """, calls.map(\.call))
        try session.readAhead(calls.map(\.call))
        var results: [Result<Call.Status, StoreError>] = []
        for update in calls {
          do throws(StoreError) {
            results.append(.success(try session.apply(update)))
          } catch {
            // What is wrong with one call is no fault of the store, and was found before anything was written.
            guard error.code == .notFound || error.code == .invalid, error.cause == nil else { throw error }
            results.append(.failure(error))
          }
        }
        try session.writeSums()
        return results
      }
    }

    public func assign(_ id: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID? {
      try await change { (session) throws(StoreError) in
        let account = try session.lockAccount(of: id)
        let old = try session.existing(id)
        guard old.status.isLive else { throw StoreError(.notPermitted, "the call is over") }
        if let agent = old.agent { return agent }
        guard old.wantsAgent else { return nil }
        let free = try session.rows(
          """
          SELECT id FROM agents
          WHERE id = ANY($1) AND account = $2 AND is_active AND status = 'available' AND live < maximum
          ORDER BY last_active_at NULLS FIRST, id LIMIT 1
          """, agents, account)
        guard var row = free.first else { return nil }
        var new = old
        new.agent = try row.id()
        try session.save(new, over: old)
        session.write(
          "UPDATE agents SET last_active_at = greatest(last_active_at, $2) WHERE id = $1", new.agent, new.createdAt)
        try session.tell(new, .callAssigned)
        return new.agent
      }
    }
  }

  extension Session {
    fileprivate func apply(_ update: CallUpdate) throws(StoreError) -> Call.Status {
      var status: Call.Status?
      if !update.news.isEmpty { status = try record(update.news, of: update.call).call.status }
      if let ending = update.ending { status = try finish(update.call, ending).call.status }
      if let status { return status }
      throw StoreError(.invalid, "an update of a call needs news or an end")
    }

    func tell(_ call: Call, _ kind: CampaignEvent.Kind) throws(StoreError) {
      let status =
        kind == .callDetected
        ? call.answeredBy?.rawValue ?? "" : call.disposition?.rawValue ?? call.status.rawValue
      try tell(
        call.account, kind, campaign: call.campaign, lead: call.lead, call: call.id, agent: call.agent, status: status)
    }

    // MARK: News

    func record(_ news: [CallNews], of id: Call.ID) throws(StoreError) -> (call: Call, isNew: Bool) {
      let old = try existing(id)
      var call = old
      var steps: [(kind: CampaignEvent.Kind, call: Call)] = []
      for one in news {
        let before = call
        call.note(one)
        if call.wantsAgent, !before.wantsAgent, let agent = call.agent {
          // Who has been found absent by the same news is set aside below.
          let isAbsent = before.agentAbsentAt != old.agentAbsentAt
          let hasThem = try isAbsent ? false : hasRoom(agent, after: old)
          if !hasThem { (call.agent, call.agentAbsentAt) = (nil, nil) }
        }
        if call.status != before.status { steps.append((call.status.told, call)) }
        if call.answeredBy != before.answeredBy { steps.append((.callDetected, call)) }
        if call.agentAbsentAt != nil, before.agentAbsentAt == nil { steps.append((.agentAbsent, call)) }
        if call.wantsAgent != before.wantsAgent, before.agent != nil { steps.append((.agentUpdated, before)) }
      }
      guard call != old || !steps.isEmpty else { return (old, false) }
      // Before anything is written or counted: the other calls of a transaction go on without one that is refused.
      try call.check()
      try call.checkTexts()
      // Of several news the last may take the first back, and both are told.
      if call != old { try save(call, over: old) }
      for step in steps {
        if step.kind != .agentUpdated {
          try tell(step.call, step.kind)
          if step.kind == .agentAbsent, let agent = step.call.agent { try noteAbsence(of: agent, in: call.account) }
        } else if let id = step.call.agent, let agent = try agent(id, of: call.account) {
          try tell(call.account, .agentUpdated, agent: agent.id, status: agent.status.rawValue)
        }
      }
      return (call, true)
    }

    /// Whether an agent can take another call, besides the one that a call took by what is stored of it.
    private func hasRoom(_ agent: Agent.ID, after call: Call) throws(StoreError) -> Bool {
      try rows(
        "SELECT FROM agents WHERE id = $1 AND is_active AND status = 'available' AND live - $2 < maximum", agent,
        call.wantsAgent ? 1 : 0
      ).count > 0
    }

    // MARK: Ends

    func finish(_ id: Call.ID, _ ending: CallEnding) throws(StoreError) -> (call: Call, isNew: Bool) {
      let old = try existing(id)
      guard old.status.isLive else { return (old, false) }
      var call = old
      let now = try now()
      let endedAt = max(ending.at ?? now, call.createdAt)
      call.isAttempt = ending.isAttempt || call.status != .intended
      call.status = .ended
      call.disposition = ending.disposition(agentAbsentAt: call.agentAbsentAt)
      call.endedAt = endedAt
      call.duration = ending.duration ?? call.duration
      call.talkTime = ending.talkTime ?? call.answeredAt.map { max(.zero, endedAt - $0) }
      call.answeredBy = ending.answeredBy ?? call.answeredBy
      call.costMicros = ending.costMicros ?? call.costMicros
      call.failure = ending.failure?.kept
      try tell(call, .callEnded)
      var lead: StoredLead?
      if let id = call.lead { lead = try self.lead(id) }
      if let lead { call.followUp = try close(lead, call, ending.next) }
      try save(call, over: old)
      if let agent = call.agent { try release(agent, call) }
      guard let lead else { return (call, true) }
      if many == nil {
        try completeIfDone(lead.lead.campaign, of: call.account)
      } else {
        many?.noteEnd(in: lead.lead.campaign, of: call.account)
      }
      return (call, true)
    }

    /// Counts the end of a call with its agent; the slot is given back already.
    private func release(_ agent: Agent.ID, _ call: Call) throws(StoreError) {
      guard !call.isAttempt else {
        return write(
          """
          UPDATE agents SET calls = calls + 1, talk_time = talk_time + $2, last_active_at = greatest(last_active_at, $3)
          WHERE id = $1
          """, agent, call.talkTime ?? .zero, max(call.endedAt ?? call.createdAt, call.createdAt))
      }
      recountActivity(of: agent)
    }

    /// Sets what becomes of a lead whose call is over, and says what.
    private func close(_ old: StoredLead, _ call: Call, _ wish: LeadStep) throws(StoreError) -> Call.FollowUp {
      var new = old
      new.ending = nil
      new.lead.liveCall = nil
      new.lead.updatedAt = try now()
      new.lead.nextAttemptAt = nil
      new.lead.isCallback = false
      if call.isAttempt {
        new.lead.lastDisposition = call.disposition
      } else {
        new.lead.attempts -= 1
        let sql = """
          SELECT created_at FROM calls WHERE contact = $1 AND lead = $2 AND is_attempt AND id <> $3
          ORDER BY attempt DESC LIMIT 1
          """
        var row = try rows(sql, new.lead.contact, new.lead.id, call.id).first
        new.lead.lastAttemptAt = try row?.moment()
      }
      let step = try permitted(wish, for: new.lead, marked: old.ending)
      switch step {
      case .complete: new.lead.status = .completed
      case .fail: new.lead.status = .failed
      case .cancel: new.lead.status = .cancelled
      case .suppress: new.lead.status = .suppressed
      case .release(let at):
        new.lead.status = .waiting
        new.lead.nextAttemptAt = at
        new.lead.isCallback = old.lead.isCallback
      case .retry(let at, let number, let isCallback):
        new.lead.status = .waiting
        new.lead.nextAttemptAt = at
        new.lead.isCallback = isCallback
        if isCallback { new.lead.callbacks += 1 }
        if let contact = try contact(new.lead.contact) {
          new.lead.numberIndex = contact.numbers.indices.contains(number) ? number : 0
          new.lead.number = contact.numbers[new.lead.numberIndex].number
        }
      }
      try save(new, over: old)
      return Call.FollowUp(step)
    }

    /// What may become of a lead: there is no further attempt when it was to end, its campaign is over, or its
    /// attempts are used up.
    private func permitted(
      _ wish: LeadStep, for lead: Lead, marked mark: Lead.Trigger?
    ) throws(StoreError) -> LeadStep {
      if wish == .suppress || mark == .suppress { return .suppress }
      if wish == .complete { return wish }
      if mark != nil { return .cancel }
      switch wish {
      case .retry, .release: break
      default: return wish
      }
      guard let terms = try terms(of: lead.campaign) else { return wish }
      if Campaign.statuses.isFinal(terms.status) { return .cancel }
      return lead.attempts >= terms.attempts ? .fail : wish
    }

    private func terms(of campaign: Campaign.ID) throws(StoreError) -> AttemptTerms? {
      if let known = many?.terms[campaign] { return known }
      let sql = "SELECT status, max_attempts FROM campaigns WHERE id = $1"
      guard var row = try rows(sql, campaign).first else { return nil }
      let terms = AttemptTerms(status: try row.one(), attempts: try row.int())
      many?.terms[campaign] = terms
      return terms
    }

    private func contact(_ id: Contact.ID) throws(StoreError) -> Contact? {
      if let known = many?.contacts[id] { return known }
      return try one("SELECT doc FROM contacts WHERE id = $1", id)
    }
  }

  extension Call.Status {
    /// What is told when news bring a call to it.
    fileprivate var told: CampaignEvent.Kind {
      switch self {
      case .placed: .callPlaced
      case .ringing: .callRinging
      default: .callAnswered
      }
    }
  }

  extension Call {
    /// Takes in news; what is old, or was heard before, changes nothing.
    fileprivate mutating func note(_ news: CallNews) {
      switch news {
      case .placed(let carrier, let reference, let at):
        if carrierReference == nil {
          self.carrier = carrier
          carrierReference = reference
        }
        step(.place)
        if status.isLive, placedAt == nil { placedAt = max(at, createdAt) }
      case .ringing(let at):
        step(.ring)
        if ringingAt == nil, endedAt.map({ at <= $0 }) ?? true { ringingAt = max(at, createdAt) }
      case .answered(let at, let by):
        if step(.answer) { answeredAt = max(at, createdAt) }
        if status.isLive, answeredBy == nil { answeredBy = by }
      case .detected(let by):
        if status.isLive { answeredBy = by }
      case .messageLeft(let at):
        if status.isLive { messageLeftAt = messageLeftAt ?? max(at, createdAt) }
      case .agentAbsent(let agent, let at):
        if keeps(agent) { agentAbsentAt = agentAbsentAt ?? max(at, createdAt) }
      case .callbackAgreed(let at):
        if status.isLive { agreedCallback = AgreedCallback(at: at).merged(with: agreedCallback) }
      case .conference(let name):
        if status.isLive { conference = name }
      case .recording(let recording): self.recording = recording
      case .cost(let micros): costMicros = micros
      }
    }

    @discardableResult
    private mutating func step(_ trigger: Call.Trigger) -> Bool {
      guard let next = Call.statuses.next(after: status, on: trigger) else { return false }
      status = next
      return true
    }
  }
#endif
