import CampaignKit

// Accounts, users, keys, agents, contacts, lists, the do-not-call list and limits.
extension Workload {
  mutating func changePeople(of account: Account.ID) async throws {
    switch pick(8) {
    case 0:
      guard var value = try await store.account(account) else { return }
      value.name = name("account")
      value.concurrencyLimit = 10 + pick(40)
      let changed = value
      guard let stored = try await attempt([Fact(.account, account)], { try await store.update(changed) }) else {
        return
      }
      done(Fact(.account, account), Fact.value(stored))
    case 1, 2: try await changeUsers(of: account)
    case 3: try await changeKeys(of: account)
    default: try await changeAgents(of: account)
    }
  }

  private mutating func changeUsers(of account: Account.ID) async throws {
    if let index = index(of: users), chance(60) {
      let id = users[index]
      if chance(30) {
        users.remove(at: index)
        guard try await attempt([Fact(.user, id)], { try await store.delete(id, of: account) }) != nil else { return }
        return gone([Fact(.user, id)])
      }
      guard var user = try await store.user(id) else { return }
      user.role = chance(50) ? .manager : .admin
      user.firstName = name("user")
      let changed = user
      guard let stored = try await attempt([Fact(.user, id)], { try await store.update(changed) }) else { return }
      return done(Fact(.user, id), Fact.value(stored))
    }
    let user = User(
      id: try await newID(), account: account, email: "\(name("user"))@Example.com", role: .agent,
      createdAt: try await store.now())
    guard try await attempt([Fact(.user, user.id)], { try await store.insert(user) }) != nil else { return }
    users.append(user.id)
    done(Fact(.user, user.id), Fact.value(user))
  }

  private mutating func changeKeys(of account: Account.ID) async throws {
    if let index = index(of: keys), chance(40) {
      let digest = keys.remove(at: index)
      guard let key = try await store.key(digest: digest),
        try await attempt([Fact(.key, digest)], { try await store.delete(key.id, of: account) }) != nil
      else { return }
      return gone([Fact(.key, digest)])
    }
    let id = try await newID(APIKey.self)
    let key = APIKey(
      id: id, account: account, name: name("key"), digest: "digest\(id)", hint: "ab", role: .admin,
      createdAt: try await store.now(), expiresAt: chance(50) ? .distantFuture : nil)
    guard try await attempt([Fact(.key, key.digest)], { try await store.insert(key) }) != nil else { return }
    keys.append(key.digest)
    done(Fact(.key, key.digest), Fact.value(key))
  }

  private mutating func changeAgents(of account: Account.ID) async throws {
    guard let index = index(of: agents), agents.count > 2 || chance(30) else {
      var agent = Agent(
        id: try await newID(), account: account, kind: chance(50) ? .person : .voice, name: name("agent"),
        createdAt: try await store.now())
      agent.group = chance(80) ? "group" : nil
      agent.status = .available
      agent.maximumConcurrentCalls = 1 + pick(3)
      agent.metadata = object()
      if let from = TimeOfDay("08:00"), let until = TimeOfDay("17:30") {
        for day in ["mo", "tu", "we", "th", "fr"] {
          agent.workingHours[day] = DailyHours(from: from, until: until)
        }
      }
      let new = agent
      let fact = owned(.agent, agent.id, account)
      guard try await attempt([fact], { try await store.insert(new) }) != nil else { return }
      agents.append(agent.id)
      return done(fact, Fact.value(agent))
    }
    let id = agents[index]
    let fact = owned(.agent, id, account)
    switch pick(6) {
    case 0:
      guard try await attempt([fact], { try await store.delete(id, of: account) }) != nil else { return }
      agents.remove(at: index)
      gone([fact])
    case 1:
      guard var agent = try await store.agent(id, of: account) else { return }
      agent.name = name("agent")
      let changed = agent
      guard let stored = try await attempt([fact], { try await store.update(changed) }) else { return }
      done(fact, Fact.value(stored))
    default:
      let status = chance(70) ? Agent.Status.available : any(Agent.Status.allCases) ?? .busy
      guard let stored = try await attempt([fact], { try await store.setStatus(status, of: id, in: account) }) else {
        return
      }
      done(fact, Fact.value(stored))
    }
  }

  // MARK: Contacts

  mutating func changeContacts(of account: Account.ID) async throws {
    switch pick(6) {
    case 0, 1:
      guard let contact = try await newContact(of: account) else { return }
      contacts.append(contact)
    case 2:
      guard let id = any(contacts + listed), var contact = try await store.contact(id, of: account) else { return }
      contact.notes = name("notes")
      contact.person.firstName = chance(50) ? name("first") : contact.person.firstName
      if chance(20), let number = phone() { contact.furtherNumbers.append(Contact.Number(number, label: "work")) }
      if chance(10), let number = phone() { contact.number = number }
      let changed = contact
      let fact = owned(.contact, id, account)
      guard let stored = try await attempt([fact], { try await store.update(changed) }) else { return }
      done(fact, Fact.value(stored))
    case 3:
      guard let index = index(of: contacts) else { return }
      let id = contacts[index]
      let fact = owned(.contact, id, account)
      guard try await attempt([fact], { try await store.delete(id, of: account) }) != nil else { return }
      contacts.remove(at: index)
      gone([fact])
    case 4:
      guard let list = any(lists), chance(80) else {
        let list = ContactList(
          id: try await newID(), account: account, name: name("list"), createdAt: try await store.now())
        let fact = owned(.list, list.id, account)
        guard try await attempt([fact], { try await store.insert(list) }) != nil else { return }
        lists.append(list.id)
        return done(fact, Fact.value(list))
      }
      if chance(15) {
        let fact = owned(.list, list, account)
        guard try await attempt([fact], { try await store.delete(list, of: account) }) != nil else { return }
        lists.removeAll { $0 == list }
        return gone([fact])
      }
      try await add(to: list, of: account)
    default:
      guard let contact = try await newContact(of: account) else { return }
      listed.append(contact)
    }
  }

  private mutating func newContact(of account: Account.ID) async throws -> Contact.ID? {
    guard let number = phone() else { return nil }
    var contact = Contact(
      id: try await newID(), account: account, number: number, createdAt: try await store.now())
    contact.person = Person(firstName: name("first"), lastName: "Ünlü", email: "someone@example.com")
    contact.phoneExtension = chance(20) ? "12" : nil
    contact.timeZone = chance(20) ? "Europe/Berlin" : nil
    contact.consents = chance(30) ? [Consent(kind: "written", source: "form", givenAt: contact.createdAt)] : []
    contact.fields = object()
    if chance(30), let number = phone() { contact.furtherNumbers = [Contact.Number(number, phoneExtension: "1")] }
    let new = contact
    let fact = owned(.contact, contact.id, account)
    guard try await attempt([fact], { try await store.insert(new) }) != nil else { return nil }
    done(fact, Fact.value(contact))
    return contact.id
  }

  private mutating func add(to list: ContactList.ID, of account: Account.ID) async throws {
    // Those on lists are never deleted, so that the count stays what was told.
    let new = Array(listed.shuffled(using: &random).prefix(1 + pick(5)))
    let fact = owned(.list, list, account)
    guard try await attempt([fact], { try await store.add(new, to: list, of: account) }) != nil,
      let stored = try await store.list(list, of: account)
    else { return }
    done(fact, Fact.value(stored))
  }

  // MARK: Do-not-call and limits

  mutating func changeSuppressions(of account: Account.ID) async throws {
    if let pattern = any(patterns), chance(40) {
      let fact = Fact(.suppression, "\(account)/\(pattern)")
      guard try await attempt([fact], { try await store.unsuppress([pattern], of: account) }) != nil else { return }
      patterns.removeAll { $0 == pattern }
      return gone([fact])
    }
    var entries: [Suppression] = []
    let now = try await store.now()
    for _ in 0...pick(3) {
      guard let number = phone() else { continue }
      var pattern = Suppression.Pattern.number(number)
      if chance(10), let prefix = PhonePrefix(digits: number.digits / 10) { pattern = .prefix(prefix) }
      guard !entries.contains(where: { $0.pattern == pattern }) else { continue }
      entries.append(
        Suppression(
          pattern, account: account, source: "workload", reason: name("reason"), addedAt: now,
          expiresAt: chance(30) ? now + .seconds(100_000_000) : nil))
    }
    let new = entries
    let facts = entries.map { Fact(.suppression, "\(account)/\($0.pattern)") }
    guard try await attempt(facts, { try await store.suppress(new) }) != nil else { return }
    patterns += entries.map(\.pattern)
    report(.done(zip(facts, entries).map { ($0, Fact.value($1)) }))
  }

  mutating func changeLimits(of account: Account.ID) async throws {
    let fact = Fact(.reserved, account)
    switch pick(3) {
    case 0 where number == 0:
      let limit = 100 + pick(100)
      guard try await attempt([Fact(.limit, account)], { try await store.setSystemLimit(limit) }) != nil else { return }
      done(Fact(.limit, account), "\(limit)")
    case 1:
      guard let index = index(of: reservations) else { return }
      let reservation = reservations.remove(at: index)
      guard try await attempt([fact], { try await store.release(reservation.id) }) != nil else { return }
      done(fact, try await fact.value(in: store))
    default:
      guard reservations.count < 3, adopted < 9 else { return }
      let count = 1 + pick(2)
      let reservation = try await attempt([fact]) {
        try await store.reserve(count, of: account, for: .seconds(100_000_000), note: "workload")
      }
      guard let reservation else { return }
      reservations.append(reservation)
      done(fact, try await fact.value(in: store))
    }
  }
}
