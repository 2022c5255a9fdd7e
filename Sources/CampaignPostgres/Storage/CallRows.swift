#if PostgreSQL
  internal import CampaignKit
  internal import JSON

  /// What of a call is only read whole.
  struct CallDocument: Codable {
    var conference: String?
    var recording: Call.Recording?
    var failure: Call.Failure?
    var messageLeftAt: Timestamp?
    var agentAbsentAt: Timestamp?
    var agreedCallback: Call.AgreedCallback?
    var notes: String?
    var metadata: JSONObject

    init?(_ call: Call) {
      guard
        call.conference != nil || call.recording != nil || call.failure != nil || call.notes != nil
          || call.messageLeftAt != nil || call.agentAbsentAt != nil || call.agreedCallback != nil
          || !call.metadata.isEmpty
      else { return nil }
      conference = call.conference
      recording = call.recording
      failure = call.failure
      messageLeftAt = call.messageLeftAt
      agentAbsentAt = call.agentAbsentAt
      agreedCallback = call.agreedCallback
      notes = call.notes
      metadata = call.metadata
    }
  }

  extension Call {
    /// What a call is read from.
    static let columns = """
      id, account, attempt, number, created_at, place_by, expires_at, campaign, lead, contact, agent, subject, \
      from_number, status, disposition, answered_by, placed_at, ringing_at, answered_at, ended_at, duration, \
      talk_time, \
      cost, carrier, reference, is_attempt, follow_up, rule, doc
      """

    init(_ row: inout Row) throws(StoreError) {
      self.init(
        id: try row.id(), account: try row.id(), attempt: try row.int(), to: try row.number(),
        createdAt: try row.moment(), placeBy: try row.moment(), expiresAt: try row.moment())
      campaign = try row.optionalID()
      lead = try row.optionalID()
      contact = try row.optionalID()
      agent = try row.optionalID()
      subject = row.optionalText()
      from = try row.optionalNumber()
      status = try row.one()
      disposition = try row.optional()
      answeredBy = try row.optional()
      placedAt = try row.optionalMoment()
      ringingAt = try row.optionalMoment()
      answeredAt = try row.optionalMoment()
      endedAt = try row.optionalMoment()
      duration = try row.optionalDuration()
      talkTime = try row.optionalDuration()
      costMicros = try row.optionalInt64()
      carrier = row.optionalText()
      carrierReference = row.optionalText()
      isAttempt = try row.bool()
      followUp = try row.optional()
      rule = row.optionalText()
      if let document = try row.optionalDocument(CallDocument.self) {
        conference = document.conference
        recording = document.recording
        failure = document.failure
        messageLeftAt = document.messageLeftAt
        agentAbsentAt = document.agentAbsentAt
        agreedCallback = document.agreedCallback
        notes = document.notes
        metadata = document.metadata
      }
    }

    /// Refuses texts in columns of their own that the database does not keep.
    func checkTexts() throws(StoreError) {
      try Document.checkTexts(
        ["subject": subject, "carrier": carrier, "carrierReference": carrierReference, "rule": rule], of: "a call")
    }

    /// What it counts in the roll-ups.
    fileprivate var rollup: Rollup {
      var rollup = Rollup()
      guard isAttempt else { return rollup }
      rollup.countCreated(self)
      if !status.isLive { rollup.countEnded(self) }
      return rollup
    }
  }

  extension Session {
    func call(_ id: Call.ID) throws(StoreError) -> Call? {
      if let known = many?.calls[id] { return known }
      guard var row = try rows("SELECT \(Call.columns) FROM calls WHERE id = $1", id).first else { return nil }
      return try Call(&row)
    }

    func existing(_ id: Call.ID) throws(StoreError) -> Call {
      guard let call = try call(id) else { throw .missing("call") }
      return call
    }

    /// Adds a call as it is.
    func add(_ call: Call) throws(StoreError) {
      try call.check()
      try call.checkTexts()
      let document = try CallDocument(call).map { (document) throws(StoreError) in try Document.text(document) }
      write(
        """
        INSERT INTO calls (id, account, attempt, number, created_at, place_by, expires_at, campaign, lead, contact,
          agent,
          subject, from_number, status, disposition, answered_by, placed_at, ringing_at, answered_at, ended_at,
            duration,
          talk_time, cost, carrier, reference, is_attempt, follow_up, rule, doc)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
          $23,
          $24, $25, $26, $27, $28, $29)
        """,
        call.id, call.account, call.attempt, call.to, call.createdAt, call.placeBy, call.expiresAt, call.campaign,
        call.lead, call.contact, call.agent, call.subject, call.from, call.status, call.disposition, call.answeredBy,
        call.placedAt, call.ringingAt, call.answeredAt, call.endedAt, call.duration, call.talkTime, call.costMicros,
        call.carrier, call.carrierReference, call.isAttempt, call.followUp, call.rule, document)
      count(call.rollup, of: call)
      count(callerOf: call)
      if call.status.isLive {
        write(
          "INSERT INTO live_calls VALUES ($1, $2, $3, $4, $5, $6)", call.id, call.account, call.to, call.campaign,
          call.lead, call.createdAt)
        countLive(1, call)
        bindAgent(call.wantsAgent ? 1 : 0, call)
      }
    }

    /// Writes what has changed of a call, and counts it.
    func save(_ new: Call, over old: Call) throws(StoreError) {
      many?.calls[new.id] = .some(new)
      write(
        """
        UPDATE calls SET agent = $2, status = $3, disposition = $4, answered_by = $5, placed_at = $6, ringing_at = $7,
          answered_at = $8, ended_at = $9, duration = $10, talk_time = $11, cost = $12, carrier = $13, reference = $14,
          is_attempt = $15, follow_up = $16 WHERE id = $1
        """,
        new.id, new.agent, new.status, new.disposition, new.answeredBy, new.placedAt, new.ringingAt, new.answeredAt,
        new.endedAt, new.duration, new.talkTime, new.costMicros, new.carrier, new.carrierReference, new.isAttempt,
        new.followUp)
      if new.conference != old.conference || new.recording != old.recording || new.failure != old.failure
        || new.messageLeftAt != old.messageLeftAt || new.agentAbsentAt != old.agentAbsentAt
        || new.agreedCallback != old.agreedCallback
        || new.notes != old.notes || new.metadata != old.metadata
      {
        let document = try CallDocument(new).map { (document) throws(StoreError) in try Document.text(document) }
        write("UPDATE calls SET doc = $2 WHERE id = $1", new.id, document)
      }
      if old.agent == nil, let agent = new.agent { count(old.rollup, in: 2, agent, at: new.createdAt) }
      if new.agent == nil, let agent = old.agent {
        var withdrawn = Rollup()
        withdrawn.subtract(old.rollup)
        count(withdrawn, in: 2, agent, at: old.createdAt)
        recountActivity(of: agent)
      }
      var change = new.rollup
      change.subtract(old.rollup)
      count(change, of: new)
      count(callerOf: new, over: old)
      if old.status.isLive, !new.status.isLive {
        write("DELETE FROM live_calls WHERE number = $1 AND account = $2 AND call = $3", new.to, new.account, new.id)
        countLive(-1, new)
      }
      guard new.agent != old.agent else {
        return bindAgent((new.wantsAgent ? 1 : 0) - (old.wantsAgent ? 1 : 0), new)
      }
      bindAgent(old.wantsAgent ? -1 : 0, old)
      bindAgent(new.wantsAgent ? 1 : 0, new)
    }

    /// Works out anew when an agent was last active, where a call turned out not to be theirs.
    func recountActivity(of agent: Agent.ID) {
      write(
        """
        UPDATE agents SET last_active_at = (SELECT max(greatest(created_at, ended_at)) FROM calls
          WHERE agent = $1 AND is_attempt) WHERE id = $1
        """, agent)
    }

    /// Takes or gives back the time of the agent of a call, or counts whether it waits for one.
    private func bindAgent(_ count: Int, _ call: Call) {
      guard count != 0 else { return }
      if let agent = call.agent {
        write("UPDATE agents SET live = live + $2 WHERE id = $1", agent, count)
      } else if let campaign = call.campaign {
        guard many == nil else {
          many?.count(unassigned: count, in: campaign)
          return
        }
        write("UPDATE campaign_states SET unassigned = unassigned + $2 WHERE campaign = $1", campaign, count)
      }
    }

    /// Takes or gives back the slots of a call. That of the system comes last, since all accounts share it.
    private func countLive(_ count: Int, _ call: Call) {
      systemSlots += count
      guard many == nil else {
        many?.count(live: count, call)
        return
      }
      write("UPDATE account_states SET live = live + $2 WHERE account = $1", call.account, count)
      if let campaign = call.campaign {
        write("UPDATE campaign_states SET live = live + $2 WHERE campaign = $1", campaign, count)
      }
    }

    // MARK: Roll-ups

    /// Counts a call in every scope that it is counted in.
    private func count(_ change: Rollup, of call: Call) {
      guard change != Rollup() else { return }
      count(change, in: 0, call.account, at: call.createdAt)
      if let campaign = call.campaign { count(change, in: 1, campaign, at: call.createdAt) }
      if let agent = call.agent { count(change, in: 2, agent, at: call.createdAt) }
    }

    func count(_ change: Rollup, in kind: Int, _ scope: any SQLValue, at moment: Timestamp) {
      guard many == nil else {
        many?.count(change, in: kind, scope.sqlText ?? "", quarter: moment.startOfQuarter)
        return
      }
      let columns = Rollup.columns
      let numbers = columns.indices.map { "$\($0 + 4)" }.joined(separator: ", ")
      let sums = columns.map { "\($0) = rollups.\($0) + excluded.\($0)" }.joined(separator: ", ")
      gather(
        """
        INSERT INTO rollups (kind, scope, quarter, \(columns.joined(separator: ", ")))
        VALUES ($1, $2, \(Schema.total), \(numbers)), ($1, $2, $3, \(numbers))
        ON CONFLICT (kind, scope, quarter) DO UPDATE SET \(sums)
        """, [kind, scope, moment.startOfQuarter] + change.values)
    }
  }

  extension Rollup {
    /// The columns of a roll-up, in the order of its values.
    static let columns =
      [
        "created", "by_human", "by_machine", "duration", "with_duration", "talk_time", "wait_time", "answered_at_all",
        "cost", "leads_done", "callbacks",
      ] + Schema.dispositions

    fileprivate var values: [(any SQLValue)?] {
      let values: [(any SQLValue)?] = [
        created, answeredByHuman, answeredByMachine, duration, withDuration, talkTime, waitTime, answeredAtAll,
        costMicros, leadsDone, callbacks,
      ]
      return values + Disposition.allCases.map { self[$0] }
    }

    init(_ row: inout Row) throws(StoreError) {
      self.init()
      created = try row.int()
      answeredByHuman = try row.int()
      answeredByMachine = try row.int()
      duration = .milliseconds(try row.int64())
      withDuration = try row.int()
      talkTime = .milliseconds(try row.int64())
      waitTime = .milliseconds(try row.int64())
      answeredAtAll = try row.int()
      costMicros = try row.int64()
      leadsDone = try row.int()
      callbacks = try row.int()
      for disposition in Disposition.allCases { self[disposition] = try row.int() }
    }

    fileprivate mutating func subtract(_ other: Rollup) {
      created -= other.created
      answeredByHuman -= other.answeredByHuman
      answeredByMachine -= other.answeredByMachine
      duration -= other.duration
      withDuration -= other.withDuration
      talkTime -= other.talkTime
      waitTime -= other.waitTime
      answeredAtAll -= other.answeredAtAll
      costMicros &-= other.costMicros
      leadsDone -= other.leadsDone
      callbacks -= other.callbacks
      for disposition in Disposition.allCases { self[disposition] -= other[disposition] }
    }
  }
#endif
