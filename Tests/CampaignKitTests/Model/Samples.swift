import JSON

@testable import CampaignKit

/// Values with every field filled, each with something else.
enum Samples {
  static let moment = Timestamp(milliseconds: 1_759_867_200_123)
  static let later = Timestamp(milliseconds: 1_759_867_201_456)
  static let json: JSONObject = [
    "text": "a\u{0}\"\\é\n", "number": 1.5, "whole": 9_007_199_254_740_993, "none": nil,
    "list": [1, [2, ["deep": true]]],
  ]
  static func id<Entity>(_ low: UInt32, _ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
    Identifier(high: 0x0199_BD3C_5A7B_1234, low: low)
  }
  static let hours = DailyHours(from: TimeOfDay(hour: 22, minute: 30) ?? .midnight, until: .endOfDay)
  static let person = Person(
    firstName: "Ada", lastName: "Łovelace", email: "ada@example.com", company: "", country: "GB")
  static let locality = Locality(jurisdiction: "US-FL", timeZones: ["America/New_York", "America/Chicago"])
  static let tally = ImportBatch.Tally(
    total: 1, invalid: 2, duplicates: 3, suppressed: 4, inserted: 5, contactsCreated: 6)

  static var account: Account {
    var account = Account(id: id(1), name: "Acme", createdAt: moment)
    account.externalID = "tenant-7"
    account.concurrencyLimit = 7
    account.weight = 3
    account.timeZone = "Europe/Berlin"
    account.callingHours = hours
    account.metadata = json
    account.updatedAt = later
    account.revision = 9
    return account
  }

  static var user: User {
    var user = User(id: id(2), account: id(1), email: "Ada@Example.com", role: .manager, createdAt: moment)
    user.passwordHash = "scrypt$1"
    user.firstName = "Ada"
    user.lastName = "L"
    user.phone = "(415) 555"
    user.isOwner = true
    user.updatedAt = later
    user.revision = 2
    return user
  }

  static let key = APIKey(
    id: id(3), account: id(1), name: "CI", digest: "abc", hint: "ck_1", role: .agent, createdAt: moment,
    expiresAt: later)

  static var agent: Agent {
    var agent = Agent(id: id(4), account: id(1), kind: .voice, name: "Eva", createdAt: moment)
    agent.description = "Speaks"
    agent.user = id(2)
    agent.phone = samplePhone
    agent.email = "eva@example.com"
    agent.group = "sales"
    agent.voice = Agent.Voice(id: "v", personality: "calm", prompt: "Hello", streamURL: "wss://example.com")
    agent.status = .onBreak
    agent.statusSince = later
    agent.maximumConcurrentCalls = 5
    agent.workingHours = ["monday": hours, "friday": hours]
    agent.timeZone = "UTC"
    agent.isActive = false
    agent.metadata = json
    agent.updatedAt = later
    agent.revision = 4
    return agent
  }

  static let rollingLimit = RollingLimit(
    name: "7in7", key: .subject, maximum: 7, window: .seconds(7 * 86_400), counting: [.answered, .expired],
    citation: "12 CFR 1006.14")

  static var campaign: Campaign {
    var campaign = Campaign(id: id(5), account: id(1), name: "Autumn", createdAt: moment)
    campaign.description = "Offers"
    campaign.status = .paused
    campaign.callerNumbers = [samplePhone]
    campaign.callerChoice = CallerChoice(prefersNearby: false, maximumPerDay: 3)
    campaign.externalNumberID = "PN1"
    campaign.agents = AgentAssignment(
      agents: [id(4)], group: "sales", externalAgentID: "x", configuration: json, mediaStreamURL: "wss://m",
      abandonedMessageURL: "https://example.com/a")
    campaign.script = "Hi"
    campaign.nextAction = "email"
    campaign.schedule = Schedule(
      start: .moment(moment), end: CivilDate(year: 2026, month: 2, day: 28).map { .day($0) }, timeZone: "UTC",
      days: [.monday, .saturday], hours: hours,
      excludedDates: [CivilDate(year: 2025, month: 12, day: 25)].compactMap { $0 })
    campaign.retries = RetryPolicy(
      maximumAttempts: 5, retried: [.busy], delay: .exponential(first: .seconds(1), factor: 2.5, maximum: .seconds(99)),
      delays: [.busy: .fixed(.milliseconds(1)), .noAnswer: .list([.seconds(1), .seconds(2)])],
      countsCallableTimeOnly: true, nextNumberDelay: .milliseconds(61_001))
    campaign.pacing = Pacing(
      maximumConcurrentCalls: 4, delayBetweenCalls: .milliseconds(250), callsPerSecond: 1.5, weight: 2,
      reservedSlots: 1, rampUp: .seconds(60),
      breaker: Pacing.Breaker(failureShare: 0.25, minimumCalls: 11, window: .seconds(12)))
    campaign.ringTime = .seconds(31)
    campaign.longestCall = .seconds(3601)
    campaign.machineDetection = MachineDetection(mode: .greetingEnd, messageURL: "https://example.com/m")
    campaign.recordsCalls = true
    campaign.callback = Callback(isEnabled: true, maximumAttempts: 3, delay: .seconds(5))
    campaign.transfer = Transfer(
      isEnabled: true, targets: [Transfer.Target(name: "desk", kind: .sip, address: "sip:desk@example.com")])
    campaign.compliance = Compliance(
      purpose: .debtCollection, keepsLegalHours: false, unknownZone: .useCampaignZone, rollingLimits: [rollingLimit])
    campaign.tags = ["a", ""]
    campaign.metadata = json
    campaign.updatedAt = later
    campaign.startedAt = Timestamp(milliseconds: 1)
    campaign.pausedAt = Timestamp(milliseconds: 2)
    campaign.resumedAt = Timestamp(milliseconds: 3)
    campaign.endedAt = Timestamp(milliseconds: 4)
    campaign.statusReason = "holiday"
    campaign.revision = 12
    return campaign
  }

  static var contact: Contact {
    var contact = Contact(id: id(6), account: id(1), number: samplePhone, createdAt: moment)
    contact.phoneExtension = "12"
    contact.numberLabel = "home"
    contact.furtherNumbers = [Contact.Number(samplePhone, phoneExtension: "9", label: "work")]
    contact.person = person
    contact.notes = "n"
    contact.timeZone = "Europe/Paris"
    contact.consents = [consent]
    contact.fields = json
    contact.updatedAt = later
    return contact
  }

  static let consent = Consent(
    kind: "marketing", source: "web", givenAt: moment, expiresAt: later, revokedAt: Timestamp(milliseconds: -1))

  static var list: ContactList {
    var list = ContactList(id: id(7), account: id(1), name: "VIP", createdAt: moment)
    list.count = 3
    return list
  }

  static var batch: ImportBatch {
    var batch = ImportBatch(id: id(8), account: id(1), campaign: id(5), name: "a.csv", digest: "d", createdAt: moment)
    batch.status = .undone
    batch.progress = .max
    batch.tally = tally
    batch.updatedAt = later
    return batch
  }

  static var lead: Lead {
    var lead = Lead(
      id: id(9), account: id(1), campaign: id(5), contact: id(6), ordinal: 3, number: samplePhone, createdAt: moment)
    lead.numberIndex = 1
    lead.person = person
    lead.type = "hot"
    lead.subject = "loan"
    lead.priority = .min
    lead.fields = json
    lead.notes = "n"
    lead.locality = locality
    lead.status = .calling
    lead.attempts = 2
    lead.lastAttemptAt = moment
    lead.nextAttemptAt = later
    lead.isCallback = true
    lead.callbacks = 1
    lead.lastDisposition = .busy
    lead.liveCall = id(10)
    lead.importBatch = id(8)
    lead.decision = decision
    lead.updatedAt = later
    return lead
  }

  static let decision = DecisionRecord(
    isDialled: false, rule: "doNotCall", citation: "c", decidedAt: moment, retryAt: later)

  static var newLead: NewLead {
    var lead = NewLead(number: samplePhone, person: person, priority: .max, fields: json, locality: locality)
    lead.phoneExtension = "1"
    lead.furtherNumbers = contact.furtherNumbers
    lead.type = "t"
    lead.subject = "s"
    lead.notes = ""
    lead.notBefore = moment
    lead.isSuppressed = true
    return lead
  }

  static let recording = Call.Recording(url: "https://r", reference: "RE1", duration: .milliseconds(1234))
  static let failure = Call.Failure(code: "21211", cause: "invalid")

  static var call: Call {
    var call = Call(
      id: id(10), account: id(1), attempt: 2, to: samplePhone, createdAt: moment, placeBy: later,
      expiresAt: .distantFuture)
    call.campaign = id(5)
    call.lead = id(9)
    call.contact = id(6)
    call.agent = id(4)
    call.from = samplePhone
    call.status = .ended
    call.disposition = .voicemail
    call.answeredBy = .machineEndBeep
    call.placedAt = Timestamp(milliseconds: 1)
    call.ringingAt = Timestamp(milliseconds: 2)
    call.answeredAt = Timestamp(milliseconds: 3)
    call.endedAt = Timestamp(milliseconds: 4)
    call.duration = .milliseconds(61_234)
    call.talkTime = .zero
    call.costMicros = -7500
    call.carrier = "twilio"
    call.carrierReference = "CA1"
    call.conference = "CF1"
    call.recording = recording
    call.messageLeftAt = moment
    call.agentAbsentAt = later
    call.agreedCallback = Call.AgreedCallback(at: later)
    call.failure = failure
    call.isAttempt = false
    call.followUp = .callback
    call.rule = "legal"
    call.notes = ""
    call.metadata = json
    return call
  }

  static let event = CampaignEvent(
    sequence: .max, account: id(1), at: moment, kind: .callEnded, campaign: id(5), lead: id(9), call: id(10),
    agent: id(4), status: "answered", count: 3)

  static var suppressions: [Suppression] {
    var entries = [
      Suppression(
        .number(samplePhone), account: id(1), source: "federal", reason: "asked", addedAt: moment, expiresAt: later)
    ]
    if let prefix = PhonePrefix(digits: 1900) {
      entries.append(Suppression(.prefix(prefix), account: nil, source: "", addedAt: moment))
    }
    return entries
  }

  static var rollup: Rollup {
    var rollup = Rollup()
    for (index, disposition) in Disposition.allCases.enumerated() { rollup[disposition] = index + 1 }
    rollup.created = 100
    rollup.answeredByHuman = 2
    rollup.answeredByMachine = 3
    rollup.duration = .milliseconds(4)
    rollup.withDuration = 5
    rollup.talkTime = .milliseconds(6)
    rollup.waitTime = .milliseconds(7)
    rollup.answeredAtAll = 8
    rollup.costMicros = 9
    rollup.leadsDone = 10
    rollup.callbacks = 11
    return rollup
  }

  static let counts = LeadCounts(
    waiting: 1, calling: 2, completed: 3, failed: 4, suppressed: 5, cancelled: 6, attempted: 7)
  static let reservation = SlotReservation(
    id: id(11), account: id(1), count: 2, note: "n", reservedAt: moment, expiresAt: later)
  static let activity = AgentActivity(currentCalls: 1, calls: 2, talkTime: .milliseconds(3), lastActiveAt: later)
}
