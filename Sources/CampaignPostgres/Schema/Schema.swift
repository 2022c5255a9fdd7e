#if PostgreSQL
  internal import CampaignKit

  /// What the database holds, and how it came to be so.
  enum Schema {
    /// The steps from an empty database to what this version needs, oldest first. What changes comes as another step, for
    /// databases that have the earlier ones; those make at once what it would change. The claim is made by the last step
    /// that changes it.
    static let steps: [String] = [tables + functions, callerNumbers + leadEvents, certainty + claim]

    /// The version that the steps lead to.
    static var version: Int { steps.count }

    /// The mark of the total of a scope among its quarters of an hour.
    static let total = "'\(Int64.min)'::bigint"

    /// The columns of the roll-ups that count calls by their outcome.
    static let dispositions = Disposition.allCases.map { column($0) }

    static func column(_ disposition: Disposition) -> String { "\"is_\(disposition.rawValue)\"" }
  }
#endif
