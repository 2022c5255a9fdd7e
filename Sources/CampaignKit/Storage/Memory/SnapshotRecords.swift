// How the records of a snapshot are written and read.

extension Payload {
  func write(to writer: inout ByteWriter) {
    writer.count(garbage)
    writer.bytes.append(contentsOf: bytes)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let garbage = try reader.count()
    guard (0...reader.remaining).contains(garbage) else {
      throw StoreError(.damaged, "a chunk of the snapshot has more garbage than bytes")
    }
    self.init(bytes: Array(try reader.take(reader.remaining)), garbage: garbage)
  }
}

extension LeadSegment {
  func write(to writer: inout ByteWriter) {
    writer.fixed32(campaign)
    writer.fixed32(base)
    writer.count(status.count)
    writer.rows(status)
    writer.rows(priority)
    writer.rows(next)
    writer.rows(last)
    writer.rows(core)
    payload.write(to: &writer)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(campaign: try reader.fixed32(), base: try reader.fixed32())
    let count = try reader.count()
    guard count <= Self.size else { throw StoreError(.damaged, "a segment of the snapshot has \(count) leads") }
    status = try reader.rows(count: count)
    priority = try reader.rows(count: count)
    next = try reader.rows(count: count)
    last = try reader.rows(count: count)
    core = try reader.rows(count: count)
    payload = try Payload(from: &reader)
    for status in status { counts[Int(status & 7)] &+= 1 }
  }
}

extension RollupSeries {
  func write(to writer: inout ByteWriter) {
    writer.rows([total])
    writer.count(quarters.count)
    writer.rows(quarters)
    writer.rows(cells)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let total: [RollupCell] = try reader.rows(count: 1)
    let count = try reader.count()
    self.init(
      total: total.first ?? RollupCell(), quarters: try reader.rows(count: count), cells: try reader.rows(count: count))
  }
}

extension AccountRecord {
  func write(to writer: inout ByteWriter) {
    writer.value(account)
    writer.count(liveCalls)
    writer.fixed32(oldestLive)
    writer.fixed32(newestLive)
    writer.fixed64(events.last)
    writer.count(events.count)
    writer.rows(events.all)
    rollups.write(to: &writer)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(account: try reader.value())
    liveCalls = try reader.count()
    oldestLive = try reader.fixed32()
    newestLive = try reader.fixed32()
    let last = try reader.fixed64()
    let events: [EventRow] = try reader.rows(count: try reader.count())
    guard UInt64(events.count) <= last, last <= EventRing.greatestNumber else {
      throw StoreError(.damaged, "an account of the snapshot has more events than were numbered")
    }
    self.events = EventRing(last: last, rows: events)
    rollups = try RollupSeries(from: &reader)
  }
}

extension CampaignRecord {
  func write(to writer: inout ByteWriter) {
    writer.value(campaign)
    writer.fixed32(account)
    writer.flag(isDeleted)
    for status in Lead.Status.allCases { writer.count(counts[status]) }
    writer.count(counts.attempted)
    writer.count(segments.count)
    writer.rows(segments)
    writer.fixed32(nextOrdinal)
    writer.count(liveCalls)
    writer.count(unassigned)
    writer.optional(leaseOwner) { $0.text($1) }
    writer.fixed64(leaseToken)
    writer.signed(leaseStart)
    writer.signed(leaseEnd)
    writer.signed(delayUntil)
    writer.signed(rateUntil)
    rollups.write(to: &writer)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(campaign: try reader.value(), account: try reader.fixed32())
    isDeleted = try reader.flag()
    for status in Lead.Status.allCases { counts[status] = try reader.count() }
    counts.attempted = try reader.count()
    segments = try reader.rows(count: try reader.count())
    nextOrdinal = try reader.fixed32()
    liveCalls = try reader.count()
    unassigned = try reader.count()
    leaseOwner = try reader.optional { (r) throws(StoreError) in try r.text() }
    leaseToken = try reader.fixed64()
    leaseStart = try reader.signed()
    leaseEnd = try reader.signed()
    delayUntil = try reader.signed()
    rateUntil = try reader.signed()
    rollups = try RollupSeries(from: &reader)
  }
}

extension AgentRecord {
  func write(to writer: inout ByteWriter) {
    writer.value(agent)
    writer.fixed32(account)
    writer.flag(isDeleted)
    writer.count(currentCalls)
    writer.count(calls)
    writer.signed(talkTime)
    writer.signed(lastActiveAt)
    rollups.write(to: &writer)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(agent: try reader.value(), account: try reader.fixed32())
    isDeleted = try reader.flag()
    currentCalls = try reader.count()
    calls = try reader.count()
    talkTime = try reader.signed()
    lastActiveAt = try reader.signed()
    rollups = try RollupSeries(from: &reader)
  }
}

extension ListRecord {
  func write(to writer: inout ByteWriter) {
    writer.value(list)
    writer.fixed32(account)
    writer.flag(isDeleted)
    writer.count(members.count)
    writer.rows(members)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(list: try reader.value(), account: try reader.fixed32())
    isDeleted = try reader.flag()
    members = try reader.rows(count: try reader.count())
  }
}
