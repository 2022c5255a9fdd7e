import CampaignKit
import JSON

/// What Twilio, or SignalWire in its place, says about a request that it refuses.
struct TwilioFault: CarrierFault {
  let carrierCode: String?
  let message: String?

  /// Reads an answer of the old form, or of RFC 9457.
  init(_ response: HTTPResponse) {
    let json = response.json
    let code = json?["code"]
    carrierCode = code?.number?.literal ?? code?.string
    message = json?["message"]?.string ?? json?["detail"]?.string ?? json?["title"]?.string
  }

  /// Whether Twilio has written the answer.
  var isCarriers: Bool { carrierCode != nil }

  /// What Twilio's code means, where the status alone does not say it.
  var code: DialerError.Code? {
    switch carrierCode {
    // To: not valid, cannot be reached, seems not valid.
    case "21211", "21214", "21217", "13223", "13224": .invalidNumber
    // To: not allowed for this account, its country not allowed, not verified on trial, on a blocklist.
    case "21215", "21216", "21219", "13225", "13227": .blocked
    // Calls per second, calls at once.
    case "20429", "10004": .throttled
    // Sign-in, account not active, account suspended.
    case "20003", "20005", "20006", "20008", "10001", "10002": .notPermitted
    default: nil
    }
  }
}
