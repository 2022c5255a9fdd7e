import JSON

/// The parts of a snapshot, each with its kind and length in front.
///
/// Rows are written as they lie in memory, and their size is written with them: a snapshot of rows of another
/// shape is refused. What is rarely changed is written as JSON.
private enum Part: UInt8 {
  case header = 1
  case scalars, account, user, key, campaign, agent, list, batch, reservation, rates, texts, localities
  case contactRows, contactPayload, segment, callRows, callPayload, numberRows, suppressedNumbers, suppressedPrefixes
  case end = 255
}

extension Tables {
  /// The shape of the rows. It is raised with every change of a row, or of the meaning of a field.
  static let formatVersion = 3

  /// Writes everything to a sink.
  func write(to sink: any SnapshotSink) throws {
    var output = PartWriter(sink: sink)
    try output.part(.header) { writer in
      writer.count(Self.formatVersion)
      for stride in Self.strides { writer.count(stride) }
    }
    try output.part(.scalars) { writer in
      writer.count(systemLimit)
      writer.count(defaultAccountLimit)
      writer.count(liveCalls)
    }
    for account in accounts { try output.part(.account) { account.write(to: &$0) } }
    for user in users.values { try output.part(.user) { $0.value(user) } }
    for key in keys.values { try output.part(.key) { $0.value(key) } }
    for campaign in campaigns { try output.part(.campaign) { campaign.write(to: &$0) } }
    for agent in agents { try output.part(.agent) { agent.write(to: &$0) } }
    for list in lists { try output.part(.list) { list.write(to: &$0) } }
    for batch in batches { try output.part(.batch) { $0.value(batch) } }
    for reservation in reservations.values { try output.part(.reservation) { $0.value(reservation) } }
    try output.part(.rates) { $0.rates(rates.map { ($0.key, $0.value) }) }
    try output.part(.texts) { writer in for text in texts.texts { writer.text(text) } }
    try output.part(.localities) { writer in for locality in localities.localities { locality.write(to: &writer) } }
    for chunk in contacts.chunks { try output.rows(.contactRows, chunk) }
    for payload in contactPayloads { try output.part(.contactPayload) { payload.write(to: &$0) } }
    for segment in segments { try output.part(.segment) { segment.write(to: &$0) } }
    for chunk in calls.chunks { try output.rows(.callRows, chunk) }
    for payload in callPayloads { try output.part(.callPayload) { payload.write(to: &$0) } }
    for chunk in numbers.chunks { try output.rows(.numberRows, chunk) }
    try writeSuppressions(to: &output)
    try output.part(.end) { _ in }
  }

  private static var strides: [Int] {
    [
      MemoryLayout<ContactRow>.stride, MemoryLayout<LeadCore>.stride, MemoryLayout<CallRow>.stride,
      MemoryLayout<NumberRow>.stride, MemoryLayout<SuppressionTerms>.stride, MemoryLayout<EventRow>.stride,
      MemoryLayout<RollupCell>.stride,
    ]
  }

  /// Takes in one part; true at the end.
  fileprivate mutating func read(_ part: Part, _ reader: inout ByteReader) throws(StoreError) -> Bool {
    switch part {
    case .header:
      let version = try reader.count()
      guard version == Self.formatVersion else {
        throw StoreError(
          .damaged,
          "the snapshot has format \(version), this program reads format \(Self.formatVersion); export it with the program that wrote it, and import that"
        )
      }
      for stride in Self.strides {
        guard try reader.count() == stride else {
          throw StoreError(.damaged, "the snapshot was written on a machine that lays out its rows in another way")
        }
      }
    case .scalars:
      systemLimit = try reader.count()
      defaultAccountLimit = try reader.count()
      liveCalls = try reader.count()
    case .account: accounts.append(try AccountRecord(from: &reader))
    case .user:
      let user: User = try reader.value()
      users[user.id] = user
    case .key:
      let key: APIKey = try reader.value()
      keys[key.id] = key
    case .campaign: campaigns.append(try CampaignRecord(from: &reader))
    case .agent: agents.append(try AgentRecord(from: &reader))
    case .list: lists.append(try ListRecord(from: &reader))
    case .batch: batches.append(try reader.value())
    case .reservation:
      let reservation: SlotReservation = try reader.value()
      reservations[reservation.id] = reservation
    case .rates: for rate in try reader.rates() { rates[rate.name] = rate.until }
    case .texts:
      var texts: [String] = []
      while !reader.isAtEnd { texts.append(try reader.text()) }
      self.texts = TextTable(texts: texts)
    case .localities:
      var localities: [Locality] = []
      while !reader.isAtEnd { localities.append(try Locality(from: &reader)) }
      self.localities = LocalityTable(localities: localities)
    case .contactRows: contacts.append(chunk: try reader.rows())
    case .contactPayload: contactPayloads.append(try Payload(from: &reader))
    case .segment: segments.append(try LeadSegment(from: &reader))
    case .callRows: calls.append(chunk: try reader.rows())
    case .callPayload: callPayloads.append(try Payload(from: &reader))
    case .numberRows: numbers.append(chunk: try reader.rows())
    case .suppressedNumbers: try readSuppressedNumbers(&reader)
    case .suppressedPrefixes: try readSuppressedPrefixes(&reader)
    case .end: return true
    }
    guard reader.isAtEnd else { throw StoreError(.damaged, "a part of the snapshot is longer than it should be") }
    return false
  }
}

extension Tables {
  fileprivate func writeSuppressions(to output: inout PartWriter) throws {
    for owner in suppressionOwners {
      guard let list = suppressions[owner] else { continue }
      for chunk in list.numbers.chunks {
        try output.part(.suppressedNumbers) { writer in
          writer.fixed32(owner)
          writer.count(chunk.words.count)
          writer.rows(chunk.words)
          writer.rows(chunk.terms)
        }
      }
      try output.part(.suppressedPrefixes) { writer in
        writer.fixed32(owner)
        for (digits, terms) in list.prefixes.sorted(by: { $0.key < $1.key }) {
          writer.fixed64(digits)
          writer.rows([terms])
        }
      }
    }
  }

  fileprivate mutating func readSuppressedNumbers(_ reader: inout ByteReader) throws(StoreError) {
    let owner = try reader.fixed32()
    let words: [UInt64] = try reader.rows(count: try reader.count())
    guard
      let chunk = SuppressedChunk(
        words: words, terms: try reader.rows(), behind: suppressions[owner]?.numbers.chunks.last?.last)
    else { throw StoreError(.damaged, "do-not-call entries of the snapshot are out of order, or are no numbers") }
    suppressions[owner, default: SuppressionList()].numbers.append(chunk)
  }

  fileprivate mutating func readSuppressedPrefixes(_ reader: inout ByteReader) throws(StoreError) {
    let owner = try reader.fixed32()
    while !reader.isAtEnd {
      let digits = try reader.fixed64()
      let terms: [SuppressionTerms] = try reader.rows(count: 1)
      guard PhonePrefix(digits: digits) != nil, let terms = terms.first else {
        throw StoreError(.damaged, "a do-not-call prefix of the snapshot has no digits")
      }
      suppressions[owner, default: SuppressionList()].prefixes[digits] = terms
    }
  }
}

/// Writes parts to a sink, some at a time.
private struct PartWriter {
  let sink: any SnapshotSink
  private var writer = ByteWriter()

  init(sink: any SnapshotSink) {
    self.sink = sink
  }

  mutating func part(_ part: Part, _ write: (inout ByteWriter) -> Void) throws {
    writer.byte(part.rawValue)
    writer.nested(write)
    if writer.bytes.count >= 256 << 10 || part == .end {
      try writer.bytes.withUnsafeBytes { try sink.write($0) }
      writer.bytes.removeAll(keepingCapacity: true)
    }
  }

  mutating func rows<Row: BitwiseCopyable>(_ part: Part, _ rows: [Row]) throws {
    try self.part(part) { $0.rows(rows) }
  }
}

/// Takes the bytes of a snapshot in pieces of any size and fills tables with them.
struct SnapshotLoader {
  private(set) var tables = Tables()
  private(set) var isComplete = false
  /// The start of a part whose rest has not come yet.
  private var carry: [UInt8] = []

  init() {}

  mutating func take(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var rest = bytes
    while !rest.isEmpty {
      guard !isComplete else { throw StoreError(.damaged, "the snapshot goes on behind its end") }
      if carry.isEmpty, let length = Self.length(of: rest), length <= rest.count {
        try takePart(UnsafeRawBufferPointer(rebasing: rest[..<length]))
        rest = UnsafeRawBufferPointer(rebasing: rest[length...])
      } else {
        // A part that is cut by the end of a piece is put together first.
        let length = carry.withUnsafeBytes { Self.length(of: $0) }
        let missing = (length ?? 5) - carry.count
        let count = min(missing, rest.count)
        carry.append(contentsOf: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        let whole = carry.withUnsafeBytes { Self.length(of: $0) }
        guard let whole, carry.count == whole else { continue }
        let part = carry
        carry.removeAll(keepingCapacity: true)
        let result = part.withUnsafeBytes { part in
          Result { () throws(StoreError) in try takePart(part) }
        }
        try result.get()
      }
    }
  }

  /// The length of a part with its head, once the head is there.
  private static func length(of bytes: UnsafeRawBufferPointer) -> Int? {
    guard bytes.count >= 5 else { return nil }
    return 5 + Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
  }

  private mutating func takePart(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    var reader = ByteReader(bytes)
    let kind = try reader.byte()
    guard let part = Part(rawValue: kind) else {
      throw StoreError(.damaged, "the snapshot has a part of unknown kind \(kind)")
    }
    var content = ByteReader(try reader.nested())
    isComplete = try tables.read(part, &content)
  }
}

extension ByteWriter {
  mutating func rows<Row: BitwiseCopyable>(_ rows: [Row]) {
    rows.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

extension ByteReader {
  /// Reads rows up to the end.
  mutating func rows<Row: BitwiseCopyable>() throws(StoreError) -> [Row] {
    try rows(count: remaining / MemoryLayout<Row>.stride)
  }

  mutating func rows<Row: BitwiseCopyable>(count: Int) throws(StoreError) -> [Row] {
    let (length, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Row>.stride)
    let bytes = try take(overflow ? -1 : length)
    return Array(unsafeUninitializedCapacity: count) { rows, initialized in
      UnsafeMutableRawBufferPointer(rows).copyMemory(from: bytes)
      initialized = count
    }
  }
}
