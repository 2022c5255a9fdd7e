/// What happens to an engine: the answers to its actions, and what it hears.
enum EngineInput: Sendable {
  /// The fallback tick.
  case tick
  /// Campaigns that need an owner, whoever had them before, and the last event of each account.
  case swept(unowned: [Campaign.ID], events: [Account.ID: UInt64])
  /// A campaign is the engine's, with all that is needed to run it.
  indirect case acquired(CampaignLease, CampaignView)
  /// A campaign is somebody else's, or there is none.
  case notAcquired(Campaign.ID, StoreError)
  /// A campaign may have changed.
  case changed(Campaign.ID)
  /// A campaign could not be moved on; it may be something else by now.
  case notMoved(Campaign.ID, StoreError)
  /// The limits of an account, or its agents, may have changed; nil for all accounts.
  case accountChanged(Account.ID?)
  /// What others have heard of calls of an account was not told here.
  case newsMissed(Account.ID)
  /// A campaign as it is now.
  indirect case refreshed(CampaignView)
  case notRefreshed(Campaign.ID, StoreError)
  /// Leases could not be renewed.
  case notRenewed
  /// The leases that are still held; those that were asked for, at a moment, and are missing are lost.
  case renewed(asked: [CampaignLease], held: [CampaignLease], since: Timestamp)
  /// How the limits stand.
  case measured([Account.ID: Result<SlotUsage, StoreError>])
  /// What came of a claim.
  case claimed(Campaign.ID, Result<Claim, StoreError>)
  /// What came of an order; nil for one that was withheld, since it may no longer be placed.
  case placed(Call.ID, Result<String, DialerError>?)
  /// A carrier told something.
  case heard(CallEvent.Kind, Call.ID, at: Timestamp?)
  /// A call as the store has it, since another process has heard something of it.
  indirect case known(Call)
  /// Somebody asked not to be called again in a call that is over.
  case optedOut(PhoneNumber, Account.ID, in: Call.ID)
  /// What was to be written of a call beside its updates has been, or was given up.
  case noted(Call.ID, isWritten: Bool)
  /// A carrier told something of calls that are not followed here, and will not tell it again.
  case untold([CallEvent])
  /// What of that is still to be tried.
  case retold([UntoldEvent])
  /// A carrier answered what has become of a call.
  case lookedUp(Call.ID, CallFindings)
  /// A carrier was asked to let an agent talk, and could not if there is an error.
  case connected(Call.ID, DialerError?)
  /// A carrier was asked to hang a call up, and could not if there is an error.
  case hungUp(Call.ID, DialerError?)
  /// A carrier was asked to play a message before it hangs a call up, and could not if there is an error.
  case dismissed(Call.ID, DialerError?)
  /// Whether news and ends of calls were written, for each of them.
  case updated([(CallUpdate, Result<Call.Status, StoreError>)])
  /// What is to be written of a call that is over.
  case concluded(Call.ID, Result<CallUpdate, StoreError>)
  /// A call was given to an agent, or none was free.
  case assigned(Call.ID, Result<Agent.ID?, StoreError>)
  /// How far the store's clock is ahead of the engine's.
  case storeClock(ahead: ClosedRange<Duration>)
  /// A live call that is not followed yet: one that was begun here and is to be placed, or one of which something was
  /// heard here though another process has its campaign.
  indirect case adopted(Call, isOwn: Bool)
  /// Calls are to be hung up.
  case hangUp([Call.ID])
  /// The engine is to start no further call, and to go on trying for so long what the store refuses.
  case stop(patience: Duration)
}

/// What an engine is to do.
enum EngineAction: Sendable {
  /// Look for campaigns without an owner, and whether anything has happened in these accounts.
  case sweep([Account.ID])
  case acquire(Campaign.ID)
  /// Read a campaign again, with its calls where the store may know more of them.
  case refresh(Campaign.ID, withCalls: Bool)
  case renew([CampaignLease])
  case release(CampaignLease)
  case measure([Account.ID])
  indirect case claim(ClaimRequest)
  /// Look once more of each call whether it may be placed, and place it.
  indirect case place([CallOrder], under: CampaignLease?)
  case hangUp(CallReference)
  /// Have a message played, and the call hung up then.
  case dismiss(CallReference, after: String)
  case lookUp(CallReference)
  /// Write news of a call, and its end if it is over.
  indirect case update(CallUpdate)
  /// Work out what becomes of the lead of a call that is over; there is news to be written with it.
  indirect case conclude(FollowedCall, [CallNews])
  case assign(Call.ID, to: [Agent.ID])
  case connect(CallReference, to: Agent.ID)
  /// Let the agent of a call go.
  case dismissAgent(of: CallReference)
  /// Put the number of a call on the do-not-call list.
  case suppress(PhoneNumber, Account.ID, of: Call.ID)
  /// Write what was heard of a call while its end was being written.
  indirect case tell([CallEvent], of: Call.ID)
  /// Take in what a carrier told of calls that are not followed here.
  case retell([UntoldEvent])
  case transition(Campaign.ID, Campaign.Trigger, reason: String?)
}

/// A campaign with what is needed to run it, read at one moment.
struct CampaignView: Sendable {
  var campaign: Campaign
  var account: Account
  var queues: [LocalityQueue]
  /// The people of its group who may take calls, if it has a group.
  var agents: [Agent]
  /// Its live calls, and of those that are followed here also what is over; nil where they were not asked for.
  var calls: [Call]?
  /// How far the store's clock is ahead of the engine's, at least and at most, if it was looked at.
  var storeClock: ClosedRange<Duration>?
  /// When its lease was asked for, if it was.
  var leasedAt: Timestamp?
}
