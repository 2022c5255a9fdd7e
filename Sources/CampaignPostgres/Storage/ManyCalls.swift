#if PostgreSQL
  internal import CampaignKit

  /// What a transaction over many calls has read beforehand, as it is by now, and what it writes once at its end: a row
  /// that many of the calls share would otherwise be changed for each of them.
  struct ManyCalls {
    /// The calls that were asked for; nil for one that is not there.
    var calls: [Call.ID: Call?] = [:]
    var leads: [Lead.ID: StoredLead] = [:]
    var contacts: [Contact.ID: Contact] = [:]
    var terms: [Campaign.ID: AttemptTerms] = [:]

    fileprivate var accounts: [Account.ID: AccountSums] = [:]
    fileprivate var campaigns: [Campaign.ID: CampaignSums] = [:]
    fileprivate var queues: [Queue: Int] = [:]
    fileprivate var rollups: [Scope: Rollup] = [:]
    fileprivate var callers: [CallerQuarter: CallerCounts] = [:]

    fileprivate struct AccountSums {
      var live = 0
      var events: [Event] = []
    }

    fileprivate struct CampaignSums {
      var account: Account.ID?
      var live = 0
      var unassigned = 0
      var leads = LeadCounts()
      /// Whether a lead has ended, so that the campaign may be over.
      var hasEnds = false
    }

    fileprivate struct Queue: Hashable {
      var campaign: Campaign.ID
      var locality: Int
    }

    fileprivate struct Scope: Hashable {
      var kind: Int
      var id: String
      var quarter: Timestamp
    }

    fileprivate struct Event {
      var kind: CampaignEvent.Kind
      var campaign: Campaign.ID?
      var lead: Lead.ID?
      var call: Call.ID?
      var agent: Agent.ID?
      var status: String?
    }

    mutating func count(live: Int, _ call: Call) {
      accounts[call.account, default: AccountSums()].live += live
      guard let campaign = call.campaign else { return }
      campaigns[campaign, default: CampaignSums()].live += live
    }

    mutating func count(unassigned: Int, in campaign: Campaign.ID) {
      campaigns[campaign, default: CampaignSums()].unassigned += unassigned
    }

    mutating func count(_ counts: LeadCounts, of campaign: Campaign.ID) {
      for status in Lead.Status.allCases {
        campaigns[campaign, default: CampaignSums()].leads[status] += counts[status]
      }
      campaigns[campaign, default: CampaignSums()].leads.attempted += counts.attempted
    }

    mutating func count(_ count: Int, waitingIn locality: Int, of campaign: Campaign.ID) {
      queues[Queue(campaign: campaign, locality: locality), default: 0] += count
    }

    mutating func count(_ change: Rollup, in kind: Int, _ scope: String, quarter: Timestamp) {
      rollups[Scope(kind: kind, id: scope, quarter: quarter), default: Rollup()].add(change)
    }

    mutating func count(_ change: CallerCounts, of caller: CallerQuarter) {
      callers[caller, default: CallerCounts()].add(change)
    }

    mutating func tell(
      _ account: Account.ID, _ kind: CampaignEvent.Kind, campaign: Campaign.ID?, lead: Lead.ID?, call: Call.ID?,
      agent: Agent.ID?, status: String?
    ) {
      accounts[account, default: AccountSums()].events.append(
        Event(kind: kind, campaign: campaign, lead: lead, call: call, agent: agent, status: status))
    }

    mutating func noteEnd(in campaign: Campaign.ID, of account: Account.ID) {
      campaigns[campaign, default: CampaignSums()].hasEnds = true
      campaigns[campaign]?.account = account
    }
  }

  /// How many attempts a lead may have, and whether its campaign goes on.
  struct AttemptTerms {
    var status: Campaign.Status
    var attempts: Int
  }

  extension Session {
    /// Reads some calls, and all that is looked at when they end, in a few questions.
    func readAhead(_ ids: [Call.ID]) throws(StoreError) {
      var many = ManyCalls()
      for id in ids { many.calls[id] = .some(nil) }
      let calls = try rows("SELECT \(Call.columns) FROM calls WHERE id = ANY($1)", ids)
        .map { (row) throws(StoreError) in try Call(&row) }
      for call in calls { many.calls[call.id] = call }
      let leads = try rows("SELECT \(StoredLead.columns) FROM leads WHERE id = ANY($1)", calls.compactMap(\.lead))
        .map { (row) throws(StoreError) in try StoredLead(&row, in: self) }
      for lead in leads { many.leads[lead.lead.id] = lead }
      let contacts = try rows("SELECT doc FROM contacts WHERE id = ANY($1)", Array(Set(leads.map(\.lead.contact))))
        .map { (row) throws(StoreError) in try row.document(Contact.self) }
      for contact in contacts { many.contacts[contact.id] = contact }
      self.many = many
    }

    /// Writes what was summed up over many calls.
    func writeSums() throws(StoreError) {
      guard let sums = many else { return }
      many = nil
      // The account is locked, so nobody waits for the order of these.
      for (queue, count) in sums.queues where count != 0 {
        self.count(count, waitingIn: queue.locality, of: queue.campaign)
      }
      for (scope, rollup) in sums.rollups.sorted(by: { ($0.key.kind, $0.key.id) < ($1.key.kind, $1.key.id) }) {
        count(rollup, in: scope.kind, scope.id, at: scope.quarter)
      }
      write(sums.callers)
      for (id, campaign) in sums.campaigns.sorted(by: { $0.key < $1.key }) {
        if campaign.leads != LeadCounts() { count(campaign.leads, of: id) }
        guard campaign.live != 0 || campaign.unassigned != 0 else { continue }
        write(
          "UPDATE campaign_states SET live = live + $2, unassigned = unassigned + $3 WHERE campaign = $1", id,
          campaign.live, campaign.unassigned)
      }
      for (id, account) in sums.accounts.sorted(by: { $0.key < $1.key }) {
        if account.live != 0 {
          write("UPDATE account_states SET live = live + $2 WHERE account = $1", id, account.live)
        }
        guard !account.events.isEmpty else { continue }
        let events = account.events
        write(
          "SELECT tell_many($1, $2, $3, $4, $5, $6, $7, $8)", id, try now(), events.map(\.kind), events.map(\.campaign),
          events.map(\.lead), events.map(\.call), events.map(\.agent), events.map(\.status))
        noteTold(id)
      }
      for (id, campaign) in sums.campaigns.sorted(by: { $0.key < $1.key }) where campaign.hasEnds {
        guard let account = campaign.account else { continue }
        try completeIfDone(id, of: account)
      }
    }
  }
#endif
