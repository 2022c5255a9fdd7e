import CampaignKit
import JSON

/// Takes the settings of a campaign from a body.
///
/// What a body says just as it is shown already is no news. So a campaign can be sent back whole, and what other
/// dialects can say more exactly stays as exact as it was.
struct TenantCampaignSettings {
  private let view: TenantView
  private let service: CampaignService
  private let shown: JSONObject
  private let news: JSONObject
  private var problems: [Problem] = []

  /// Changes a campaign as a body says.
  ///
  /// - Parameters:
  ///   - body: The body, checked against its schema.
  ///   - campaign: The campaign.
  ///   - view: The account's view.
  ///   - service: Reads phone numbers.
  /// - Throws: A ``Refusal`` that names every field that is wrong.
  static func apply(
    _ body: JSONObject, to campaign: inout Campaign, _ view: TenantView, _ service: CampaignService
  ) throws(Refusal) {
    var settings = TenantCampaignSettings(body, shown: view.settings(of: campaign), view, service)
    settings.apply(to: &campaign)
    guard settings.problems.isEmpty else { throw Refusal(settings.problems) }
  }

  private init(_ body: JSONObject, shown: JSONObject, _ view: TenantView, _ service: CampaignService) {
    self.view = view
    self.service = service
    self.shown = shown
    news = JSONObject(body.filter { shown[$0.key] != $0.value })
  }

  private mutating func apply(to campaign: inout Campaign) {
    if let name = said("name", "campaign_name", \.string) { campaign.name = name ?? campaign.name }
    if let value = news["description"] { campaign.description = value.string }
    if let value = news["agent_id"] { campaign.agents.externalAgentID = value.string }
    if let value = news["agent_group_id"] { campaign.agents.group = value.string }
    if let value = news["abandoned_message_url"] { campaign.agents.abandonedMessageURL = value.string }
    if let value = news["stream_url"] { setStream(value.string, of: &campaign) }
    if let value = news["next_action"] { campaign.nextAction = value.string }
    if let value = news["caller_ids"]?.array { setCallers(value.compactMap(\.string), of: &campaign) }
    if let value = news["caller_id"] { setCaller(value.string, of: &campaign) }
    if let value = news["daily_calls_per_caller_id"] { campaign.callerChoice.maximumPerDay = value.int }
    if let value = news["max_concurrent_calls"] { campaign.pacing.maximumConcurrentCalls = value.int }
    if let value = news["record_calls"]?.bool { setRecording(value, of: &campaign) }
    setMachineDetection(&campaign.machineDetection)
    if let policy = news["retry_policy"]?.object { setRetries(policy, &campaign.retries) }
    if let value = news["timezone"] { setZone(value.string, of: &campaign.schedule) }
    setHours(of: &campaign.schedule)
    if let days = news["calling_days"]?.array { setDays(days.compactMap(\.string), of: &campaign.schedule) }
    setDates(of: &campaign)
  }

  /// What two fields say that mean the same; nil if neither says anything new.
  private mutating func said<Value: Equatable>(
    _ field: String, _ other: String, _ read: (JSONValue) -> Value?
  ) -> Value?? {
    guard let value = news[field] else { return news[other].map(read) }
    if let second = news[other], read(second) != read(value) {
      problems.append(Problem(other, "says something else than \(field); send one of them"))
    }
    return read(value)
  }

  private mutating func setStream(_ address: String?, of campaign: inout Campaign) {
    do throws(Refusal) {
      try service.checkStream(address, field: "stream_url")
      campaign.agents.mediaStreamURL = address
    } catch {
      problems += error.problems
    }
  }

  private mutating func setRecording(_ records: Bool, of campaign: inout Campaign) {
    guard !records || service.canRecord else {
      return problems.append(Problem("record_calls", "must be false, since Asterisk records no calls here"))
    }
    campaign.recordsCalls = records
  }

  private mutating func setCallers(_ texts: [String], of campaign: inout Campaign) {
    do throws(Refusal) {
      var numbers: [PhoneNumber] = []
      for text in texts {
        let number = try service.phoneNumber(text, field: "caller_ids")
        if !numbers.contains(number) { numbers.append(number) }
      }
      campaign.callerNumbers = numbers
    } catch {
      problems += error.problems
    }
  }

  private mutating func setCaller(_ text: String?, of campaign: inout Campaign) {
    guard let text else {
      guard news["caller_ids"] == nil || campaign.callerNumbers.isEmpty else {
        return problems.append(Problem("caller_id", "says something else than caller_ids; send one of them"))
      }
      return campaign.callerNumbers = []
    }
    do throws(Refusal) {
      let number = try service.phoneNumber(text, field: "caller_id")
      guard news["caller_ids"] == nil || campaign.callerNumbers.first == number else {
        return problems.append(Problem("caller_id", "says something else than caller_ids; send one of them"))
      }
      if number != campaign.callerNumbers.first {
        campaign.callerNumbers = [number] + campaign.callerNumbers.dropFirst().filter { $0 != number }
      }
    } catch {
      problems += error.problems
    }
  }

  private func setMachineDetection(_ detection: inout MachineDetection) {
    if let address = news["voicemail_message_url"] {
      detection.messageURL = address.string
      // A message can be left only after the greeting.
      if detection.messageURL != nil, detection.mode == .fast { detection.mode = .greetingEnd }
    }
    if let isEnabled = news["amd_enabled"]?.bool {
      detection.mode = !isEnabled ? .off : detection.messageURL == nil ? .fast : .greetingEnd
    }
  }

  private func setRetries(_ policy: JSONObject, _ retries: inout RetryPolicy) {
    let old = shown["retry_policy"]?.object
    let news = JSONObject(policy.filter { old?[$0.key] != $0.value })
    if let attempts = news["max_attempts"]?.int { retries.maximumAttempts = attempts }
    if let minutes = news["delay_minutes"]?.double {
      retries.delay = .fixed(.milliseconds(Int64((minutes * 60_000).rounded())))
    }
    let rules: [(String, Set<Disposition>)] = [
      ("retry_on_no_answer", [.noAnswer]), ("retry_on_busy", [.busy]), ("retry_on_voicemail", [.machine, .voicemail]),
    ]
    for (field, dispositions) in rules {
      guard let isRetried = news[field]?.bool else { continue }
      if isRetried { retries.retried.formUnion(dispositions) } else { retries.retried.subtract(dispositions) }
    }
  }

  // MARK: Schedule

  private mutating func setZone(_ name: String?, of schedule: inout Schedule) {
    if let name, ZoneClock(name) == nil {
      problems.append(Problem("timezone", "must be the name of a time zone such as America/Chicago"))
    } else {
      schedule.timeZone = name
    }
  }

  private mutating func setHours(of schedule: inout Schedule) {
    let time = { (value: JSONValue) in value.string.flatMap { TimeOfDay($0) } }
    let first = said("calling_hours_start", "first_call_time", time)
    let last = said("calling_hours_end", "last_call_time", time)
    guard first != nil || last != nil else { return }
    let old = schedule.hours ?? view.account.callingHours
    let from = first ?? old?.from
    let until = last ?? old?.until
    guard from != nil || until != nil else { return schedule.hours = nil }
    let hours = DailyHours(from: from ?? .midnight, until: until ?? .endOfDay)
    if hours.from < hours.until {
      schedule.hours = hours
    } else {
      let isNamed = news["first_call_time"] != nil || news["last_call_time"] != nil
      problems.append(
        Problem(
          isNamed ? "last_call_time" : "calling_hours_end",
          "must be after \(isNamed ? "first_call_time" : "calling_hours_start"), \(hours.from)"))
    }
  }

  private mutating func setDays(_ names: [String], of schedule: inout Schedule) {
    let days = Set(names.compactMap { Weekday(name: $0) })
    guard !days.isEmpty else {
      return problems.append(Problem("calling_days", "has to name a day of the week, or it never calls"))
    }
    schedule.days = days
  }

  private mutating func setDates(of campaign: inout Campaign) {
    let clock = view.clock(of: campaign)
    set(
      &campaign.schedule.start, "schedule_start", "start_date", place: { $0.start(on: clock) },
      date: { clock.date(at: $0) })
    set(
      &campaign.schedule.end, "schedule_end", "end_date", place: { $0.end(on: clock) },
      date: { clock.date(at: $0 - .milliseconds(1)) })
    let fields = ["schedule_end", "end_date", "schedule_start", "start_date", "timezone"]
    guard let field = fields.first(where: { news[$0] != nil }),
      let start = campaign.schedule.start?.start(on: clock), let end = campaign.schedule.end?.end(on: clock),
      start >= end
    else { return }
    problems.append(Problem(field, "leaves no time: the campaign would start at \(start) and end at \(end)"))
  }

  /// Sets an end of the schedule, which one field names as a moment and another as a day.
  private mutating func set(
    _ bound: inout ScheduleBound?, _ momentField: String, _ dayField: String, place: (ScheduleBound) -> Timestamp,
    date: (Timestamp) -> CivilDate
  ) {
    let moment = news[momentField]?.string.flatMap { Timestamp($0) }
    let day = news[dayField]?.string.flatMap { CivilDate($0) }
    if let moment {
      if let day, date(moment) != day {
        problems.append(Problem(dayField, "says something else than \(momentField); send one of them"))
      } else if bound.map(place) != moment {
        bound = .moment(moment)
      }
    } else if let day {
      bound = .day(day)
    } else if news[momentField] != nil || news[dayField] != nil {
      bound = nil
    }
  }
}
