import JSON

extension LeadRecords {
  func write(to writer: inout ByteWriter) {
    writer.fixed32(campaign)
    writer.fixed32(batch)
    writer.signed(progress)
    writer.count(invalid)
    writer.count(duplicates)
    writer.count(suppressed)
    writer.count(count)
    writer.count(contactsCreated)
    writer.count(localities.count)
    for locality in localities { locality.write(to: &writer) }
    writer.blob(bytes)
  }

  /// Reads what comes before the localities and the leads.
  init(headFrom reader: inout ByteReader) throws(StoreError) {
    self.init(
      campaign: try reader.fixed32(), batch: try reader.fixed32(), progress: try reader.signed(),
      invalid: try reader.count(), duplicates: try reader.count(), suppressed: try reader.count(),
      count: try reader.count(), contactsCreated: try reader.count(), localities: [], bytes: [])
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    try self.init(headFrom: &reader)
    for _ in try reader.elements() { localities.append(try Locality(from: &reader)) }
    bytes = Array(try reader.blob())
  }
}

extension ClaimRecord {
  func write(to writer: inout ByteWriter) {
    writer.fixed32(campaign)
    writer.fixed64(from)
    writer.signed(placeBy)
    writer.signed(expiresAt)
    writer.optional(rule) { $0.text($1) }
    writer.signed(delayUntil)
    writer.signed(rateUntil)
    writer.rates(rates)
    writer.blob(items.writer.bytes)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(
      campaign: try reader.fixed32(), from: try reader.fixed64(), placeBy: try reader.signed(),
      expiresAt: try reader.signed(), rule: try reader.optional { (r) throws(StoreError) in try r.text() },
      delayUntil: try reader.signed(), rateUntil: try reader.signed(), rates: try reader.rates())
    items = ClaimItems(bytes: Array(try reader.blob()))
  }
}

extension CallRecord {
  func write(to writer: inout ByteWriter) {
    writer.raw(id)
    writer.fixed32(account)
    writer.fixed64(to)
    writer.fixed64(from)
    writer.signed(placeBy)
    writer.signed(expiresAt)
    writer.rates(rates)
    writer.object(metadata)
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init(
      id: try reader.raw(), account: try reader.fixed32(), to: try reader.fixed64(), from: try reader.fixed64(),
      placeBy: try reader.signed(), expiresAt: try reader.signed(), rates: try reader.rates(),
      metadata: try reader.object())
  }
}

extension CallNews {
  func write(to writer: inout ByteWriter) {
    switch self {
    case .placed(let carrier, let reference, let at):
      writer.byte(0)
      writer.text(carrier)
      writer.text(reference)
      writer.moment(at)
    case .ringing(let at):
      writer.byte(1)
      writer.moment(at)
    case .answered(let at, let by):
      writer.byte(2)
      writer.moment(at)
      writer.byte(by?.stored ?? 0)
    case .detected(let by):
      writer.byte(3)
      writer.byte(by.stored)
    case .conference(let name):
      writer.byte(4)
      writer.text(name)
    case .recording(let recording):
      writer.byte(5)
      recording.write(to: &writer)
    case .cost(let micros):
      writer.byte(6)
      writer.signed(micros)
    case .messageLeft(let at):
      writer.byte(7)
      writer.moment(at)
    case .callbackAgreed(let at):
      writer.byte(8)
      writer.optional(at) { $0.moment($1) }
    case .agentAbsent(let agent, let at):
      writer.byte(9)
      writer.identifier(agent)
      writer.moment(at)
    }
  }

  init(reading reader: inout ByteReader) throws(StoreError) {
    switch try reader.byte() {
    case 0: self = .placed(carrier: try reader.text(), reference: try reader.text(), at: try reader.moment())
    case 1: self = .ringing(at: try reader.moment())
    case 2: self = .answered(at: try reader.moment(), by: AnsweredBy(stored: try reader.byte()))
    case 3: self = .detected(AnsweredBy(stored: try reader.byte()) ?? .unknown)
    case 4: self = .conference(try reader.text())
    case 5: self = .recording(try Call.Recording(from: &reader))
    case 6: self = .cost(micros: try reader.signed())
    case 7: self = .messageLeft(at: try reader.moment())
    case 8: self = .callbackAgreed(try reader.optional { (r) throws(StoreError) in try r.moment() })
    case 9: self = .agentAbsent(try reader.identifier(Agent.self), at: try reader.moment())
    case let other: throw StoreError(.damaged, "there is no news of kind \(other)")
    }
  }
}

extension CallEnding {
  func write(to writer: inout ByteWriter) {
    writer.byte(disposition.stored)
    writer.signed(at?.milliseconds ?? 0)
    writer.signed(duration?.milliseconds ?? -1)
    writer.signed(talkTime?.milliseconds ?? -1)
    writer.byte(answeredBy?.stored ?? 0)
    writer.signed(costMicros ?? .min)
    writer.optional(failure) { $1.write(to: &$0) }
    writer.flag(isAttempt)
    switch next {
    case .complete: writer.byte(0)
    case .fail: writer.byte(1)
    case .cancel: writer.byte(2)
    case .suppress: writer.byte(3)
    case .retry(let at, let numberIndex, let isCallback):
      writer.byte(4)
      writer.moment(at)
      writer.count(numberIndex)
      writer.flag(isCallback)
    case .release(let at):
      writer.byte(5)
      writer.moment(at)
    }
  }

  init(reading reader: inout ByteReader) throws(StoreError) {
    guard let disposition = Disposition(stored: try reader.byte()) else {
      throw StoreError(.damaged, "a stored ending has an unknown disposition")
    }
    let at = try reader.signed()
    let duration = try reader.signed()
    let talkTime = try reader.signed()
    let answeredBy = AnsweredBy(stored: try reader.byte())
    let cost = try reader.signed()
    let failure = try reader.optional { (r) throws(StoreError) in try Call.Failure(from: &r) }
    let isAttempt = try reader.flag()
    let next: LeadStep
    switch try reader.byte() {
    case 0: next = .complete
    case 1: next = .fail
    case 2: next = .cancel
    case 3: next = .suppress
    case 4:
      next = .retry(at: try reader.moment(), numberIndex: try reader.count(), isCallback: try reader.flag())
    case 5: next = .release(at: try reader.moment())
    case let other: throw StoreError(.damaged, "there is no step of kind \(other)")
    }
    self.init(
      disposition, next: next, at: at == 0 ? nil : Timestamp(milliseconds: at),
      duration: duration < 0 ? nil : .milliseconds(duration), talkTime: talkTime < 0 ? nil : .milliseconds(talkTime),
      answeredBy: answeredBy, costMicros: cost == .min ? nil : cost, failure: failure, isAttempt: isAttempt)
  }
}

extension LeadChanges {
  func write(to writer: inout ByteWriter) {
    writer.optional(person) { $1.write(to: &$0) }
    writer.optional(type) { $0.optional($1) { $0.text($1) } }
    writer.optional(subject) { $0.optional($1) { $0.text($1) } }
    writer.optional(priority) { $0.signed(Int64($1)) }
    writer.optional(fields) { $0.object($1) }
    writer.optional(notes) { $0.optional($1) { $0.text($1) } }
    writer.optional(locality) { $1.write(to: &$0) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    self.init()
    person = try reader.optional { (r) throws(StoreError) in try Person(from: &r) }
    type = try reader.optionalText()
    subject = try reader.optionalText()
    priority = try reader.optional { (r) throws(StoreError) in Int32(clamping: try r.signed()) }
    fields = try reader.optional { (r) throws(StoreError) in try r.object() }
    notes = try reader.optionalText()
    locality = try reader.optional { (r) throws(StoreError) in try Locality(from: &r) }
  }
}

extension Locality {
  func write(to writer: inout ByteWriter) {
    writer.optional(jurisdiction) { $0.text($1) }
    writer.count(timeZones.count)
    for zone in timeZones { writer.text(zone) }
  }

  init(from reader: inout ByteReader) throws(StoreError) {
    let jurisdiction = try reader.optional { (r) throws(StoreError) in try r.text() }
    var zones: [String] = []
    for _ in try reader.elements() { zones.append(try reader.text()) }
    self.init(jurisdiction: jurisdiction, timeZones: zones)
  }

  /// Passes over what ``write(to:)`` wrote, and returns it.
  static func bytes(from reader: inout ByteReader) throws(StoreError) -> UnsafeRawBufferPointer {
    var rest = reader
    _ = try rest.optional { (r) throws(StoreError) in try r.blob() }
    for _ in try rest.elements() { _ = try rest.blob() }
    return try reader.take(reader.remaining - rest.remaining)
  }
}

extension Suppression {
  /// Writes it, without what it has in common with the entry before it, as most of a list have.
  func write(to writer: inout ByteWriter, behind last: Suppression? = nil) {
    var same = last
    same?.pattern = pattern
    let isSame = same == self
    switch pattern {
    case .number(let number):
      writer.byte(isSame ? 2 : 0)
      writer.fixed64(number.digits)
    case .prefix(let prefix):
      writer.byte(isSame ? 3 : 1)
      writer.fixed64(prefix.start)
    }
    if isSame { return }
    writer.optional(account) { $0.identifier($1) }
    writer.text(source)
    writer.optional(reason) { $0.text($1) }
    writer.moment(addedAt)
    writer.optional(expiresAt) { $0.moment($1) }
  }

  init(from reader: inout ByteReader, behind last: Suppression? = nil) throws(StoreError) {
    let head = try reader.byte()
    let digits = try reader.fixed64()
    let pattern: Pattern? =
      head & 1 != 0 ? PhonePrefix(digits: digits).map { .prefix($0) } : PhoneNumber(digits: digits).map { .number($0) }
    guard let pattern else { throw StoreError(.damaged, "a stored do-not-call entry has no number") }
    if head & 2 != 0 {
      guard let last else { throw StoreError(.damaged, "the first stored do-not-call entry refers to one before it") }
      self = last
      self.pattern = pattern
      return
    }
    self.init(
      pattern, account: try reader.optional { (r) throws(StoreError) in try r.identifier(Account.self) },
      source: try reader.text(), reason: try reader.optional { (r) throws(StoreError) in try r.text() },
      addedAt: try reader.moment(), expiresAt: try reader.optional { (r) throws(StoreError) in try r.moment() })
  }
}

extension ByteWriter {
  mutating func rates(_ rates: [(name: String, until: Int64)]) {
    count(rates.count)
    for rate in rates {
      text(rate.name)
      signed(rate.until)
    }
  }
}

extension ByteReader {
  mutating func rates() throws(StoreError) -> [(name: String, until: Int64)] {
    var rates: [(name: String, until: Int64)] = []
    for _ in try elements() { rates.append((try text(), try signed())) }
    return rates
  }

  mutating func optionalText() throws(StoreError) -> String?? {
    try optional { (r) throws(StoreError) in try r.optional { (r) throws(StoreError) in try r.text() } }
  }
}
