import CampaignKit

/// What every dialect looks for, in one place: things of an account, and changes that others may get in the way of.
extension CampaignService {
  /// The time by the store's clock, or by this machine's while the store does not answer.
  func now() async -> Timestamp { (try? await storage.now()) ?? clockTime }

  /// The time by this machine's clock.
  var clockTime: Timestamp { configuration.clock.now() }

  /// A campaign of an account.
  ///
  /// - Throws: A ``Refusal`` as not found, for those of other accounts too.
  func campaign(_ id: Campaign.ID, of account: Account.ID) async throws -> Campaign {
    guard let campaign = try await storage.campaign(id), campaign.account == account else {
      throw Refusal.notFound("campaign")
    }
    return campaign
  }

  /// A lead of an account.
  func lead(_ id: Lead.ID, of account: Account.ID) async throws -> Lead {
    guard let lead = try await storage.lead(id), lead.account == account else { throw Refusal.notFound("lead") }
    return lead
  }

  /// A call of an account.
  func call(_ id: Call.ID, of account: Account.ID) async throws -> Call {
    guard let call = try await storage.call(id), call.account == account else { throw Refusal.notFound("call") }
    return call
  }

  /// An agent of an account.
  func agent(_ id: Agent.ID, of account: Account.ID) async throws -> Agent {
    guard let agent = try await storage.agent(id, of: account) else { throw Refusal.notFound("agent") }
    return agent
  }

  /// The account of whoever asks.
  func account(_ id: Account.ID) async throws -> Account {
    guard let account = try await storage.account(id) else { throw Refusal.notFound("account") }
    return account
  }

  /// A user of an account.
  func user(_ id: User.ID, of account: Account.ID) async throws -> User {
    guard let user = try await storage.user(id), user.account == account else { throw Refusal.notFound("user") }
    return user
  }

  /// Changes a campaign, and again from what is stored where somebody else was faster.
  ///
  /// - Parameters:
  ///   - id: The campaign.
  ///   - account: The account that it must belong to.
  ///   - change: Makes the change, or throws because it is not permitted.
  /// - Returns: The campaign as it is stored now.
  /// - Throws: A ``Refusal`` as not found, what `change` throws, or why it is not stored.
  func change(
    _ id: Campaign.ID, of account: Account.ID, _ change: (inout Campaign) throws -> Void
  ) async throws -> Campaign {
    try await repeating {
      var campaign = try await self.campaign(id, of: account)
      try change(&campaign)
      return try await engine.update(campaign)
    }
  }

  /// Changes an agent in the same way.
  func change(_ id: Agent.ID, of account: Account.ID, _ change: (inout Agent) throws -> Void) async throws -> Agent {
    try await repeating {
      var agent = try await self.agent(id, of: account)
      try change(&agent)
      return try await storage.update(agent)
    }
  }

  /// Changes an account in the same way.
  func change(_ id: Account.ID, _ change: (inout Account) throws -> Void) async throws -> Account {
    try await repeating {
      var account = try await self.account(id)
      try change(&account)
      return try await storage.update(account)
    }
  }

  /// Changes a user in the same way.
  func change(_ id: User.ID, of account: Account.ID, _ change: (inout User) throws -> Void) async throws -> User {
    try await repeating {
      var user = try await self.user(id, of: account)
      try change(&user)
      return try await storage.update(user)
    }
  }

  /// Tries a change again that somebody else was faster than; after many times it is told as it is.
  private func repeating<Value>(_ work: () async throws -> Value) async throws -> Value {
    for _ in 0..<20 {
      do {
        return try await work()
      } catch let error as StoreError where error.code == .conflict {
        continue
      } catch let error as EngineError where error.store?.code == .conflict {
        continue
      }
    }
    return try await work()
  }

  /// Reads a telephone number as people write it.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - field: Where it stands, for the refusal.
  ///   - country: The region of numbers without a country code, where the request names one.
  /// - Returns: The number.
  /// - Throws: A ``Refusal`` that names the field and says what is wrong.
  func phoneNumber(_ text: String, field: String, country: String? = nil) throws(Refusal) -> PhoneNumber {
    try parsedNumber(text, field: field, country: country).number
  }

  /// Reads a telephone number as people write it, with what is to be dialled after it was answered.
  func parsedNumber(
    _ text: String, field: String, country: String? = nil
  ) throws(Refusal) -> ParsedPhoneNumber {
    let region = country.flatMap { Region($0) } ?? configuration.defaultRegion
    do throws(PhoneNumberError) {
      return try PhoneNumber.parse(text, defaultRegion: region)
    } catch {
      throw .invalid(field, "is no telephone number that can be called: \(error)")
    }
  }
}
