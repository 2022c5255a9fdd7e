import JSON

/// The fixed part of a lead that no list is sorted by.
struct LeadCore: BitwiseCopyable, Sendable {
  var createdAt: Int64
  var updatedAt: Int64
  var id: RawID
  var contact: UInt32
  var payload: PayloadRef
  var liveCall: UInt32 = noRow
  /// The newest call to this lead; each call names the one before it.
  var newestCall: UInt32 = noRow
  /// The lead of the same contact that was added before this one.
  var olderOfContact: UInt32 = noRow
  var batch: UInt32
  var locality: UInt32
  /// The rule that held it back, as a number of the text table; 0 for none.
  var heldBy: UInt32 = 0
  var attempts: UInt16 = 0
  var callbacks: UInt16 = 0
  var numberIndex: UInt8 = 0
  /// One more than the index of the last disposition; 0 for none.
  var disposition: UInt8 = 0
  /// How it is to end with its live call: one more than the raw status; 0 for not at all.
  var ending: UInt8 = 0
  private var flags: UInt8 = 0

  var isCallback: Bool {
    get { flags & 1 != 0 }
    set { flags = newValue ? flags | 1 : flags & ~1 }
  }

  /// Whether its payload has a subject, so that a claim need not look.
  var hasSubject: Bool {
    get { flags & 2 != 0 }
    set { flags = newValue ? flags | 2 : flags & ~2 }
  }

  init(
    createdAt: Int64, updatedAt: Int64, id: RawID, contact: UInt32, payload: PayloadRef, batch: UInt32,
    locality: UInt32
  ) {
    self.createdAt = createdAt
    self.updatedAt = updatedAt
    self.id = id
    self.contact = contact
    self.payload = payload
    self.batch = batch
    self.locality = locality
  }

  /// What stands in the place of a lead that is no longer there.
  static let removed = LeadCore(
    createdAt: 0, updatedAt: 0, id: .none, contact: noRow, payload: PayloadRef(), batch: noRow, locality: 0)
}

/// Up to 1,024 leads of one campaign, in the order in which they were added.
///
/// What lists are filtered and sorted by stands in arrays of its own, so that to look at a million leads is to
/// read a few megabytes in order.
struct LeadSegment: Sendable {
  let campaign: UInt32
  /// The ordinal of the first lead.
  let base: UInt32
  /// The raw status of each lead; ``removed`` for one that is no longer there.
  var status: [UInt8] = []
  var priority: [Int32] = []
  /// When each is due, in milliseconds; 0 for at once or never.
  var next: [Int64] = []
  /// When each was last tried, in milliseconds; 0 for never.
  var last: [Int64] = []
  var core: [LeadCore] = []
  var payload = Payload()
  /// How many leads there are of each raw status.
  var counts = SIMD8<UInt16>()

  static let removed: UInt8 = 7
  static let bits: UInt32 = 10
  static let size = 1 << Int(bits)
  /// How many segments can be told apart by what is left of a row's number. The last would contain ``noRow``.
  static let maximumCount = (1 << (32 - Int(bits))) - 1

  init(campaign: UInt32, base: UInt32) {
    self.campaign = campaign
    self.base = base
  }

  /// Makes room for as much as the full segment before has.
  mutating func reserve(like previous: borrowing LeadSegment) {
    payload.reserve(like: previous.payload)
    status.reserveCapacity(Self.size)
    priority.reserveCapacity(Self.size)
    next.reserveCapacity(Self.size)
    last.reserveCapacity(Self.size)
    core.reserveCapacity(Self.size)
  }

  /// Fills an empty segment with places of leads that are no longer there.
  mutating func fillRemoved(_ places: Int) {
    status += Array(repeating: Self.removed, count: places)
    priority += Array(repeating: 0, count: places)
    next += Array(repeating: 0, count: places)
    last += Array(repeating: 0, count: places)
    core += Array(repeating: .removed, count: places)
    counts[Int(Self.removed)] &+= UInt16(places)
  }

  /// Moves the payloads together when too much of them is garbage.
  mutating func compactIfWasteful() {
    guard payload.isWasteful else { return }
    var references = core.map(\.payload)
    payload.compact(&references)
    for index in core.indices { core[index].payload = references[index] }
  }
}

extension Lead.Status {
  /// The number that stands for it in a segment.
  var raw: UInt8 {
    switch self {
    case .waiting: 0
    case .calling: 1
    case .completed: 2
    case .failed: 3
    case .suppressed: 4
    case .cancelled: 5
    }
  }

  init?(raw: UInt8) {
    switch raw {
    case 0: self = .waiting
    case 1: self = .calling
    case 2: self = .completed
    case 3: self = .failed
    case 4: self = .suppressed
    case 5: self = .cancelled
    default: return nil
    }
  }
}

/// The variable part of a lead.
struct LeadPayload {
  /// What was known of the person when the lead was added; nil when it is what the contact says.
  var person: Person?
  var type: String?
  var subject: String?
  var notes: String?
  var fields: JSONObject = [:]

  init() {}

  @inline(__always)
  func write(to writer: inout ByteWriter) {
    var present: UInt8 = 0
    if person != nil { present |= 1 }
    if type != nil { present |= 2 }
    if subject != nil { present |= 4 }
    if notes != nil { present |= 8 }
    if !fields.isEmpty { present |= 16 }
    writer.byte(present)
    if let person { person.write(to: &writer) }
    if let type { writer.text(type) }
    if let subject { writer.text(subject) }
    if let notes { writer.text(notes) }
    if !fields.isEmpty { writer.object(fields) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let present = try reader.byte()
    if present & 1 != 0 { person = try Person(from: &reader) }
    if present & 2 != 0 { type = try reader.text() }
    if present & 4 != 0 { subject = try reader.text() }
    if present & 8 != 0 { notes = try reader.text() }
    if present & 16 != 0 { fields = try reader.object() }
  }

  /// Whether there is a subject in what was written.
  static func hasSubject(_ payload: UnsafeRawBufferPointer) -> Bool { payload.first.map { $0 & 4 != 0 } ?? false }

  /// Reads the subject and nothing else.
  static func subject(inPayload reader: inout ByteReader) throws(StoreError) -> String? {
    let present = try reader.byte()
    guard present & 4 != 0 else { return nil }
    if present & 1 != 0 { try Person.skip(&reader) }
    if present & 2 != 0 { _ = try reader.blob() }
    return try reader.text()
  }
}
