/// One thing that a store keeps, by itself: a line of an export.
///
/// Records come in an order in which each can be restored: an account before its campaigns, a contact before
/// its leads, a lead before its calls. Roll-ups, counts and slots are not among them; they follow from the rest.
public enum StoreRecord: Hashable, Sendable {
  /// The limits of the system, and of accounts that state none.
  case limits(system: Int, account: Int)
  /// An account, and the number of its last event.
  case account(Account, lastEvent: UInt64)
  /// A user.
  case user(User)
  /// A key.
  case key(APIKey)
  /// An agent, and when it last had to do with a call, by which the one is found who is idle for longest.
  case agent(Agent, lastActiveAt: Timestamp?)
  /// A do-not-call entry.
  case suppression(Suppression)
  /// A contact.
  case contact(Contact)
  /// A list, and the contacts that are on it.
  case list(ContactList, members: [Contact.ID])
  /// A campaign, and the ordinal of its next lead, since those of leads that were removed are not used again.
  case campaign(Campaign, nextOrdinal: Int)
  /// An import.
  case importBatch(ImportBatch)
  /// A lead, and how it is to end with its live call whatever comes of that; nil for not at all.
  case lead(Lead, ending: Lead.Status?)
  /// A call, and whether it waits for an agent of its campaign's group.
  case call(Call, awaitsAgent: Bool)
}
