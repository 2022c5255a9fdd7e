import CampaignKit
import Foundation

/// When a campaign may call a person, read from its settings as they are written, moment by moment.
///
/// It shares nothing with the calling hours of the library that it is compared with.
struct OwnHours: Sendable {
  private var zones: [String: TimeZone] = [:]

  /// Whether a person may be called at a moment.
  mutating func isOpen(
    _ campaign: Campaign, _ account: Account, _ locality: Locality, at moment: Timestamp
  ) -> Bool {
    let own = campaign.schedule.timeZone ?? account.timeZone
    guard let local = local(moment, in: own), isOpen(campaign.schedule, account, local, moment) else { return false }
    guard campaign.compliance.keepsLegalHours else { return true }
    return isLegal(locality, at: moment, elsewhere: campaign.compliance.unknownZone == .useCampaignZone ? own : nil)
  }

  /// Whether the law lets a person be called at a moment, whose zone is `elsewhere` if it is not known.
  mutating func isLegal(_ locality: Locality, at moment: Timestamp, elsewhere: String? = nil) -> Bool {
    let names: [String?] = locality.timeZones.isEmpty ? [elsewhere] : locality.timeZones
    for name in names {
      guard let name, let there = self.local(moment, in: name) else { return false }
      let closes = locality.jurisdiction == "US-FL" ? 20 : 21
      guard there.second >= 8 * 3600, there.second < closes * 3600 else { return false }
    }
    return true
  }

  private func isOpen(_ schedule: Schedule, _ account: Account, _ local: Local, _ moment: Timestamp) -> Bool {
    switch schedule.start {
    case .moment(let start) where moment < start: return false
    case .day(let date) where local.day < date.daysSince1970: return false
    default: break
    }
    switch schedule.end {
    case .moment(let end) where moment >= end: return false
    case .day(let date) where local.day > date.daysSince1970: return false
    default: break
    }
    func isOn(_ day: Int) -> Bool {
      let date = CivilDate(daysSince1970: day)
      return schedule.days.contains(date.weekday) && !schedule.excludedDates.contains(date)
    }
    let hours = schedule.hours ?? account.callingHours ?? .wholeDay
    let from = hours.from.seconds
    let until = hours.until.seconds
    if from < until { return isOn(local.day) && from <= local.second && local.second < until }
    return (isOn(local.day) && local.second >= from) || (isOn(local.day - 1) && local.second < until)
  }

  /// The agents' hours are the same on all days.
  mutating func works(_ agent: Agent, _ account: Account, at moment: Timestamp) -> Bool {
    guard let hours = agent.workingHours["monday"] else { return true }
    guard let local = local(moment, in: agent.timeZone ?? account.timeZone) else { return false }
    return hours.from.seconds <= local.second && local.second < hours.until.seconds
  }

  /// The date in a zone, as a number of days.
  mutating func day(of moment: Timestamp, in name: String) -> Int? { local(moment, in: name)?.day }

  private struct Local {
    var day: Int
    var second: Int
  }

  private mutating func local(_ moment: Timestamp, in name: String) -> Local? {
    guard let zone = zones[name] ?? TimeZone(identifier: name) else { return nil }
    zones[name] = zone
    let second = Int((Double(moment.milliseconds) / 1000).rounded(.down))
    let shown = second + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    let day = Int((Double(shown) / 86_400).rounded(.down))
    return Local(day: day, second: shown - day * 86_400)
  }
}
