extension RulePack {
  /// A pack without rules: nothing but a campaign's own schedule holds a call back.
  public static let empty = RulePack(name: "empty", version: "1")

  /// The rules that this library starts with.
  ///
  /// They are those that are certain: the text was read, or several accounts of it agree. Documentation/Calling-Hours.md
  /// says where each comes from, and what is left out.
  public static let standard = RulePack(
    name: "standard", version: "2026-11-21",
    rules: [
      Rule(
        "default.hours", in: nil, for: [.marketing, .informational, .debtCollection, .research],
        hours: WeeklyHours(hours(8, 21)), citation: "a default of this library, where no other rule is known"),
      Rule(
        "us.hours", in: "US", for: [.marketing], hours: WeeklyHours(hours(8, 21)),
        citation: "47 CFR 64.1200(c)(1); 16 CFR 310.4(c)"),
      Rule(
        "us.regf", in: "US", for: [.debtCollection],
        limits: [
          RollingLimit(
            name: "us.regf.attempts", key: .subject, maximum: 7, window: .seconds(7 * 86_400),
            citation: "12 CFR 1006.14(b)"),
          RollingLimit(
            name: "us.regf.conversation", key: .subject, maximum: 1, window: .seconds(7 * 86_400),
            counting: [.answered], citation: "12 CFR 1006.14(b)"),
        ], citation: "12 CFR 1006.14(b)"),
      state("fl", from: CivilDate(year: 2021, month: 7, day: 1), citation: "Florida Statutes 501.616(6)"),
      state(
        "md", from: CivilDate(year: 2024, month: 1, day: 1),
        citation: "Maryland Stop the Spam Calls Act of 2023, Commercial Law 14-4501 and following"),
      state(
        "ok", from: CivilDate(year: 2022, month: 11, day: 1),
        citation: "Oklahoma Telephone Solicitation Act of 2022, Title 15, 775C.1 and following"),
      Rule(
        "au.hours.marketing", in: "AU", for: [.marketing],
        hours: WeeklyHours(
          week: week(weekdays: hours(9, 20), saturday: hours(9, 17), sunday: nil), holidays: australianHolidays),
        citation: "Telecommunications (Telemarketing and Research Calls) Industry Standard 2017"),
      Rule(
        "au.hours.research", in: "AU", for: [.research],
        hours: WeeklyHours(
          week: week(weekdays: hours(9, 20, 30), saturday: hours(9, 17), sunday: hours(9, 17)),
          holidays: australianHolidays),
        citation: "Telecommunications (Telemarketing and Research Calls) Industry Standard 2017"),
    ])

  /// What Florida, Maryland and Oklahoma have in common.
  private static func state(_ code: String, from date: CivilDate?, citation: String) -> Rule {
    Rule(
      "us.\(code)", in: "US-\(code.uppercased())", for: [.marketing], hours: WeeklyHours(hours(8, 20)),
      limits: [
        RollingLimit(
          name: "us.\(code).attempts", key: .subject, maximum: 3, window: .seconds(86_400), citation: citation)
      ], citation: citation, effectiveFrom: date)
  }

  private static func hours(_ from: Int, _ until: Int, _ minute: Int = 0) -> DailyHours {
    DailyHours(
      from: TimeOfDay(unchecked: from * 3600), until: TimeOfDay(unchecked: until * 3600 + minute * 60))
  }

  private static func week(
    weekdays: DailyHours, saturday: DailyHours, sunday: DailyHours?
  ) -> [Weekday: [DailyHours]] {
    var week = Dictionary(
      uniqueKeysWithValues: [Weekday.monday, .tuesday, .wednesday, .thursday, .friday].map { ($0, [weekdays]) })
    week[.saturday] = [saturday]
    week[.sunday] = sunday.map { [$0] }
    return week
  }

  /// The days that are a holiday in all of Australia.
  private static let australianHolidays: [Holiday] = [
    .yearly(month: 1, day: 1, isMadeUp: true), .yearly(month: 1, day: 26, isMadeUp: true), .easter(days: -2),
    .easter(days: 1), .yearly(month: 4, day: 25), .yearly(month: 12, day: 25, isMadeUp: true),
    .yearly(month: 12, day: 26, isMadeUp: true),
  ]
}
