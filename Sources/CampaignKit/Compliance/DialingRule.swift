/// The names that decision records have for rules that are not in a rule pack.
///
/// Rolling limits have the names that their campaign gives them, and legal hours those of their ``RulePack/Rule``.
public enum DialingRule {
  /// The number is on a do-not-call list.
  public static let doNotCall = "doNotCall"
  /// The attempts are used up.
  public static let attempts = "attempts"
  /// The wait before the next attempt is not over.
  public static let retryDelay = "retryDelay"
  /// A callback was agreed for later.
  public static let callback = "callback"
  /// The campaign has not started.
  public static let campaignStart = "campaign.start"
  /// The campaign has ended.
  public static let campaignEnd = "campaign.end"
  /// The campaign does not call on this date.
  public static let excludedDate = "campaign.excludedDate"
  /// The campaign does not call on this day of the week.
  public static let campaignDays = "campaign.days"
  /// The campaign, or its account, does not call at this hour.
  public static let campaignHours = "campaign.hours"
  /// It is not known in which time zone the person is.
  public static let unknownZone = "unknownZone"
  /// There is a call to the number.
  public static let numberBusy = "numberBusy"

  /// The account has no copy of a do-not-call registry that the campaign requires, or one that is too old, such as
  /// `dnc.age.us.national`.
  public static func listAge(_ registry: String) -> String { listAge + registry }
  private static let listAge = "dnc.age."

  /// The registry that a rule of ``listAge(_:)`` is about; nil for any other rule.
  static func registry(of rule: String) -> Substring? {
    rule.hasPrefix(listAge) ? rule.dropFirst(listAge.count) : nil
  }

  /// The campaign is not active, such as `campaign.paused`.
  public static func campaign(_ status: Campaign.Status) -> String { "campaign.\(status.rawValue)" }
  /// The lead does not wait for a call, such as `lead.completed`.
  public static func lead(_ status: Lead.Status) -> String { "lead.\(status.rawValue)" }
}
