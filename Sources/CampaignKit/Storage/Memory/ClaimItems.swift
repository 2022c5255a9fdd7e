/// What came of the leads of a claim, in the form in which it is kept.
///
/// Leads of a claim mostly lie behind one another, and their calls were named one after the other, so what is kept of
/// each is how it differs from the one before: for most calls that is a byte or two.
struct ClaimItems {
  enum Item: Equatable {
    case call(lead: UInt32, id: RawID)
    /// The calls that follow are made from this number.
    case from(UInt64)
    /// The lead is held back by a rule until a moment; 0 with a final status.
    case held(lead: UInt32, rule: String, status: Lead.Status, until: Int64)
  }

  private(set) var writer = ByteWriter()
  private var last = ClaimItemPosition()
  /// The numbers that were written; one that is written again is named by its place among them.
  private var numbers: [UInt64] = []

  var isEmpty: Bool { writer.bytes.isEmpty }

  init() {}

  /// Takes items that were written before; they are checked when they are read.
  init(bytes: [UInt8]) { writer.bytes = bytes }

  /// Makes room for so many calls.
  mutating func reserve(_ count: Int) { writer.bytes.reserveCapacity(2 * count) }

  @inline(__always)
  mutating func add(call id: RawID, of lead: UInt32) {
    let isNext = id == last.id.next
    begin(lead, isNext ? 0 : 1)
    if !isNext { writer.raw(id) }
    last.id = id
  }

  mutating func add(from number: UInt64) {
    begin(last.lead, 3)
    let place = numbers.firstIndex(of: number)
    writer.count(place ?? numbers.count)
    guard place == nil else { return }
    numbers.append(number)
    writer.fixed64(number)
  }

  mutating func add(heldLead lead: UInt32, rule: String, status: Lead.Status, until: Int64) {
    begin(lead, 2)
    writer.text(rule)
    writer.byte(status.raw)
    writer.signed(until)
  }

  /// Writes how far a lead lies from the one before it, and what follows.
  @inline(__always)
  private mutating func begin(_ lead: UInt32, _ kind: Int) {
    let step = Int(lead) - Int(last.lead)
    writer.count(((step << 1) ^ (step >> 63)) << 2 | kind)
    last.lead = lead
  }
}

/// What the next item of a claim is told apart from.
private struct ClaimItemPosition {
  var lead: UInt32 = 0
  var id = RawID.none
}

/// Reads what ``ClaimItems`` wrote.
struct ClaimItemReader {
  private var reader: ByteReader
  private var last = ClaimItemPosition()
  private var numbers: [UInt64] = []

  init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes) }

  mutating func next() throws(StoreError) -> ClaimItems.Item? {
    guard !reader.isAtEnd else { return nil }
    let head = try reader.count()
    let step = (head >> 3) ^ -(head >> 2 & 1)
    guard head >= 0, let lead = UInt32(exactly: Int(last.lead) + step) else {
      throw StoreError(.damaged, "a stored claim names a lead that is not possible")
    }
    last.lead = lead
    switch head & 3 {
    case 0: last.id = last.id.next
    case 1: last.id = try reader.raw()
    case 2:
      let rule = try reader.text()
      guard let status = Lead.Status(raw: try reader.byte()), status != .calling else {
        throw StoreError(.damaged, "a stored claim has a lead status that is not possible")
      }
      return .held(lead: lead, rule: rule, status: status, until: try reader.signed())
    default:
      let place = try reader.count()
      if place == numbers.count { numbers.append(try reader.fixed64()) }
      guard numbers.indices.contains(place) else {
        throw StoreError(.damaged, "a stored claim names a number that it does not have")
      }
      return .from(numbers[place])
    }
    return .call(lead: lead, id: last.id)
  }
}

extension RawID {
  /// The identifier that a generator gives after this one in the same millisecond.
  @inline(__always)
  fileprivate var next: RawID {
    let (low, carries) = low.addingReportingOverflow(1)
    return RawID(high: carries ? high &+ 1 : high, low: low)
  }
}
