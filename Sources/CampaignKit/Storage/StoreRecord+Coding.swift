// A record is an object with the value under the name of its kind, and what goes with it beside that.
extension StoreRecord: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case limits, account, user, key, agent, suppression, contact, list, campaign, importBatch, lead, call
    case lastEvent, lastActiveAt, members, nextOrdinal, ending, awaitsAgent
  }

  private struct Limits: Codable {
    var system: Int
    var account: Int
  }

  /// Reads a record.
  ///
  /// - Parameter decoder: The decoder.
  /// - Throws: A `DecodingError` when it is of no kind that is known, or a field is missing or not acceptable.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let kind = Key.allCases.first(where: { container.contains($0) }) else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a record of no kind that this version knows"))
    }
    func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try container.decode(Value.self, forKey: kind)
    }
    switch kind {
    case .limits:
      let limits = try value(Limits.self)
      self = .limits(system: limits.system, account: limits.account)
    case .account: self = .account(try value(), lastEvent: try container.decode(UInt64.self, forKey: .lastEvent))
    case .user: self = .user(try value())
    case .key: self = .key(try value())
    case .agent:
      self = .agent(
        try value(), lastActiveAt: try container.decodeIfPresent(Timestamp.self, forKey: .lastActiveAt))
    case .suppression: self = .suppression(try value())
    case .contact: self = .contact(try value())
    case .list: self = .list(try value(), members: try container.decode([Contact.ID].self, forKey: .members))
    case .campaign:
      self = .campaign(try value(), nextOrdinal: try container.decode(Int.self, forKey: .nextOrdinal))
    case .importBatch: self = .importBatch(try value())
    case .lead:
      self = .lead(try value(), ending: try container.decodeIfPresent(Lead.Status.self, forKey: .ending))
    case .call:
      self = .call(
        try value(), awaitsAgent: try container.decodeIfPresent(Bool.self, forKey: .awaitsAgent) ?? false)
    case .lastEvent, .lastActiveAt, .members, .nextOrdinal, .ending, .awaitsAgent:
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a record of no kind that this version knows"))
    }
  }

  /// Writes the record.
  ///
  /// - Parameter encoder: The encoder.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .limits(let system, let account):
      try container.encode(Limits(system: system, account: account), forKey: .limits)
    case .account(let account, let lastEvent):
      try container.encode(account, forKey: .account)
      try container.encode(lastEvent, forKey: .lastEvent)
    case .user(let user): try container.encode(user, forKey: .user)
    case .key(let key): try container.encode(key, forKey: .key)
    case .agent(let agent, let lastActiveAt):
      try container.encode(agent, forKey: .agent)
      try container.encodeIfPresent(lastActiveAt, forKey: .lastActiveAt)
    case .suppression(let entry): try container.encode(entry, forKey: .suppression)
    case .contact(let contact): try container.encode(contact, forKey: .contact)
    case .list(let list, let members):
      try container.encode(list, forKey: .list)
      try container.encode(members, forKey: .members)
    case .campaign(let campaign, let nextOrdinal):
      try container.encode(campaign, forKey: .campaign)
      try container.encode(nextOrdinal, forKey: .nextOrdinal)
    case .importBatch(let batch): try container.encode(batch, forKey: .importBatch)
    case .lead(let lead, let ending):
      try container.encode(lead, forKey: .lead)
      try container.encodeIfPresent(ending, forKey: .ending)
    case .call(let call, let awaitsAgent):
      try container.encode(call, forKey: .call)
      if awaitsAgent { try container.encode(true, forKey: .awaitsAgent) }
    }
  }
}
