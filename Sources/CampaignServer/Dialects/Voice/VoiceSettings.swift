import CampaignKit
import JSON

// How this dialect's settings of a campaign are put into the model.
extension Voice {
  static let statuses = ["draft", "active", "paused", "completed", "canceled"]
  static let scheduleTypes = ["immediate", "scheduled"]

  private static let agentConfig = Schema.freeObject.nullable
    .like(["voice": "male-professional", "languages": ["en-US"]])

  private static let scheduleConfig = Schema.object(
    [
      .optional("daysOfWeek", .list(of: .integer(0...6), count: 0...7).described("0 is Sunday, 1 Monday.")),
      .optional("excludeDates", .list(of: .text(.date), count: 0...3660)),
    ], others: .kept(.anything)
  ).nullable

  private static let callbackConfig = Schema.object(
    [
      .optional("enabled", .flag), .optional("maxAttempts", .integer(0...100)),
      .optional("delayMinutes", .integer(0...1_000_000)),
    ], others: .kept(.anything)
  ).nullable

  private static let transferConfig = Schema.object(
    [
      .optional("enabled", .flag),
      .optional(
        "transferTargets",
        .list(
          of: .either(
            .object(
              [
                .required("name", .name(200)), .required("number", .text(.phone)),
                .optional("type", .choice(["phone"])),
              ], others: .kept(.anything)),
            .object(
              [
                .required("name", .name(200)), .required("endpoint", .name(500)), .optional("type", .choice(["sip"])),
              ], others: .kept(.anything))), count: 0...100)),
    ], others: .kept(.anything)
  ).nullable

  private static let settings: [Schema.Property] = [
    .required("name", .name(200).like("Q4 Sales Outreach")), .optional("description", .text().nullable),
    .optional("startDate", .text(.dateOrMoment).nullable), .optional("endDate", .text(.dateOrMoment).nullable),
    .optional("timezone", .text(.timeZone).nullable.described("The account's where it is null.")),
    .optional("dailyStartTime", .text(.timeOfDay).nullable),
    .optional(
      "dailyEndTime", .text(.timeOfDay).nullable.described("Where it is not after the start, it is on the next day.")),
    .optional("phoneNumberId", .text(0...200).nullable), .optional("phoneNumber", .text(.phone).nullable),
    .optional("voiceAgentId", .text(0...200).nullable), .optional("agentConfig", agentConfig),
    .optional(
      "streamUrl", .text(.streamAddress).nullable.described("Where what is heard is streamed to, over a WebSocket.")),
    .optional("maxConcurrentCalls", .integer(1...100_000).defaulting(to: 10)),
    .optional("callAttemptsPerContact", .integer(1...100).defaulting(to: 3)),
    .optional("retryDelay", .integer(0...1_000_000).defaulting(to: 60).described("In minutes.")),
    .optional("scheduleType", .choice(scheduleTypes).defaulting(to: "immediate")),
    .optional("scheduleConfig", scheduleConfig), .optional("callbackConfig", callbackConfig),
    .optional("transferConfig", transferConfig), .optional("tags", .list(of: .text(0...200), count: 0...1000)),
    .optional("metadata", .ownMetadata),
  ]

  static let creation = Schema.object(
    settings + [.optional("status", .choice(["draft"]).described("Campaigns begin as drafts."))])

  static let update = Schema.object(
    settings + [.optional("status", .choice(statuses).described("Changes it as the actions do."))]
  ).partial

  /// Changes what the body names.
  ///
  /// - Throws: A ``Refusal`` for what fits no campaign as a whole.
  static func apply(_ body: JSONObject, to campaign: inout Campaign, in account: Account) throws(Refusal) {
    if let name = body["name"]?.string { campaign.name = name }
    if let description = body["description"] { campaign.description = description.string }
    if let id = body["phoneNumberId"] { campaign.externalNumberID = id.string }
    if let number = body["phoneNumber"] {
      // Further numbers that it calls from were given elsewhere, and stay.
      campaign.callerNumbers =
        (number.string.flatMap { PhoneNumber(e164: $0) }.map { [$0] } ?? []) + campaign.callerNumbers.dropFirst()
    }
    if let id = body["voiceAgentId"] { campaign.agents.externalAgentID = id.string }
    if let address = body["streamUrl"] { campaign.agents.mediaStreamURL = address.string }
    if let configuration = body["agentConfig"] { campaign.agents.configuration = configuration.object }
    if let limit = body["maxConcurrentCalls"]?.int { campaign.pacing.maximumConcurrentCalls = limit }
    if let attempts = body["callAttemptsPerContact"]?.int { campaign.retries.maximumAttempts = attempts }
    if let delay = body["retryDelay"]?.int, delay != retryDelay(of: campaign) {
      campaign.retries.delay = .fixed(.seconds(60 * delay))
    }
    if let tags = body["tags"]?.array { campaign.tags = tags.compactMap(\.string) }
    if let metadata = body["metadata"]?.object { campaign.ownMetadata = metadata }
    applySchedule(body, to: &campaign)
    applyConfigurations(body, to: &campaign)
    try checkOrder(of: campaign, in: account)
  }

  /// The minutes before a lead is called again.
  static func retryDelay(of campaign: Campaign) -> Int {
    Int(campaign.retries.delay.delay(afterAttempt: 1).components.seconds / 60)
  }

  private static func applySchedule(_ body: JSONObject, to campaign: inout Campaign) {
    if let start = body["startDate"] { campaign.schedule.start = bound(start) }
    if let end = body["endDate"] { campaign.schedule.end = bound(end) }
    if let zone = body["timezone"] { campaign.schedule.timeZone = zone.string }
    let from = body["dailyStartTime"].map { $0.string.flatMap { TimeOfDay($0) } } ?? campaign.schedule.hours?.from
    let until = body["dailyEndTime"].map { $0.string.flatMap { TimeOfDay($0) } } ?? campaign.schedule.hours?.until
    if from == nil, until == nil {
      campaign.schedule.hours = nil
    } else {
      campaign.schedule.hours = DailyHours(from: from ?? .midnight, until: until ?? .endOfDay)
    }
    if let configuration = body["scheduleConfig"] {
      let days = configuration["daysOfWeek"]?.array?.compactMap { $0.int.flatMap { Weekday(rawValue: $0) } }
      campaign.schedule.days = Set(days ?? Weekday.allCases)
      campaign.schedule.excludedDates =
        configuration["excludeDates"]?.array?.compactMap { $0.string.flatMap { CivilDate($0) } } ?? []
    }
  }

  private static func bound(_ value: JSONValue) -> ScheduleBound? {
    guard let text = value.string else { return nil }
    return CivilDate(text).map { .day($0) } ?? Timestamp(text).map { .moment($0) }
  }

  private static func applyConfigurations(_ body: JSONObject, to campaign: inout Campaign) {
    if let configuration = body["callbackConfig"] {
      var callback = Callback()
      callback.isEnabled = configuration["enabled"]?.bool ?? false
      if let attempts = configuration["maxAttempts"]?.int { callback.maximumAttempts = attempts }
      if let delay = configuration["delayMinutes"]?.int { callback.delay = .seconds(60 * delay) }
      campaign.callback = callback
    }
    if let configuration = body["transferConfig"] {
      campaign.transfer = Transfer(
        isEnabled: configuration["enabled"]?.bool ?? false,
        targets: (configuration["transferTargets"]?.array ?? []).map { target in
          let number = target["number"]?.string
          return Transfer.Target(
            name: target["name"]?.string ?? "", kind: number == nil ? .sip : .phone,
            address: number ?? target["endpoint"]?.string ?? "")
        })
    }
    var kept = campaign.privateMetadata(of: "voice")
    for name in VoiceConfigurations.names { if let value = body[name] { kept[name] = value.isNull ? nil : value } }
    campaign.keep(kept, for: "voice")
  }

  private static func checkOrder(of campaign: Campaign, in account: Account) throws(Refusal) {
    guard let start = campaign.schedule.start, let end = campaign.schedule.end,
      let clock = try? campaign.clock(in: account)
    else { return }
    guard start.start(on: clock) < end.end(on: clock) else { throw .invalid("endDate", "must be after startDate") }
  }
}

/// The objects of a campaign that are given back as they came, as long as the model says the same.
enum VoiceConfigurations {
  static let names = ["scheduleType", "scheduleConfig", "callbackConfig", "transferConfig"]

  /// An object as it was given, with those members told anew that mean something else now.
  private static func value(
    _ name: String, of campaign: Campaign, where isSo: (JSONObject) -> Bool, otherwise members: () -> JSONObject
  ) -> JSONValue {
    let given = campaign.privateMetadata(of: "voice")[name]?.object
    if isSo(given ?? [:]) { return given.map { .object($0) } ?? .null }
    var value = given ?? [:]
    for (name, member) in members() { value[name] = member }
    return .object(value)
  }

  static func scheduleType(of campaign: Campaign) -> JSONValue {
    campaign.privateMetadata(of: "voice")["scheduleType"]
      ?? (campaign.schedule.start == nil ? "immediate" : "scheduled")
  }

  static func scheduleConfig(of campaign: Campaign) -> JSONValue {
    let schedule = campaign.schedule
    return value("scheduleConfig", of: campaign) { given in
      let days = given["daysOfWeek"]?.array.map { Set($0.compactMap { $0.int.flatMap { Weekday(rawValue: $0) } }) }
      let dates = given["excludeDates"]?.array?.compactMap { $0.string.flatMap { CivilDate($0) } }
      return days ?? Set(Weekday.allCases) == schedule.days && dates ?? [] == schedule.excludedDates
    } otherwise: {
      [
        "daysOfWeek": .array(schedule.days.map(\.rawValue).sorted().map { JSONValue($0) }),
        "excludeDates": .array(schedule.excludedDates.map { .string($0.description) }),
      ]
    }
  }

  static func callbackConfig(of campaign: Campaign) -> JSONValue {
    let callback = campaign.callback
    let standard = Callback()
    return value("callbackConfig", of: campaign) { given in
      given["enabled"]?.bool ?? false == callback.isEnabled
        && given["maxAttempts"]?.int ?? standard.maximumAttempts == callback.maximumAttempts
        && given["delayMinutes"]?.int.map { Duration.seconds(60 * $0) } ?? standard.delay == callback.delay
    } otherwise: {
      [
        "enabled": .bool(callback.isEnabled), "maxAttempts": JSONValue(callback.maximumAttempts),
        "delayMinutes": JSONValue(callback.delay.components.seconds / 60),
      ]
    }
  }

  private static func value(of target: Transfer.Target) -> JSONValue {
    [
      "name": .string(target.name), target.kind == .phone ? "number" : "endpoint": .string(target.address),
      "type": .string(target.kind.rawValue),
    ]
  }

  static func transferConfig(of campaign: Campaign) -> JSONValue {
    let transfer = campaign.transfer
    return value("transferConfig", of: campaign) { given in
      let addresses = (given["transferTargets"]?.array ?? []).map {
        $0["number"]?.string ?? $0["endpoint"]?.string ?? ""
      }
      return given["enabled"]?.bool ?? false == transfer.isEnabled && addresses == transfer.targets.map(\.address)
    } otherwise: {
      ["enabled": .bool(transfer.isEnabled), "transferTargets": .array(transfer.targets.map(value))]
    }
  }
}
