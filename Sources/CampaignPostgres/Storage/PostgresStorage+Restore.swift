#if PostgreSQL
  public import CampaignKit

  // What these do is said where the protocols declare them.
  // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
  extension PostgresStorage {
    /// Takes in records, those of one call in one transaction.
    ///
    /// The changes that stop the store from being open for records are those of this process; keep others away.
    public func restore(_ records: [StoreRecord]) async throws(StoreError) {
      let isOpen = shared.isRestoring
      do {
        try await change { (session) throws(StoreError) in
          if !isOpen { try session.demandEmpty() }
          try session.restore(records[...])
        }
      } catch {
        guard error.code == .duplicate || error.code == .invalid else { throw error }
        // Which one was refused is found one by one; what is taken in meanwhile is of no use anyway.
        for (index, record) in records.enumerated() {
          do throws(StoreError) {
            try await change { (session) throws(StoreError) in try session.restore([record]) }
          } catch {
            throw StoreError(error.code, error.message, cause: RefusedRecord(index: index))
          }
        }
        throw error
      }
      shared.isRestoring = true
    }
  }

  extension Session {
    fileprivate func demandEmpty() throws(StoreError) {
      let sql = "SELECT FROM system WHERE EXISTS (SELECT FROM accounts) OR EXISTS (SELECT FROM suppressions)"
      guard try rows(sql).count == 0 else {
        throw StoreError(.notPermitted, "the store is not empty; records are restored into a new one only")
      }
    }

    /// Takes in records, those of a kind that follow each other together.
    fileprivate func restore(_ records: ArraySlice<StoreRecord>) throws(StoreError) {
      var contacts: [Contact] = []
      var entries: [Suppression] = []
      var leads: [StoredLead] = []
      for record in records {
        if case .contact(let contact) = record { contacts.append(contact) } else { try flush(&contacts) }
        if case .suppression(let entry) = record { entries.append(entry) } else { try flush(&entries) }
        if case .lead(let lead, let ending) = record {
          if let other = leads.first, other.lead.campaign != lead.campaign { try flush(&leads) }
          leads.append(StoredLead(lead: lead, ending: try Self.trigger(ending)))
        } else {
          try flush(&leads)
        }
        try restore(record)
      }
      try flush(&contacts)
      try flush(&entries)
      try flush(&leads)
    }

    private static func trigger(_ ending: Lead.Status?) throws(StoreError) -> Lead.Trigger? {
      switch ending {
      case nil: return nil
      case .suppressed: return .suppress
      case .cancelled: return .cancel
      default: throw StoreError(.invalid, "a lead with a call can end as suppressed or cancelled only")
      }
    }

    private func flush(_ contacts: inout [Contact]) throws(StoreError) {
      try add(contacts)
      contacts = []
    }

    private func flush(_ entries: inout [Suppression]) throws(StoreError) {
      guard !entries.isEmpty else { return }
      let accounts = Set(entries.compactMap(\.account))
      guard try rows("SELECT FROM accounts WHERE id = ANY($1)", Array(accounts)).count == accounts.count else {
        throw Self.early("do-not-call entry", "account")
      }
      try add(entries)
      entries = []
    }

    private func flush(_ leads: inout [StoredLead]) throws(StoreError) {
      guard let campaign = leads.first?.lead.campaign else { return }
      guard let owner = try self.campaign(campaign)?.account, leads.allSatisfy({ $0.lead.account == owner }) else {
        throw Self.early("lead", "campaign")
      }
      let contacts = Set(leads.map(\.lead.contact))
      let known = try rows("SELECT FROM contacts WHERE account = $1 AND id = ANY($2)", owner, Array(contacts)).count
      guard known == contacts.count else { throw Self.early("lead", "contact") }
      try add(leads, to: campaign)
      leads = []
    }

    private static func early(_ what: String, _ missing: String) -> StoreError {
      StoreError(
        .invalid, "a \(what) comes without its \(missing) before it; records must keep the order of the export")
    }

    /// Takes in a record of a kind that comes by itself.
    private func restore(_ record: StoreRecord) throws(StoreError) {
      switch record {
      case .limits(let system, let account):
        guard system >= 0, account >= 0 else { throw StoreError(.invalid, "a limit is below zero") }
        write("UPDATE system SET call_limit = $1, account_limit = $2", system, account)
      case .account(let account, let lastEvent):
        guard let last = Int64(exactly: lastEvent) else {
          throw StoreError(.invalid, "the last event of an account has a number that is not possible")
        }
        try add(account)
        write("UPDATE account_states SET last_event = $2 WHERE account = $1", account.id, last)
      case .user(let user): try add(user)
      case .key(let key): try add(key)
      case .agent(let agent, let lastActiveAt): try add(agent, lastActiveAt: lastActiveAt)
      case .list(let list, let members):
        try add(list)
        guard try add(members, to: list.id) == members.count else {
          throw StoreError(.duplicate, "a list has a contact twice")
        }
      case .campaign(let campaign, let nextOrdinal):
        try add(campaign)
        write("UPDATE campaign_states SET next_ordinal = $2 WHERE campaign = $1", campaign.id, nextOrdinal)
      case .importBatch(let batch):
        guard try campaign(batch.campaign)?.account == batch.account else { throw Self.early("import", "campaign") }
        try add(batch)
      case .call(let call, _):
        try add(call)
        guard let agent = call.agent, call.isAttempt, !call.status.isLive else { return }
        write(
          "UPDATE agents SET calls = calls + 1, talk_time = talk_time + $2 WHERE id = $1", agent, call.talkTime ?? .zero
        )
      case .contact, .suppression, .lead: break
      }
    }
  }
#endif
