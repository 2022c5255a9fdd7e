/// A new lead as it is kept in a change, its texts still in the bytes that it came in.
struct LeadRecord {
  /// Whose lead it is.
  enum Owner {
    case known(UInt32)
    case new(RawID, number: UInt64, payload: UnsafeRawBufferPointer)
  }

  var id: RawID
  var contact: Owner
  var priority: Int32
  var notBefore: Int64
  var flags: LeadFlags
  /// The place of its locality among those of the change.
  var locality: Int
  var payload: UnsafeRawBufferPointer
  /// What is known of the person, if it is not what the contact says and not in the payload.
  var person: UnsafeRawBufferPointer?

  @inline(__always)
  func write(to writer: inout ByteWriter) {
    writer.byte(flags.rawValue)
    writer.raw(id)
    switch contact {
    case .known(let row): writer.fixed32(row)
    case .new(let id, let number, let payload):
      writer.raw(id)
      writer.fixed64(number)
      writer.nested { $0.bytes.append(contentsOf: payload) }
    }
    if flags.contains(.priority) { writer.signed(Int64(priority)) }
    if flags.contains(.notBefore) { writer.signed(notBefore) }
    writer.count(locality)
    writer.nested { $0.bytes.append(leadPayload: payload, person: person) }
  }
}

extension LeadRecord {
  /// Reads what was written; its texts stay where they are.
  init(from reader: inout ByteReader) throws(StoreError) {
    flags = LeadFlags(rawValue: try reader.byte())
    id = try reader.raw()
    if flags.contains(.newContact) {
      let id = try reader.raw()
      contact = .new(id, number: try reader.fixed64(), payload: try reader.nested())
    } else {
      contact = .known(try reader.fixed32())
    }
    priority = flags.contains(.priority) ? Int32(clamping: try reader.signed()) : 0
    notBefore = flags.contains(.notBefore) ? try reader.signed() : 0
    locality = try reader.count()
    payload = try reader.nested()
  }
}

/// What follows the flags in the record of a new lead.
struct LeadFlags: OptionSet {
  let rawValue: UInt8
  static let newContact = LeadFlags(rawValue: 1)
  static let suppressed = LeadFlags(rawValue: 2)
  static let priority = LeadFlags(rawValue: 4)
  static let notBefore = LeadFlags(rawValue: 8)
}

/// The localities of leads that are added together, each named by its place among them.
struct BatchLocalities {
  private(set) var list: [Locality] = []
  /// Their numbers in the table of the store.
  private(set) var numbers: [UInt32] = []
  /// Their places, by those that packed leads name.
  private var places: [Int?]

  init(_ leads: borrowing PackedLeads) {
    places = Array(repeating: nil, count: leads.localities.count)
  }

  /// The place of a packed lead's locality. One of which all leads are duplicates gets none.
  @inline(__always)
  mutating func place(of packed: Int, in leads: borrowing PackedLeads, _ table: inout LocalityTable) -> Int {
    if let place = places[packed] { return place }
    let place = add(leads.localities[packed], in: &table)
    places[packed] = place
    return place
  }

  private mutating func add(_ locality: Locality, in table: inout LocalityTable) -> Int {
    let number = table.number(of: locality)
    if let place = numbers.firstIndex(of: number) { return place }
    list.append(locality)
    numbers.append(number)
    return numbers.count - 1
  }
}

extension [UInt8] {
  /// Appends what a lead keeps, with a person of its own in it if there is one.
  @inline(__always)
  mutating func append(leadPayload payload: UnsafeRawBufferPointer, person: UnsafeRawBufferPointer?) {
    guard let person, let present = payload.first else { return append(contentsOf: payload) }
    append(present | 1)
    append(contentsOf: person)
    append(contentsOf: UnsafeRawBufferPointer(rebasing: payload[1...]))
  }
}
