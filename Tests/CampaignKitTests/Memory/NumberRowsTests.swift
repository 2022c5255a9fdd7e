import Testing

@testable import CampaignKit

/// That a number which is in a call is known, whoever has the number.
@Suite struct NumberRowsTests {
  private let now = Samples.moment
  private let account: Account.ID = Samples.id(1)

  private func number(_ index: UInt64) throws -> PhoneNumber {
    try #require(PhoneNumber(digits: 14_155_550_000 + index))
  }

  private func isBusy(_ number: PhoneNumber, in state: inout StoreState) -> Bool {
    do throws(StoreError) {
      _ = try state.begin(SingleCall(account: account, to: number), at: now)
      return false
    } catch {
      return error.code == .notPermitted
    }
  }

  @Test(arguments: [false, true])
  func aLiveCallIsFoundByItsNumber(reloads: Bool) throws {
    var state = StoreState(seed: 91)
    _ = try state.begin(leads: 0, at: now)
    var account = try #require(state.tables.accounts.first?.account)
    account.concurrencyLimit = 100
    func check(_ busy: [UInt64], _ what: Comment) throws {
      if reloads { try state.load(state.tables, at: now) }
      for index in busy { #expect(try isBusy(number(index), in: &state), what) }
    }
    // Nobody's number becomes a contact's, and nobody's again.
    _ = try state.begin(SingleCall(account: account.id, to: number(1)), at: now)
    try check([1], "before there is a contact")
    var contact = Contact(id: Samples.id(50), account: account.id, number: try number(1), createdAt: now)
    try state.insert(contact, at: now)
    try check([1], "with a contact")
    contact.number = try number(2)
    _ = try state.update(contact, at: now)
    try check([1], "after the contact got another number")
    _ = try state.begin(SingleCall(account: account.id, to: number(2)), at: now)
    try check([1, 2], "with a call to the contact's new number")
    contact.number = try number(1)
    _ = try state.update(contact, at: now)
    try check([1, 2], "after the contact got its number back")
    try state.delete(contact.id, of: account.id, at: now)
    try check([1, 2], "without the contact")
    #expect(state.tables.numbers.count == 2)
  }
}
