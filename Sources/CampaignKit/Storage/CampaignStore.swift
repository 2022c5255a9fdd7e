/// Keeps campaigns.
public protocol CampaignStore: Sendable {
  /// Adds a draft. Status, times and revision of `campaign` are set by the store.
  ///
  /// - Returns: The campaign as it is stored.
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier is taken, ``StoreError/Code/notFound`` when there
  ///   is no such account, ``StoreError/Code/invalid`` when a limit is negative or there would be no attempt.
  func insert(_ campaign: Campaign) async throws(StoreError) -> Campaign

  /// The campaign of that name, in whatever account.
  func campaign(_ id: Campaign.ID) async throws(StoreError) -> Campaign?

  /// The campaigns that match.
  func campaigns(_ query: CampaignQuery, page: PageRequest) async throws(StoreError) -> Page<Campaign>

  /// How many campaigns an account has in each status; a status without one is absent.
  func campaignCounts(of account: Account.ID) async throws(StoreError) -> [Campaign.Status: Int]

  /// Changes the settings of a campaign, whatever its status. Status, its times and reason stay as they are.
  ///
  /// New limits hold from the next claim on.
  ///
  /// - Returns: The campaign as it is stored now, with its new revision.
  /// - Throws: ``StoreError/Code/conflict`` when the stored revision is not that of `campaign`,
  ///   ``StoreError/Code/notFound``, ``StoreError/Code/invalid``.
  func update(_ campaign: Campaign) async throws(StoreError) -> Campaign

  /// Changes the status of a campaign.
  ///
  /// With ``Campaign/Trigger/end``, ``Campaign/Trigger/cancel`` and ``Campaign/Trigger/fail`` the waiting leads
  /// are cancelled in the same step; live calls go on to their end, and their leads with them. A lead whose last
  /// attempt ends after that gets no further attempt. ``Campaign/Trigger/start`` needs a waiting lead.
  ///
  /// - Returns: The campaign as it is stored now.
  /// - Throws: ``StoreError/Code/notPermitted`` with a ``TransitionError``, or because there is no lead to call;
  ///   ``StoreError/Code/notFound``.
  func transition(
    _ campaign: Campaign.ID, on trigger: Campaign.Trigger, reason: String?
  ) async throws(StoreError) -> Campaign

  /// Removes a campaign, its leads and its imports. Its calls stay, with its name, since limits and reports count them.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` when it is active or has live calls, ``StoreError/Code/notFound``.
  func delete(_ campaign: Campaign.ID) async throws(StoreError)
}
