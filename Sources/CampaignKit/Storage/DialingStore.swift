/// The heart: the few atomic operations with which calls begin and end.
///
/// A claim makes the intent to call, a finish closes it. Between the two a call holds one slot of the system, of
/// its account, of its campaign, and of an agent of its group, and its lead can have no other call.
///
/// ## What an implementation promises
///
/// - A claim never goes above a limit, whatever is asked, and whoever else claims at the same time.
/// - A claim returns no lead that is not due, whose locality is not open, whose number is on the do-not-call list
///   or in a call, or that a rolling limit holds back.
/// - No lead has two live calls, and none has more attempts than its campaign allows.
/// - No number makes more calls in a day than the campaign that calls from it permits, and each call says its number.
/// - A finish happens once. Slots are given back in it, and the lead's next state is set in it.
/// - Nothing is claimed without a lease that is still held.
public protocol DialingStore: Sendable {
  // MARK: Leases

  /// Takes a campaign for a process, if it is free, stale, or its own already.
  ///
  /// Of several that ask at once, one gets it. It is stale as well when the clock stands before the moment at which it
  /// was taken or renewed last; see ``TimeSource``.
  ///
  /// - Throws: ``StoreError/Code/leaseLost`` while another process holds it, ``StoreError/Code/notFound``.
  func acquire(
    _ campaign: Campaign.ID, by owner: String, lasting duration: Duration
  ) async throws(StoreError) -> CampaignLease

  /// Holds leases for longer.
  ///
  /// - Returns: The leases that are held still, with their new end. The others are lost.
  func renew(_ leases: [CampaignLease], lasting duration: Duration) async throws(StoreError) -> [CampaignLease]

  /// Gives a lease back. One that is lost already is no error.
  func release(_ lease: CampaignLease) async throws(StoreError)

  /// The lease of a campaign, held or stale; nil when there is none.
  func lease(of campaign: Campaign.ID) async throws(StoreError) -> CampaignLease?

  /// The campaigns that need an owner: scheduled, active, or with live calls, and with no lease that is still held.
  func unownedCampaigns(limit: Int) async throws(StoreError) -> [Campaign.ID]

  // MARK: Calls

  /// The queues in which the leads of a campaign wait.
  func queues(of campaign: Campaign.ID) async throws(StoreError) -> [LocalityQueue]

  /// What decides whether a lead may be called now, beside what it says itself: what a claim would look at.
  ///
  /// - Parameters:
  ///   - lead: The lead.
  ///   - limits: How often people in its locality may be called, beside what its campaign states.
  /// - Returns: What the store knows of it.
  /// - Throws: ``StoreError/Code/notFound``, ``StoreError/Code/invalid`` for a limit that makes no sense.
  func dialingFacts(of lead: Lead.ID, keeping limits: [RollingLimit]) async throws(StoreError) -> DialingFacts

  /// Claims leads of one campaign, and makes the intents to call them.
  ///
  /// Each call is made from a number that ``CallerChoice`` chooses. Where that limits the calls of a day, they are to be
  /// placed before the day ends; a request with a day in which the claim does not fall is given none.
  ///
  /// Callbacks come first, then the smaller priority, then the earlier time, then the lower ordinal.
  ///
  /// - Throws: ``StoreError/Code/leaseLost``, ``StoreError/Code/notFound``.
  func claim(_ request: ClaimRequest) async throws(StoreError) -> Claim

  /// Makes the intent to call a number outside a campaign, under the limits of system and account, the do-not-call
  /// list included.
  ///
  /// - Throws: ``StoreError/Code/limited`` when a limit leaves no room, ``StoreError/Code/notPermitted`` when the
  ///   number is not to be called or is in a call, ``StoreError/Code/notFound``.
  func begin(_ order: SingleCall) async throws(StoreError) -> Call

  /// The live calls outside campaigns, of all accounts, oldest first; at no cost for those in campaigns.
  func liveSingleCalls(limit: Int) async throws(StoreError) -> [Call]

  /// The last look before a call is placed: whether it may still be.
  ///
  /// It is false when there is no such call, the call is no longer an intent, its time to be placed is over, its
  /// campaign is not active, its lead is to end, its number has come on the do-not-call list, or the lease is lost.
  func mayPlace(_ call: Call.ID, under lease: CampaignLease?) async throws(StoreError) -> Bool

  /// Records news of a call. News that is old, or was heard before, changes nothing.
  ///
  /// - Returns: The call as it is stored now, and whether the news changed it.
  /// - Throws: ``StoreError/Code/notFound``.
  func record(
    _ news: CallNews, of call: Call.ID
  ) async throws(StoreError) -> (call: Call, isNew: Bool)

  /// Gives a live call to the agent who has been idle for longest, counted from their last call.
  ///
  /// Those who never had a call come first.
  ///
  /// - Parameters:
  ///   - call: The call.
  ///   - agents: The agents to choose from. Those who are not available or are at their limit are passed over.
  /// - Returns: The agent; the one it has already if it has one; nil when none is free, or when a machine that takes
  ///   messages has answered.
  /// - Throws: ``StoreError/Code/notPermitted`` when the call is over, ``StoreError/Code/notFound``.
  func assign(_ call: Call.ID, to agents: [Agent.ID]) async throws(StoreError) -> Agent.ID?

  /// Ends a call, gives its slots back, sets what becomes of its lead, and counts it.
  ///
  /// What becomes of the lead is what `ending` asks for, unless the lead was to end, its campaign is over, or its
  /// attempts are used up: then there is no further attempt. The campaign completes if this was its last open lead.
  /// How it ended is what ``CallEnding/disposition(agentAbsentAt:)`` says.
  ///
  /// - Returns: The call as it is stored now, and whether this ended it. When it was over before, nothing changes.
  /// - Throws: ``StoreError/Code/notFound``.
  func finish(
    _ call: Call.ID, _ ending: CallEnding
  ) async throws(StoreError) -> (call: Call, isNew: Bool)

  /// Records news of many calls, and ends those that are over: for each what ``record(_:of:)`` and then
  /// ``finish(_:_:)`` would do.
  ///
  /// Each stands by itself, and its news come before its end. A call that is named twice is written twice, in order.
  ///
  /// A store that answers many at once for little more than one does so here; unless it says otherwise, each is
  /// written by itself.
  ///
  /// - Returns: What came of each, in their order: the status of the call as it is stored now, or why it was refused.
  /// - Throws: When the store as a whole failed; then some of it may be written, which does no harm if it comes again.
  func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>]

  // MARK: Slots

  /// The limits, and how much of them is used.
  func slots(of account: Account.ID) async throws(StoreError) -> SlotUsage

  /// Sets how many calls the whole system may have at once; 10 in a new store. Calls that are live go on.
  func setSystemLimit(_ limit: Int) async throws(StoreError)

  /// Sets how many calls an account may have at once that states no limit of its own; 2 in a new store.
  func setDefaultAccountLimit(_ limit: Int) async throws(StoreError)

  /// Takes slots for something other than a call, until they are given back or the time is over.
  ///
  /// - Throws: ``StoreError/Code/limited`` when there are not so many free, ``StoreError/Code/notFound``.
  func reserve(
    _ count: Int, of account: Account.ID, for duration: Duration, note: String
  ) async throws(StoreError) -> SlotReservation

  /// Gives reserved slots back. A reservation that is over already is no error.
  func release(_ reservation: SlotReservation.ID) async throws(StoreError)
}

extension DialingStore {
  /// What decides whether a lead may be called now, with no other limits than those of its campaign.
  public func dialingFacts(of lead: Lead.ID) async throws(StoreError) -> DialingFacts {
    try await dialingFacts(of: lead, keeping: [])
  }

  /// Records news of calls, and ends those that are over, one after the other.
  public func update(_ calls: [CallUpdate]) async throws(StoreError) -> [Result<Call.Status, StoreError>] {
    var results: [Result<Call.Status, StoreError>] = []
    for update in calls {
      do throws(StoreError) {
        results.append(.success(try await self.update(update)))
      } catch {
        // What is wrong with one call is no fault of the store.
        guard error.code == .notFound || error.code == .invalid else { throw error }
        results.append(.failure(error))
      }
    }
    return results
  }

  private func update(_ update: CallUpdate) async throws(StoreError) -> Call.Status {
    var status: Call.Status?
    for news in update.news { status = try await record(news, of: update.call).call.status }
    if let ending = update.ending { status = try await finish(update.call, ending).call.status }
    if let status { return status }
    throw StoreError(.invalid, "an update of a call needs news or an end")
  }
}
