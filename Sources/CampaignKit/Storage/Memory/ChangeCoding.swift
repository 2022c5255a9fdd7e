import JSON

extension JSONLimits {
  /// For what the store itself has written.
  static var stored: JSONLimits {
    JSONLimits(
      maximumBytes: .max, maximumDepth: depthCeiling, maximumValues: .max, maximumStringBytes: .max)
  }
}

/// The first byte of a stored change. A number is never given to another change.
private enum Tag: UInt8 {
  case account = 1
  case user, userDeleted, key, keyDeleted, campaign, transition, campaignDeleted, contact, contactDeleted
  case list, listed, listDeleted, leads, leadChanged, leadRescheduled, leadEnded, leadDeleted, leadsDeleted
  case agent, agentStatus, agentDeleted, suppressed, unsuppressed, batch, batchCompleted, batchUndone
  case leased, claimed, began, news, assigned, finished, annotated, limits, reserved, released, restored
}

extension Change {
  /// Writes the change and the moment at which it was made.
  func write(to writer: inout ByteWriter, at now: Timestamp) {
    switch self {
    case .account(let value):
      writer.begin(.account, now)
      writer.value(value)
    case .user(let value):
      writer.begin(.user, now)
      writer.value(value)
    case .userDeleted(let id):
      writer.begin(.userDeleted, now)
      writer.identifier(id)
    case .key(let value):
      writer.begin(.key, now)
      writer.value(value)
    case .keyDeleted(let id):
      writer.begin(.keyDeleted, now)
      writer.identifier(id)
    case .campaign(let value):
      writer.begin(.campaign, now)
      writer.value(value)
    case .transition(let campaign, let trigger, let reason):
      writer.begin(.transition, now)
      writer.fixed32(campaign)
      writer.text(trigger.rawValue)
      writer.optional(reason) { $0.text($1) }
    case .campaignDeleted(let row):
      writer.begin(.campaignDeleted, now)
      writer.fixed32(row)
    case .contact(let value):
      writer.begin(.contact, now)
      writer.value(value)
    case .contactDeleted(let row):
      writer.begin(.contactDeleted, now)
      writer.fixed32(row)
    case .list(let value):
      writer.begin(.list, now)
      writer.value(value)
    case .listed(let list, let contacts):
      writer.begin(.listed, now)
      writer.fixed32(list)
      writer.count(contacts.count)
      for contact in contacts { writer.fixed32(contact) }
    case .listDeleted(let row):
      writer.begin(.listDeleted, now)
      writer.fixed32(row)
    case .leads(let records):
      writer.begin(.leads, now)
      records.write(to: &writer)
    case .leadChanged(let row, let changes):
      writer.begin(.leadChanged, now)
      writer.fixed32(row)
      changes.write(to: &writer)
    case .leadRescheduled(let row, let due, let isCallback):
      writer.begin(.leadRescheduled, now)
      writer.fixed32(row)
      writer.signed(due)
      writer.flag(isCallback)
    case .leadEnded(let row, let trigger):
      writer.begin(.leadEnded, now)
      writer.fixed32(row)
      writer.text(trigger.rawValue)
    case .leadDeleted(let row):
      writer.begin(.leadDeleted, now)
      writer.fixed32(row)
    case .leadsDeleted(let campaign):
      writer.begin(.leadsDeleted, now)
      writer.fixed32(campaign)
    case .agent(let value):
      writer.begin(.agent, now)
      writer.value(value)
    case .agentStatus(let row, let status):
      writer.begin(.agentStatus, now)
      writer.fixed32(row)
      writer.text(status.rawValue)
    case .agentDeleted(let row):
      writer.begin(.agentDeleted, now)
      writer.fixed32(row)
    case .suppressed(let entries):
      writer.begin(.suppressed, now)
      writer.count(entries.count)
      for index in entries.indices { entries[index].write(to: &writer, behind: index == 0 ? nil : entries[index - 1]) }
    case .unsuppressed(let patterns, let account):
      writer.begin(.unsuppressed, now)
      writer.optional(account) { $0.identifier($1) }
      writer.count(patterns.count)
      for pattern in patterns { writer.text(pattern.description) }
    case .batch(let value):
      writer.begin(.batch, now)
      writer.value(value)
    case .batchCompleted(let row):
      writer.begin(.batchCompleted, now)
      writer.fixed32(row)
    case .batchUndone(let row):
      writer.begin(.batchUndone, now)
      writer.fixed32(row)
    case .leased(let campaign, let owner, let token, let end):
      writer.begin(.leased, now)
      writer.fixed32(campaign)
      writer.optional(owner) { $0.text($1) }
      writer.fixed64(token)
      writer.signed(end)
    case .claimed(let record):
      writer.begin(.claimed, now)
      record.write(to: &writer)
    case .began(let record):
      writer.begin(.began, now)
      record.write(to: &writer)
    case .news(let row, let news):
      writer.begin(.news, now)
      writer.fixed32(row)
      news.write(to: &writer)
    case .assigned(let call, let agent):
      writer.begin(.assigned, now)
      writer.fixed32(call)
      writer.fixed32(agent)
    case .finished(let row, let ending):
      writer.begin(.finished, now)
      writer.fixed32(row)
      ending.write(to: &writer)
    case .annotated(let row, let notes, let metadata):
      writer.begin(.annotated, now)
      writer.fixed32(row)
      writer.optional(notes) { $0.text($1) }
      writer.optional(metadata) { $0.object($1) }
    case .limits(let system, let account):
      writer.begin(.limits, now)
      writer.count(system)
      writer.count(account)
    case .reserved(let value):
      writer.begin(.reserved, now)
      writer.value(value)
    case .released(let id):
      writer.begin(.released, now)
      writer.identifier(id)
    case .restored(let value):
      writer.begin(.restored, now)
      writer.value(value)
    }
  }

  /// Reads a change and the moment at which it was made.
  static func read(_ reader: inout ByteReader) throws(StoreError) -> (change: Change, at: Timestamp) {
    let (tag, now) = try begin(&reader)
    return (try read(tag, &reader), now)
  }

  fileprivate static func begin(_ reader: inout ByteReader) throws(StoreError) -> (tag: Tag, at: Timestamp) {
    let byte = try reader.byte()
    guard let tag = Tag(rawValue: byte) else {
      throw StoreError(.damaged, "there is no change of kind \(byte); it may be of a newer version")
    }
    return (tag, try reader.moment())
  }

  fileprivate static func read(_ tag: Tag, _ reader: inout ByteReader) throws(StoreError) -> Change {
    switch tag {
    case .account: return .account(try reader.value())
    case .user: return .user(try reader.value())
    case .userDeleted: return .userDeleted(try reader.identifier())
    case .key: return .key(try reader.value())
    case .keyDeleted: return .keyDeleted(try reader.identifier())
    case .campaign: return .campaign(try reader.value())
    case .transition:
      return .transition(
        campaign: try reader.fixed32(), trigger: try reader.named(),
        reason: try reader.optional { (r) throws(StoreError) in try r.text() })
    case .campaignDeleted: return .campaignDeleted(try reader.fixed32())
    case .contact: return .contact(try reader.value())
    case .contactDeleted: return .contactDeleted(try reader.fixed32())
    case .list: return .list(try reader.value())
    case .listed:
      let list = try reader.fixed32()
      var contacts: [UInt32] = []
      for _ in try reader.elements() { contacts.append(try reader.fixed32()) }
      return .listed(list: list, contacts: contacts)
    case .listDeleted: return .listDeleted(try reader.fixed32())
    case .leads: return .leads(try LeadRecords(from: &reader))
    case .leadChanged: return .leadChanged(try reader.fixed32(), try LeadChanges(from: &reader))
    case .leadRescheduled:
      return .leadRescheduled(try reader.fixed32(), due: try reader.signed(), isCallback: try reader.flag())
    case .leadEnded: return .leadEnded(try reader.fixed32(), try reader.named())
    case .leadDeleted: return .leadDeleted(try reader.fixed32())
    case .leadsDeleted: return .leadsDeleted(campaign: try reader.fixed32())
    case .agent: return .agent(try reader.value())
    case .agentStatus: return .agentStatus(try reader.fixed32(), try reader.named())
    case .agentDeleted: return .agentDeleted(try reader.fixed32())
    case .suppressed:
      var entries: [Suppression] = []
      for _ in try reader.elements() { entries.append(try Suppression(from: &reader, behind: entries.last)) }
      return .suppressed(entries)
    case .unsuppressed:
      let account = try reader.optional { (r) throws(StoreError) in try r.identifier(Account.self) }
      var patterns: [Suppression.Pattern] = []
      for _ in try reader.elements() {
        guard let pattern = Suppression.Pattern(try reader.text()) else {
          throw StoreError(.damaged, "a stored do-not-call pattern cannot be read")
        }
        patterns.append(pattern)
      }
      return .unsuppressed(patterns, account: account)
    case .batch: return .batch(try reader.value())
    case .batchCompleted: return .batchCompleted(try reader.fixed32())
    case .batchUndone: return .batchUndone(try reader.fixed32())
    case .leased:
      return .leased(
        campaign: try reader.fixed32(), owner: try reader.optional { (r) throws(StoreError) in try r.text() },
        token: try reader.fixed64(), end: try reader.signed())
    case .claimed: return .claimed(try ClaimRecord(from: &reader))
    case .began: return .began(try CallRecord(from: &reader))
    case .news: return .news(try reader.fixed32(), try CallNews(reading: &reader))
    case .assigned: return .assigned(call: try reader.fixed32(), agent: try reader.fixed32())
    case .finished: return .finished(try reader.fixed32(), try CallEnding(reading: &reader))
    case .annotated:
      return .annotated(
        try reader.fixed32(), notes: try reader.optional { (r) throws(StoreError) in try r.text() },
        metadata: try reader.optional { (r) throws(StoreError) in try r.object() })
    case .limits: return .limits(system: try reader.count(), account: try reader.count())
    case .reserved: return .reserved(try reader.value())
    case .released: return .released(try reader.identifier())
    case .restored: return .restored(try reader.value())
    }
  }
}

extension StoreState {
  /// Makes a change that was written. Those that come by the million are not moved around as a ``Change``.
  mutating func apply(writtenIn reader: inout ByteReader) throws(StoreError) {
    let (tag, now) = try Change.begin(&reader)
    switch tag {
    case .leads:
      let head = try LeadRecords(headFrom: &reader)
      let localities = try tables.localities.numbers(from: &reader)
      try apply(head, try reader.blob(), localities, at: now)
    // These name calls and leads by rows.
    case .claimed: try apply(ClaimRecord(from: &reader), at: now)
    case .news:
      let row = try reader.fixed32()
      try apply(CallNews(reading: &reader), to: row, at: now)
    case .finished:
      let row = try reader.fixed32()
      try apply(CallEnding(reading: &reader), to: row, at: now)
    case .assigned, .annotated, .leased, .leadRescheduled: try apply(Change.read(tag, &reader), at: now)
    default:
      indexAwaiting()
      try apply(Change.read(tag, &reader), at: now)
    }
  }
}

extension ByteWriter {
  fileprivate mutating func begin(_ tag: Tag, _ now: Timestamp) {
    byte(tag.rawValue)
    moment(now)
  }

  /// Writes a value that is rarely written, as JSON, so that it can gain fields.
  mutating func value(_ value: some Encodable) {
    // A value of the model has no number that JSON cannot hold, so this cannot fail.
    blob((try? JSONValue(encoding: value))?.bytes ?? [])
  }
}

extension ByteReader {
  mutating func value<Value: Decodable>(_ type: Value.Type = Value.self) throws(StoreError) -> Value {
    let bytes = try blob()
    do {
      return try JSONValue(parsing: bytes, limits: .stored).decode(Value.self)
    } catch {
      throw StoreError(.damaged, "a stored \(Value.self) cannot be read", cause: error)
    }
  }

  /// Reads a value by its raw name.
  mutating func named<Value: RawRepresentable<String>>() throws(StoreError) -> Value {
    let name = try text()
    guard let value = Value(rawValue: name) else {
      throw StoreError(.damaged, "there is no \(Value.self) called '\(name)'; it may be of a newer version")
    }
    return value
  }
}
