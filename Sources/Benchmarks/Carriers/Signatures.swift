import CampaignCarriers
import Digests

/// Checking the signature of the last report of a call, as long as Twilio sends it, on one core; beside the two digests
/// that an HMAC of the same bytes takes.
func measureSignatures(_ context: Context) async throws {
  let token = "0123456789abcdef0123456789abcdef"
  let names = [
    "Called": "%2B14155552671", "ToState": "CA", "CallerCountry": "US", "Direction": "outbound-api",
    "Timestamp": "Sat%2C%2028%20Nov%202026%2020%3A36%3A28%20%2B0000", "CallbackSource": "call-progress-events",
    "CallerState": "", "ToZip": "94105", "SequenceNumber": "3", "CallSid": "CA1234567890abcdef1234567890abcdef",
    "To": "%2B14155552671", "CallerZip": "", "ToCountry": "US", "CalledZip": "94105", "ApiVersion": "2010-04-01",
    "CalledCity": "SAN+FRANCISCO", "CallStatus": "completed", "From": "%2B14155551234",
    "AccountSid": "AC00000000000000000000000000000000", "CalledCountry": "US", "CallerCity": "",
    "ToCity": "SAN+FRANCISCO",
    "FromCountry": "US", "Caller": "%2B14155551234", "FromCity": "", "CalledState": "CA", "FromZip": "",
    "FromState": "", "CallDuration": "330", "Duration": "6", "SipResponseCode": "200",
  ]
  let body = Array(names.map { "\($0)=\($1)" }.joined(separator: "&").utf8)
  var message = "https://calls.example.com/webhooks/twilio/status?callId=65f1a2b3c4d5e6f708192a3b"
  for (name, value) in names.sorted(by: { $0.key < $1.key }) {
    var plain = value.replacing("+", with: " ")
    for (code, character) in [("%2B", "+"), ("%2C", ","), ("%20", " "), ("%3A", ":")] {
      plain = plain.replacing(code, with: character)
    }
    message += name + plain
  }
  let bytes = Array(message.utf8)
  let signature = Base64.standard.encode(HMAC<SHA1>.code(bytes, key: Array(token.utf8)))
  let verifier = WebhookVerifier.twilio(authToken: token)
  let request = WebhookRequest(
    publicURL: "https://calls.example.com", target: "/webhooks/twilio/status?callId=65f1a2b3c4d5e6f708192a3b",
    fields: ["content-type": "application/x-www-form-urlencoded; charset=UTF-8", "x-twilio-signature": signature],
    body: body)
  let count = context.scaled(200_000)
  let key = HMAC<SHA1>(key: Array(token.utf8))
  let checks = try await alternate(rounds: context.rounds(7)) {
    Double(count)
      / (try await seconds {
        for _ in 0..<count where !verifier.accepts(request) {
          throw Options.Failure(description: "A signature that is right was refused.")
        }
      })
  } _: {
    Double(count)
      / (await seconds {
        for _ in 0..<count {
          var code = key
          code.update(bytes)
          keep(code.finish())
        }
      })
  }
  context.report.add(
    Figure(
      name: "Signatures of Twilio checked", value: checks.value.median, unit: "/s", limit: checks.limit.median,
      target: .atLeast(200_000),
      note: "a report of \(names.count) values, \(body.count) bytes; its HMAC alone; \(spread(checks))"))
}
