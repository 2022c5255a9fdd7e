import CampaignKit
import Foundation
import Testing

@Suite struct RulePackTests {
  private let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return encoder
  }()

  @Test func everyRuleHasASourceAndIsOfUse() {
    let pack = RulePack.standard
    #expect(
      pack.rules.map(\.id) == [
        "au.hours.marketing", "au.hours.research", "default.hours", "us.fl", "us.hours", "us.md", "us.ok", "us.regf",
      ])
    for rule in pack.rules {
      #expect(!rule.citation.isEmpty && rule.confidence == .high && !rule.purposes.isEmpty, "\(rule.id)")
      #expect(rule.hours != nil || !rule.limits.isEmpty, "\(rule.id)")
      #expect(!rule.purposes.contains(.emergency), "\(rule.id)")
    }
  }

  @Test func thePackIsReadAsItWasWritten() throws {
    let text = try encoder.encode(RulePack.standard)
    #expect(try JSONDecoder().decode(RulePack.self, from: text) == .standard)
    #expect(try encoder.encode(JSONDecoder().decode(RulePack.self, from: text)) == text)
  }

  @Test func aPackWrittenByHandIsRead() throws {
    let pack = try JSONDecoder().decode(
      RulePack.self,
      from: Data(
        """
        {"name": "ours", "version": "7", "rules": [{
          "id": "ca.hours", "jurisdiction": "CA", "purposes": ["marketing"], "citation": "CRTC", "confidence": "medium",
          "effectiveFrom": "2026-01-01", "hours": {
            "week": {"monday": [{"from": "09:00", "until": "21:30"}], "sunday": [{"from": "10:00", "until": "18:00"}]},
            "exceptions": {"2026-12-24": []}, "holidays": [{"month": 7, "day": 1}], "holidayHours": []
          }}]}
        """.utf8))
    let hours = try #require(pack["ca.hours"]?.hours)
    #expect(hours.hours(on: date("2026-06-01")) == [DailyHours(from: hours.from("09:00"), until: hours.from("21:30"))])
    #expect(hours.hours(on: date("2026-06-02")) == [] && hours.hours(on: date("2026-07-01")) == [])
    #expect(pack["ca.hours"]?.effectiveUntil == nil && pack["ca.hours"]?.limits == [])
  }

  @Test(arguments: [
    #"{"name": "a", "version": "1", "rules": [RULE, RULE]}"#, #"{"name": "a", "rules": []}"#,
    #"{"name": "a", "version": "1", "rules": [{"id": "x"}]}"#,
    #"{"name": "a", "version": "1", "rules": [HOURS:{"week": {"mon": []}}]}"#,
    #"{"name": "a", "version": "1", "rules": [HOURS:{"week": {"Monday": []}}]}"#,
    #"{"name": "a", "version": "1", "rules": [HOURS:{"week": {}, "exceptions": {"2026-02-30": []}}]}"#,
    #"{"name": "a", "version": "1", "rules": [HOURS:{"week": {"monday": [{"from": "25:00", "until": "26:00"}]}}]}"#,
  ])
  func aPackThatIsWrongIsRefused(_ text: String) {
    let rule = #"{"id": "x", "purposes": [], "citation": "", "confidence": "low"}"#
    let text = text.replacingOccurrences(of: "RULE", with: rule)
      .replacingOccurrences(of: "HOURS:", with: rule.dropLast() + #", "hours": "#)
      .replacingOccurrences(of: "}]}]}", with: "}]}}]}").replacingOccurrences(of: "[]}]}", with: "[]}}]}")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(RulePack.self, from: Data(text.utf8)) }
  }

  @Test func rulesAreFoundReplacedAndTakenOutByName() throws {
    var pack = RulePack.standard
    #expect(pack["us.xx"] == nil)
    var florida = try #require(pack["us.fl"])
    florida.citation = "changed"
    pack["us.fl"] = florida
    pack["us.md"] = nil
    florida.id = "something else"
    pack["us.xx"] = florida
    #expect(pack["us.xx"]?.id == "us.xx")
    #expect(pack.rules.map(\.id) == pack.rules.map(\.id).sorted() && pack.rules.count == RulePack.standard.rules.count)
    let old = RulePack.standard
    #expect(
      pack.changes(since: old).map { change in
        switch change {
        case .added(let rule): "+\(rule.id)"
        case .removed(let rule): "-\(rule.id)"
        case .changed(let from, let to): "\(from.citation) > \(to.citation)"
        }
      } == ["Florida Statutes 501.616(6) > changed", "-us.md", "+us.xx"])
    #expect(old.changes(since: old) == [])
    #expect(RulePack(name: "a", version: "1", rules: [florida, florida]).rules.count == 1)
  }

  @Test func limitsAreThoseOfThePlaceAndItsCountry() {
    let day = date("2026-05-05")
    func names(_ purpose: Compliance.Purpose, _ place: String?, on date: CivilDate) -> [String] {
      RulePack.standard.limits(for: purpose, in: place, on: date).map(\.name)
    }
    #expect(names(.debtCollection, "US-TX", on: day) == ["us.regf.attempts", "us.regf.conversation"])
    #expect(names(.marketing, "US-FL", on: day) == ["us.fl.attempts"])
    #expect(names(.marketing, "US-MD", on: day) == ["us.md.attempts"])
    #expect(names(.marketing, "US-OK", on: day) == ["us.ok.attempts"])
    #expect(names(.marketing, "US-MD", on: date("2023-12-31")) == [])
    #expect(names(.marketing, "US", on: day) == [] && names(.marketing, nil, on: day) == [])
    #expect(names(.marketing, "USA-FL", on: day) == [])
    let regulationF = RulePack.standard.limits(for: .debtCollection, in: "US", on: day)
    #expect(regulationF.map(\.maximum) == [7, 1] && regulationF.allSatisfy { $0.window == .seconds(604_800) })
    #expect(regulationF.map(\.counting) == [[], [.answered]])
  }
}

extension WeeklyHours {
  fileprivate func from(_ text: String) -> TimeOfDay { TimeOfDay(text) ?? .midnight }
}
