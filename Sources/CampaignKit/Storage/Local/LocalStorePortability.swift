extension LocalStore: PortableStorage {
  /// Hands out a copy of the tables as they are at the call, which costs next to no memory; changes go on meanwhile.
  public nonisolated(nonsending) func export(_ body: (StoreRecord) async throws -> Void) async throws {
    let (tables, _) = try core.tables { (_) throws(StoreError) in }
    try await tables.export(body)
  }

  /// Takes in records; what they take in the log is appended in batches of bounded size.
  public func restore(_ records: [StoreRecord]) async throws(StoreError) {
    let largest = core.configuration.largestBatch
    var done = 0
    repeat {
      let start = done
      done = try await core.write { (state, now) throws(StoreError) in
        try state.restore(records, from: start, upTo: largest, at: now)
      }
    } while done < records.count
  }
}

extension Tables {
  /// Walks over everything, in the order in which it can be restored.
  nonisolated(nonsending) func export(_ body: (StoreRecord) async throws -> Void) async throws {
    try await body(.limits(system: systemLimit, account: defaultAccountLimit))
    for record in accounts { try await body(.account(record.account, lastEvent: record.events.last)) }
    for user in users.values.sorted(by: { $0.id < $1.id }) { try await body(.user(user)) }
    for key in keys.values.sorted(by: { $0.id < $1.id }) { try await body(.key(key)) }
    for record in agents where !record.isDeleted {
      let lastActiveAt = record.lastActiveAt == 0 ? nil : Timestamp(milliseconds: record.lastActiveAt)
      try await body(.agent(record.agent, lastActiveAt: lastActiveAt))
    }
    for row in 0..<UInt32(suppressions.count) where !suppressions[row].isRemoved {
      try await body(.suppression(try suppression(at: row)))
    }
    for row in 0..<UInt32(contacts.count) where !contacts[row].isDeleted {
      try await body(.contact(try contact(at: row)))
    }
    for record in lists where !record.isDeleted {
      try await body(.list(record.list, members: record.members.map { contacts[$0].id.of(Contact.self) }))
    }
    for record in campaigns where !record.isDeleted {
      try await body(.campaign(record.campaign, nextOrdinal: Int(record.nextOrdinal)))
    }
    for batch in batches { try await body(.importBatch(batch)) }
    for record in campaigns where !record.isDeleted {
      for segment in record.segments {
        for place in segments[Int(segment)].status.indices
        where segments[Int(segment)].status[place] != LeadSegment.removed {
          let row = segment << LeadSegment.bits | UInt32(place)
          try await body(.lead(try lead(at: row), ending: Lead.Status(raw: leadCore(row).ending &- 1)))
        }
      }
    }
    for row in 0..<UInt32(calls.count) {
      try await body(.call(try call(at: row), awaitsAgent: calls[row].awaitsAgent))
    }
  }
}
