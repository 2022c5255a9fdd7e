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
    // To: premium or a short number such as 911, abroad where the account stays at home, its country not allowed, blocked by
    // Twilio. A country is closed for some numbers and not for others, so that it is no reason to hold all calls.
    case "21202", "21203", "21215", "21216", "13225", "13227": .blocked
    // Calls per second, calls at once.
    case "20429", "10004": .throttled
    // Sign-in, account not active, account suspended, account on trial and To not verified.
    case "20003", "20005", "20006", "20008", "10001", "10002", "21219": .notPermitted
    default: nil
    }
  }
}
