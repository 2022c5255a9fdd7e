// What is kept of the numbers that were called.
//
// The row of a number that is a contact's main one stands with the contact, so that to claim a lead of it takes no
// search. The others are found by their index.
extension StoreState {
  static func hash(number: UInt64, of account: UInt32) -> UInt64 { RowIndex.hash(number, UInt64(account)) }

  /// The row that holds together all calls of an account to a number; nil while there were none.
  func numberRow(_ number: UInt64, of account: UInt32) -> UInt32? {
    if let contact = contactRow(number: number, of: account) {
      let row = tables.contacts[contact].numberRow
      return row == noRow ? nil : row
    }
    return looseNumberRow(number, of: account)
  }

  /// The same for a number that a contact is called on.
  @inline(__always)
  func numberRow(_ number: UInt64, ofContact contact: UInt32) -> UInt32? {
    guard tables.contacts[contact].number == number, !tables.contacts[contact].isDeleted else {
      return numberRow(number, of: tables.contacts[contact].account)
    }
    let row = tables.contacts[contact].numberRow
    return row == noRow ? nil : row
  }

  private func looseNumberRow(_ number: UInt64, of account: UInt32) -> UInt32? {
    indexes.numbers.find(Self.hash(number: number, of: account)) {
      tables.numbers[$0].number == number && tables.numbers[$0].account == account
    }
  }

  /// The row of a number, which is made if it is not there.
  @inline(__always)
  mutating func addNumber(_ number: UInt64, of account: UInt32, contact: UInt32) -> UInt32 {
    let known =
      contact == noRow ? numberRow(number, of: account) : numberRow(number, ofContact: contact)
    if let known { return known }
    let row = tables.numbers.append(NumberRow(number: number, account: account))
    if contact != noRow, tables.contacts[contact].number == number, !tables.contacts[contact].isDeleted {
      tables.contacts[contact].numberRow = row
    } else if let owner = contactRow(number: number, of: account) {
      tables.contacts[owner].numberRow = row
    } else {
      indexes.numbers.insert(Self.hash(number: number, of: account), row)
    }
    return row
  }

  /// Gives a contact the row of its main number if that was called before.
  @inline(__always)
  mutating func takeNumber(ofContact contact: UInt32) {
    let stored = tables.contacts[contact]
    guard let row = looseNumberRow(stored.number, of: stored.account) else { return }
    indexes.numbers.remove(Self.hash(number: stored.number, of: stored.account), row)
    tables.contacts[contact].numberRow = row
  }

  /// Takes the row of its main number from a contact that goes or changes its number.
  mutating func loseNumber(ofContact contact: UInt32) {
    let stored = tables.contacts[contact]
    guard stored.numberRow != noRow else { return }
    indexes.numbers.insert(Self.hash(number: stored.number, of: stored.account), stored.numberRow)
    tables.contacts[contact].numberRow = noRow
  }
}

extension Tables {
  /// An index of the numbers that do not stand with a contact.
  var indexOfNumbers: RowIndex {
    var isLoose = Array(repeating: true, count: numbers.count)
    for chunk in contacts.chunks {
      for contact in chunk where Int(contact.numberRow) < isLoose.count { isLoose[Int(contact.numberRow)] = false }
    }
    var index = RowIndex()
    for row in isLoose.indices where isLoose[row] {
      let stored = numbers[UInt32(row)]
      index.insert(StoreState.hash(number: stored.number, of: stored.account), UInt32(row))
    }
    return index
  }
}
