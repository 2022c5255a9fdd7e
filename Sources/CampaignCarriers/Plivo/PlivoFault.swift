import CampaignKit
import JSON

/// What Plivo says about a request that it refuses. It has no codes, only words.
struct PlivoFault: CarrierFault {
  let message: String?
  private let status: Int

  /// Reads an answer.
  init(_ response: HTTPResponse) {
    let error = response.json?["error"]
    message = error?.string ?? error?["error"]?.string
    status = response.status
  }

  /// Whether Plivo has written the answer.
  var isCarriers: Bool { message != nil }

  /// Plivo has no codes: the status stands for one.
  var carrierCode: String? { isCarriers ? "\(status)" : nil }

  /// Whether Plivo says that it has no such call.
  var isNoSuchCall: Bool {
    guard let words = message?.lowercased() else { return false }
    return ["not found", "no such", "not exist"].contains(where: words.contains)
  }

  /// What Plivo's words mean, where the status alone does not say it.
  var code: DialerError.Code? {
    guard let words = message?.lowercased() else { return nil }
    let isNumbers = words.contains("destination") || words.split { !$0.isLetter }.contains("to")
    switch status {
    case 402: return .outOfFunds
    case _ where words.contains("insufficient") || words.contains("credit"): return .outOfFunds
    case 400 where words.contains("barred") || words.contains("blocked"): return .blocked
    // A country, or a premium number, that the account does not call. Other words are about the account.
    case 403 where Self.closings.contains(where: words.contains): return .blocked
    case 400 where isNumbers && (words.contains("invalid") || words.contains("not valid")): return .invalidNumber
    default: return nil
    }
  }

  private static let closings = ["barred", "blocked", "country", "destination"]
}
