import Dispatch
import JSON
import Locks

/// Leads to be added, in the form in which a store keeps them.
///
/// Their texts and fields stand one behind the other in one array of bytes, so that a lead takes no memory of its own.
/// They are packed before a store is locked, and whoever reads them from a file packs them without making a `String`.
struct PackedLeads: Sendable {
  /// What a lead says beside its texts, and where those are.
  struct Entry: Sendable {
    fileprivate(set) var number: PhoneNumber
    fileprivate(set) var priority: Int32
    /// In milliseconds; it counts only with its flag.
    fileprivate(set) var notBefore: Int64
    /// The place of its locality among ``PackedLeads/localities``.
    fileprivate(set) var locality: Int
    fileprivate(set) var flags: LeadFlags
    /// What a new contact keeps, which begins with a byte and then the person.
    fileprivate(set) var contact: Range<Int>
    fileprivate(set) var personEnd: Int
    /// What the lead keeps, as long as the person is that of its contact, begins where the contact ends.
    fileprivate(set) var end: Int

    var person: Range<Int> { contact.lowerBound + 1..<personEnd }
    var lead: Range<Int> { contact.upperBound..<end }
  }

  /// The texts of a lead, in the order in which they are kept.
  enum Text { case firstName, lastName, email, company, country, type, subject, notes }

  private(set) var entries: [Entry] = []
  private(set) var localities: [Locality] = []
  private(set) var bytes: [UInt8] = []
  private var localityPlaces: [Locality: Int] = [:]
  private var lastLocality = 0

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }

  init() {}

  /// Packs leads, none of which may be too large.
  init(_ leads: [NewLead]) throws(StoreError) {
    try NewLead.check(leads)
    guard leads.count >= Self.fewestForTwo else {
      add(leads[...], roomFor: leads.count)
      return
    }
    // As many as an import brings are packed by two processors.
    let halves = [leads[..<(leads.count / 2)], leads[(leads.count / 2)...]]
    let packed = Locked<[PackedLeads]>([PackedLeads(), PackedLeads()])
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      var half = PackedLeads()
      // The first has room for the other one as well.
      half.add(halves[number], roomFor: number == 0 ? leads.count : halves[number].count)
      packed.withLock { $0[number] = half }
    }
    // Taken out, not copied.
    let second = packed.withLock { halves in
      swap(&self, &halves[0])
      return halves[1]
    }
    append(second)
  }

  /// For fewer it is not worth waking another processor.
  private static let fewestForTwo = 4096

  private mutating func add(_ leads: ArraySlice<NewLead>, roomFor count: Int) {
    entries.reserveCapacity(count)
    bytes.reserveCapacity(count * 128)
    // Leads are looked at where they are: a copy of one counts sixteen references up and down.
    leads.withUnsafeBufferPointer { leads in
      guard let first = leads.baseAddress else { return }
      for index in 0..<leads.count { add(first + index) }
    }
  }

  private mutating func append(_ others: PackedLeads) {
    let start = bytes.count
    let places = others.localities.map { place(of: $0) }
    bytes += others.bytes
    for var entry in others.entries {
      entry.contact = entry.contact.lowerBound + start..<entry.contact.upperBound + start
      entry.personEnd += start
      entry.end += start
      entry.locality = places[entry.locality]
      entries.append(entry)
    }
  }

  mutating func reserveCapacity(_ leads: Int, bytes count: Int) {
    entries.reserveCapacity(leads)
    bytes.reserveCapacity(count)
  }

  private mutating func add(_ lead: UnsafePointer<NewLead>) {
    add(
      number: lead.pointee.number, priority: lead.pointee.priority, notBefore: lead.pointee.notBefore,
      locality: lead.pointee.locality, isSuppressed: lead.pointee.isSuppressed,
      phoneExtension: lead.pointee.phoneExtension, furtherNumbers: lead.pointee.furtherNumbers
    ) { text, writer in
      let value =
        switch text {
        case .firstName: lead.pointee.person.firstName
        case .lastName: lead.pointee.person.lastName
        case .email: lead.pointee.person.email
        case .company: lead.pointee.person.company
        case .country: lead.pointee.person.country
        case .type: lead.pointee.type
        case .subject: lead.pointee.subject
        case .notes: lead.pointee.notes
        }
      guard let value else { return false }
      writer.text(value)
      return true
    } fields: { writer in
      guard !lead.pointee.fields.isEmpty else { return false }
      writer.object(lead.pointee.fields)
      return true
    }
  }

  /// Adds a lead.
  ///
  /// `write` writes one of the texts with its length in front, and `fields` the fields as ``ByteWriter/object(_:)`` does.
  /// Each says whether there was anything to write.
  @inline(__always)
  mutating func add(
    number: PhoneNumber, priority: Int32, notBefore: Timestamp?, locality: Locality, isSuppressed: Bool,
    phoneExtension: String?, furtherNumbers: [Contact.Number], write: (Text, inout ByteWriter) -> Bool,
    fields: (inout ByteWriter) -> Bool
  ) {
    var writer = ByteWriter()
    swap(&writer.bytes, &bytes)
    defer { swap(&writer.bytes, &bytes) }
    let start = writer.bytes.count
    writer.byte((phoneExtension == nil ? 0 : 1) | (furtherNumbers.isEmpty ? 0 : 4))
    let personStart = writer.bytes.count
    var present: UInt8 = 0
    writer.byte(0)
    if write(.firstName, &writer) { present |= 1 }
    if write(.lastName, &writer) { present |= 2 }
    if write(.email, &writer) { present |= 4 }
    if write(.company, &writer) { present |= 8 }
    if write(.country, &writer) { present |= 16 }
    writer.bytes[personStart] = present
    let personEnd = writer.bytes.count
    if let phoneExtension { writer.text(phoneExtension) }
    if !furtherNumbers.isEmpty {
      writer.count(furtherNumbers.count)
      for number in furtherNumbers { number.write(to: &writer) }
    }
    let leadStart = writer.bytes.count
    present = 0
    writer.byte(0)
    if write(.type, &writer) { present |= 2 }
    if write(.subject, &writer) { present |= 4 }
    if write(.notes, &writer) { present |= 8 }
    if fields(&writer) { present |= 16 }
    writer.bytes[leadStart] = present
    var flags: LeadFlags = []
    if isSuppressed { flags.insert(.suppressed) }
    if priority != 0 { flags.insert(.priority) }
    if notBefore != nil { flags.insert(.notBefore) }
    entries.append(
      Entry(
        number: number, priority: priority, notBefore: notBefore?.milliseconds ?? 0, locality: place(of: locality),
        flags: flags, contact: start..<leadStart, personEnd: personEnd, end: writer.bytes.count))
  }

  @inline(__always)
  private mutating func place(of locality: Locality) -> Int {
    if lastLocality < localities.count, localities[lastLocality] == locality { return lastLocality }
    // Few are found by looking at all, which is quicker than hashing.
    if localities.count <= 16 {
      if let place = localities.firstIndex(of: locality) {
        lastLocality = place
        return place
      }
    } else if let place = localityPlaces[locality] {
      lastLocality = place
      return place
    }
    lastLocality = localities.count
    localities.append(locality)
    localityPlaces[locality] = lastLocality
    return lastLocality
  }

  /// Takes the last lead out again.
  mutating func removeLast() {
    let last = entries.removeLast()
    bytes.removeLast(bytes.count - last.contact.lowerBound)
  }

  /// Cuts off the leads behind the first so many, and returns them.
  mutating func split(after count: Int) -> PackedLeads {
    var tail = self
    tail.entries.removeFirst(count)
    entries.removeLast(entries.count - count)
    return tail
  }

  /// A lead with its texts.
  func lead(at index: Int) throws(StoreError) -> NewLead {
    let entry = entries[index]
    let (contact, payload) = try bytes.withUnsafeBytes { bytes in
      Result { () throws(StoreError) in
        var contact = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[entry.contact]))
        var lead = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[entry.lead]))
        return (try ContactPayload(from: &contact), try LeadPayload(from: &lead))
      }
    }.get()
    var lead = NewLead(
      number: entry.number, person: contact.person, priority: entry.priority, fields: payload.fields,
      locality: localities[entry.locality])
    lead.phoneExtension = contact.phoneExtension
    lead.furtherNumbers = contact.furtherNumbers
    lead.type = payload.type
    lead.subject = payload.subject
    lead.notes = payload.notes
    lead.notBefore = entry.flags.contains(.notBefore) ? Timestamp(milliseconds: entry.notBefore) : nil
    lead.isSuppressed = entry.flags.contains(.suppressed)
    return lead
  }

  /// All leads with their texts.
  func unpacked() throws(StoreError) -> [NewLead] {
    var leads: [NewLead] = []
    leads.reserveCapacity(count)
    for index in entries.indices { leads.append(try lead(at: index)) }
    return leads
  }
}

/// A store that takes leads as they are packed. What it promises is what ``LeadStore`` says.
protocol PackedLeadStore: LeadStore {
  func insert(
    _ leads: PackedLeads, into campaign: Campaign.ID, options: LeadInsertion
  ) async throws(StoreError) -> LeadInsertion.Result
}
