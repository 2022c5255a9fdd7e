import JSON

/// The fixed part of a contact.
struct ContactRow: BitwiseCopyable, Sendable {
  var number: UInt64
  var createdAt: Int64
  var updatedAt: Int64
  var id: RawID
  var account: UInt32
  var payload: PayloadRef
  /// The newest lead of this contact; each lead names the one before it.
  var newestLead: UInt32
  /// The newest call to this contact; each call names the one before it.
  var newestCall: UInt32
  /// The row of its number among those that were called; ``noRow`` before the first call.
  var numberRow = noRow
  var isDeleted: Bool
  /// Whether it has numbers beside the main one.
  var hasFurtherNumbers: Bool
}

/// The variable part of a contact.
struct ContactPayload {
  var person = Person()
  var phoneExtension: String?
  var numberLabel: String?
  var furtherNumbers: [Contact.Number] = []
  var notes: String?
  var timeZone: String?
  var consents: [Consent] = []
  var fields: JSONObject = [:]

  init() {}

  init(_ contact: Contact) {
    person = contact.person
    phoneExtension = contact.phoneExtension
    numberLabel = contact.numberLabel
    furtherNumbers = contact.furtherNumbers
    notes = contact.notes
    timeZone = contact.timeZone
    consents = contact.consents
    fields = contact.fields
  }

  func write(to writer: inout ByteWriter) {
    var present: UInt8 = 0
    if phoneExtension != nil { present |= 1 }
    if numberLabel != nil { present |= 2 }
    if !furtherNumbers.isEmpty { present |= 4 }
    if notes != nil { present |= 8 }
    if timeZone != nil { present |= 16 }
    if !consents.isEmpty { present |= 32 }
    if !fields.isEmpty { present |= 64 }
    writer.byte(present)
    person.write(to: &writer)
    if let phoneExtension { writer.text(phoneExtension) }
    if let numberLabel { writer.text(numberLabel) }
    if !furtherNumbers.isEmpty {
      writer.count(furtherNumbers.count)
      for number in furtherNumbers { number.write(to: &writer) }
    }
    if let notes { writer.text(notes) }
    if let timeZone { writer.text(timeZone) }
    if !consents.isEmpty {
      writer.count(consents.count)
      for consent in consents { consent.write(to: &writer) }
    }
    if !fields.isEmpty { writer.object(fields) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let present = try reader.byte()
    person = try Person(from: &reader)
    if present & 1 != 0 { phoneExtension = try reader.text() }
    if present & 2 != 0 { numberLabel = try reader.text() }
    if present & 4 != 0 { furtherNumbers = try Self.furtherNumbers(&reader) }
    if present & 8 != 0 { notes = try reader.text() }
    if present & 16 != 0 { timeZone = try reader.text() }
    if present & 32 != 0 {
      for _ in try reader.elements() { consents.append(try Consent(from: &reader)) }
    }
    if present & 64 != 0 { fields = try reader.object() }
  }

  /// Reads the further numbers and nothing else.
  static func furtherNumbers(inPayload reader: inout ByteReader) throws(StoreError) -> [Contact.Number] {
    let present = try reader.byte()
    guard present & 4 != 0 else { return [] }
    try Person.skip(&reader)
    if present & 1 != 0 { _ = try reader.blob() }
    if present & 2 != 0 { _ = try reader.blob() }
    return try furtherNumbers(&reader)
  }

  private static func furtherNumbers(_ reader: inout ByteReader) throws(StoreError) -> [Contact.Number] {
    var numbers: [Contact.Number] = []
    for _ in try reader.elements() { numbers.append(try Contact.Number(from: &reader)) }
    return numbers
  }
}

extension Person {
  /// Writes a byte that says which fields are there, and those fields.
  @inline(__always)
  func write(to writer: inout ByteWriter) {
    var present: UInt8 = 0
    if firstName != nil { present |= 1 }
    if lastName != nil { present |= 2 }
    if email != nil { present |= 4 }
    if company != nil { present |= 8 }
    if country != nil { present |= 16 }
    writer.byte(present)
    if let firstName { writer.text(firstName) }
    if let lastName { writer.text(lastName) }
    if let email { writer.text(email) }
    if let company { writer.text(company) }
    if let country { writer.text(country) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let present = try reader.byte()
    self.init()
    if present & 1 != 0 { firstName = try reader.text() }
    if present & 2 != 0 { lastName = try reader.text() }
    if present & 4 != 0 { email = try reader.text() }
    if present & 8 != 0 { company = try reader.text() }
    if present & 16 != 0 { country = try reader.text() }
  }

  static func skip(_ reader: inout ByteReader) throws(StoreError) {
    let present = try reader.byte()
    for _ in 0..<(present & 31).nonzeroBitCount { _ = try reader.blob() }
  }
}

extension Contact.Number {
  func write(to writer: inout ByteWriter) {
    writer.fixed64(number.digits)
    writer.optional(phoneExtension) { $0.text($1) }
    writer.optional(label) { $0.text($1) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(
      try reader.phoneNumber(), phoneExtension: try reader.optional { (r) throws(StoreError) in try r.text() },
      label: try reader.optional { (r) throws(StoreError) in try r.text() })
  }
}

extension Consent {
  func write(to writer: inout ByteWriter) {
    writer.text(kind)
    writer.text(source)
    writer.moment(givenAt)
    writer.optional(expiresAt) { $0.moment($1) }
    writer.optional(revokedAt) { $0.moment($1) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(
      kind: try reader.text(), source: try reader.text(), givenAt: try reader.moment(),
      expiresAt: try reader.optional { (r) throws(StoreError) in try r.moment() },
      revokedAt: try reader.optional { (r) throws(StoreError) in try r.moment() })
  }
}

extension ByteWriter {
  /// Writes an object as JSON text, which keeps the order of its members and every digit of its numbers.
  mutating func object(_ value: JSONObject) {
    nested { writer in
      var bytes: [UInt8] = []
      swap(&bytes, &writer.bytes)
      // Given away, not copied: the writer goes on in the same memory.
      var json = JSONWriter(appendingTo: consume bytes)
      json.value(value)
      writer.bytes = json.finish()
    }
  }
}

extension ByteReader {
  mutating func object() throws(StoreError) -> JSONObject {
    let bytes = try nested()
    do {
      guard case .object(let value) = try JSONValue(parsing: bytes, limits: .stored) else {
        throw StoreError(.damaged, "a stored object is another kind of JSON")
      }
      return value
    } catch let error as StoreError {
      throw error
    } catch {
      throw StoreError(.damaged, "a stored object is not JSON", cause: error)
    }
  }

  mutating func phoneNumber() throws(StoreError) -> PhoneNumber {
    guard let number = PhoneNumber(digits: try fixed64()) else {
      throw StoreError(.damaged, "a stored phone number has too few or too many digits")
    }
    return number
  }
}
