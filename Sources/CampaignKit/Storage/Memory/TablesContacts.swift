// Reading values out of the tables.
extension Tables {
  func contactPayload(_ row: UInt32) throws(StoreError) -> ContactPayload {
    let reference = contacts[row].payload
    return try contactPayloads[Int(row >> Rows<ContactRow>.chunkBits)].withBytes(reference) {
      (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try ContactPayload(from: &reader)
    }
  }

  /// Whether what is known of a contact's person is what these bytes say.
  func isPerson(ofContact row: UInt32, _ person: UnsafeRawBufferPointer) throws(StoreError) -> Bool {
    try contactPayloads[Int(row >> Rows<ContactRow>.chunkBits)].withBytes(contacts[row].payload) {
      (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      _ = try reader.byte()
      let before = reader.remaining
      try Person.skip(&reader)
      return person.elementsEqual(bytes[1..<1 + before - reader.remaining])
    }
  }

  func contact(at row: UInt32) throws(StoreError) -> Contact {
    let stored = contacts[row]
    guard let number = PhoneNumber(digits: stored.number) else { throw .misfit("phone number") }
    let payload = try contactPayload(row)
    var contact = Contact(
      id: stored.id.of(Contact.self), account: accounts[Int(stored.account)].account.id, number: number,
      createdAt: Timestamp(milliseconds: stored.createdAt))
    contact.updatedAt = Timestamp(milliseconds: stored.updatedAt)
    contact.person = payload.person
    contact.phoneExtension = payload.phoneExtension
    contact.numberLabel = payload.numberLabel
    contact.furtherNumbers = payload.furtherNumbers
    contact.notes = payload.notes
    contact.timeZone = payload.timeZone
    contact.consents = payload.consents
    contact.fields = payload.fields
    return contact
  }

  func furtherNumbers(ofContact row: UInt32) throws(StoreError) -> [Contact.Number] {
    guard contacts[row].hasFurtherNumbers else { return [] }
    return try contactPayloads[Int(row >> Rows<ContactRow>.chunkBits)]
      .withBytes(contacts[row].payload) { (bytes) throws(StoreError) in
        var reader = ByteReader(bytes)
        return try ContactPayload.furtherNumbers(inPayload: &reader)
      }
  }
}
