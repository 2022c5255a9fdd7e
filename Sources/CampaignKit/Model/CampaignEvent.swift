/// Something that happened in an account.
public struct CampaignEvent: Hashable, Sendable, Codable {
  /// What happened.
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// A campaign was created, had its settings changed, changed its status, or was deleted.
    case campaignCreated, campaignUpdated, campaignStatusChanged, campaignDeleted
    /// Leads were added; ``CampaignEvent/count`` says how many.
    case leadsAdded
    /// A lead was changed by somebody, or changed its status without a call.
    case leadUpdated
    /// Leads were taken out; ``CampaignEvent/count`` says how many.
    case leadsRemoved
    /// A call is about to be placed, was taken by the carrier, rings, was answered, or ended.
    case callIntended, callPlaced, callRinging, callAnswered, callEnded
    /// A call was given to an agent.
    case callAssigned
    /// An agent was created or changed, or freed of a call that a machine answered; changed its status; was deleted.
    case agentUpdated, agentStatusChanged, agentDeleted
    /// Numbers were put on the do-not-call list, or taken off it; ``CampaignEvent/count`` says how many.
    case suppressionsAdded, suppressionsRemoved
    /// What the account permits was changed: its limits, its time zone and hours, or its copies of do-not-call lists.
    case limitsChanged
    /// Who or what answered a live call became known, with its answer or later, or is known better.
    case callDetected
    /// The agent of a live call did not come to the telephone.
    case agentAbsent
  }

  /// Its number in the account, counted from 1 without a gap.
  public var sequence: UInt64
  /// The account.
  public var account: Account.ID
  /// When it happened.
  public var at: Timestamp
  /// What happened.
  public var kind: Kind
  /// The campaign it happened in.
  public var campaign: Campaign.ID?
  /// The lead it happened to.
  public var lead: Lead.ID?
  /// The call it happened to.
  public var call: Call.ID?
  /// The agent it happened to.
  public var agent: Agent.ID?
  /// The status that the campaign, call or agent has since; the disposition of a call that ended; of a call that was
  /// detected, who or what answered it, as ``AnsweredBy`` is written.
  public var status: String?
  /// How many it happened to, where they are told together.
  public var count: Int?

  /// Creates an event.
  public init(
    sequence: UInt64, account: Account.ID, at: Timestamp, kind: Kind, campaign: Campaign.ID? = nil,
    lead: Lead.ID? = nil, call: Call.ID? = nil, agent: Agent.ID? = nil, status: String? = nil, count: Int? = nil
  ) {
    self.sequence = sequence
    self.account = account
    self.at = at
    self.kind = kind
    self.campaign = campaign
    self.lead = lead
    self.call = call
    self.agent = agent
    self.status = status
    self.count = count
  }
}
