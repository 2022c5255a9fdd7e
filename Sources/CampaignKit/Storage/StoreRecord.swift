/// One thing that a store keeps, by itself: a line of an export.
///
/// Records come in an order in which each can be restored: an account before its campaigns, a contact before
/// its leads, a lead before its calls. Roll-ups, counts and slots are not among them; they follow from the rest.
public enum StoreRecord: Hashable, Sendable, Codable {
  /// The limits of the system, and of accounts that state none.
  case limits(system: Int, account: Int)
  /// An account, and the number of its last event.
  case account(Account, lastEvent: UInt64)
  /// A user.
  case user(User)
  /// A key.
  case key(APIKey)
  /// An agent.
  case agent(Agent)
  /// A do-not-call entry.
  case suppression(Suppression)
  /// A contact.
  case contact(Contact)
  /// A list, and the contacts that are on it.
  case list(ContactList, members: [Contact.ID])
  /// A campaign.
  case campaign(Campaign)
  /// An import.
  case importBatch(ImportBatch)
  /// A lead.
  case lead(Lead)
  /// A call.
  case call(Call)
}
