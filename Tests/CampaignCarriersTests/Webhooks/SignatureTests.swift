import Foundation
import JSON
import Testing

@testable import CampaignCarriers

/// A request that a carrier's own SDK has signed.
struct SignedRequest: Sendable, CustomTestStringConvertible {
  let name: String
  var request: WebhookRequest
  let verifier: WebhookVerifier
  let wrongKey: WebhookVerifier
  let header: String

  var testDescription: String { "\(verifier.carrier.rawValue): \(name)" }

  init?(_ json: JSONValue) {
    guard let carrier = json["carrier"]?.string.flatMap(WebCarrier.init), let name = json["name"]?.string,
      let url = json["url"]?.string, let secret = json["secret"]?.string, let body = json["body"]?.string
    else { return nil }
    self.name = name
    var fields: [String: String] = [:]
    for (field, value) in json["fields"]?.object ?? [:] { fields[field] = value.string }
    if let type = json["type"]?.string, !type.isEmpty { fields["content-type"] = type }
    request = WebhookRequest(
      json["method"]?.string ?? "", publicURL: "", target: url, fields: fields, body: Array(body.utf8))
    let shared = json["shared"]?.string?.split(separator: "=").map(String.init) ?? []
    func verifier(_ secret: String, _ sharedSecret: String?) -> WebhookVerifier {
      switch carrier {
      case .twilio:
        .twilio(
          authToken: secret,
          sharedKeys: sharedSecret.flatMap { value in shared.first.map { [$0: value] } } ?? [:])
      case .plivo: .plivo(authToken: secret, takesV2: true)
      case .signalWire: .signalWire(signingKey: secret)
      }
    }
    self.verifier = verifier(secret, shared.last)
    wrongKey = verifier(secret + "x", "wrong")
    let kind = fields["x-plivo-signature-v2"] == nil ? "v3" : "v2"
    switch carrier {
    case .twilio: header = "x-twilio-signature"
    case .plivo: header = "x-plivo-signature-\(kind)"
    case .signalWire: header = "x-signalwire-signature"
    }
  }

  /// All of them.
  ///
  /// Made with the SDKs for Python: twilio 9.13.0, plivo 4.63.0 and signalwire 2.1.1, each of which accepted them too.
  static let all: [SignedRequest] = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "signatures.jsonl")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").compactMap {
      (try? JSONValue(parsing: Array($0.utf8))).flatMap(SignedRequest.init)
    }
  }()
}

@Suite struct SignatureTests {
  @Test("All that the carriers' own SDKs have signed is there") func isWhole() {
    #expect(SignedRequest.all.count == 38)
    #expect(Set(SignedRequest.all.map(\.verifier.carrier)) == Set(WebCarrier.allCases))
  }

  @Test("What a carrier's own SDK signs is accepted, and not under another key", arguments: SignedRequest.all)
  func accepts(_ signed: SignedRequest) {
    #expect(signed.verifier.accepts(signed.request))
    #expect(!signed.wrongKey.accepts(signed.request))
  }

  @Test("A signature in which any byte differs, is missing or is added is refused", arguments: SignedRequest.all)
  func refusesSignatures(_ signed: SignedRequest) throws {
    let signature = Array(try #require(signed.request.fields[signed.header]).utf8)
    // Of several signatures one has to be right; the wrong one may be whatever it is.
    let start = (signature.lastIndex(of: UInt8(ascii: ",")) ?? -1) + 1
    func refuses(_ bytes: [UInt8]) -> Bool {
      var request = signed.request
      request.fields[signed.header] = String(decoding: bytes, as: UTF8.self)
      return !signed.verifier.accepts(request)
    }
    for index in start..<signature.count {
      for flip in [1, 2, 32] as [UInt8] {
        var bytes = signature
        bytes[index] ^= flip
        // A comma or a blank beside a signature in a list is no part of it.
        #expect(refuses(bytes), "byte \(index), \(flip)")
      }
      var shorter = signature
      shorter.remove(at: index)
      #expect(refuses(shorter), "without byte \(index)")
    }
    #expect(refuses(signature + Array("=".utf8)))
    #expect(refuses([]))
    var request = signed.request
    request.fields[signed.header] = nil
    #expect(!signed.verifier.accepts(request))
  }

  @Test("A request in which any part differs is refused", arguments: SignedRequest.all)
  func refusesRequests(_ signed: SignedRequest) throws {
    func refuses(_ change: (inout WebhookRequest) -> Void) -> Bool {
      var request = signed.request
      change(&request)
      return !signed.verifier.accepts(request)
    }
    // The second kind of Plivo covers the address up to the query alone.
    let isWhole = signed.name != "second kind"
    let url = signed.request.url
    #expect(refuses { $0.url = $0.url.replacing("://calls.", with: "://call.") })
    #expect(refuses { $0.url = $0.url.replacing("http", with: "ftp") })
    let swapped =
      url.hasPrefix("https:") ? url.replacing("https:", with: "http:") : url.replacing("http:", with: "https:")
    #expect(refuses { $0.url = swapped })
    let path = url.prefix { $0 != "?" }
    #expect(refuses { $0.url = path + "x" + url.dropFirst(path.count) })
    // Twilio and SignalWire sign with or without the port, and never with another.
    if signed.name == "other port" || signed.verifier.carrier == .plivo {
      let host = try #require(url.firstMatch(of: /example\.com(:[0-9]+)?/)).output.0
      #expect(refuses { $0.url = url.replacing(host, with: "example.com:9443") })
      #expect(refuses { $0.url = url.replacing(host, with: "example.com:443") })
    }
    if signed.name == "other port" { #expect(refuses { $0.url = url.replacing(":8443", with: "") }) }
    guard isWhole else { return }
    #expect(refuses { $0.url += $0.url.contains("?") ? "&x=1" : "?x=1" })
    if url.contains("?") { #expect(refuses { $0.url = String(path) }) }
    #expect(
      refuses {
        $0.body += Array("&extra=1".utf8);
        $0.fields["content-type"] = $0.fields["content-type"] ?? "application/x-www-form-urlencoded"
      })
    let body = String(decoding: signed.request.body, as: UTF8.self)
    let isForm = signed.request.fields["content-type"]?.hasPrefix("application/x-www-form-urlencoded") ?? false
    guard isForm, !body.isEmpty else {
      if !body.isEmpty { #expect(refuses { $0.body[1] ^= 1 }) }
      return
    }
    let parts = body.split(separator: "&")
    for index in parts.indices {
      let changes = [parts[index] + "0", "x" + parts[index], nil] as [Substring?]
      for change in changes {
        var changed = parts.map { Optional($0) }
        changed[index] = change
        // A pair that Twilio signs once may come any number of times.
        let isRepeated = change == nil && parts.filter { $0 == parts[index] }.count > 1
        let bytes = Array(changed.compactMap { $0 }.joined(separator: "&").utf8)
        if !isRepeated { #expect(refuses { $0.body = bytes }, "\(parts[index]) as \(change ?? "nothing")") }
      }
    }
    #expect(refuses { $0.fields["content-type"] = "application/json" })
    #expect(refuses { $0.body += Array("%zz".utf8) })
  }

  @Test("The order of a form's values makes no difference to a signature", arguments: SignedRequest.all)
  func order(_ signed: SignedRequest) {
    guard signed.request.fields["content-type"]?.hasPrefix("application/x-www-form") == true else { return }
    var request = signed.request
    let parts = request.body.split(separator: UInt8(ascii: "&"))
    request.body = Array(parts.reversed().joined(separator: [UInt8(ascii: "&")]))
    #expect(signed.verifier.accepts(request))
  }

  @Test("A body of JSON without its digest in the address is refused") func jsonWithoutDigest() throws {
    let signed = try #require(SignedRequest.all.first { $0.name == "none" && $0.verifier.carrier == .twilio })
    var request = signed.request
    request.fields["content-type"] = "application/json"
    #expect(signed.verifier.accepts(request))
    request.body = Array("{}".utf8)
    #expect(!signed.verifier.accepts(request))
  }

  @Test("The key that a request names has to be known, and its digest too") func sharedKeys() throws {
    let signed = try #require(SignedRequest.all.first { $0.name == "status sha256" })
    let field = "x-twilio-webhooks-signature-settings"
    for value in [
      "key=other,algorithm=HMAC_SHA256", "key=webhooks_sharedkey_1,algorithm=HMAC_MD5", "", "key=webhooks_sharedkey_1",
    ] {
      var request = signed.request
      request.fields[field] = value
      #expect(!signed.verifier.accepts(request), "\(value)")
    }
    #expect(!WebhookVerifier.twilio(authToken: "shared-secret").accepts(signed.request))
  }

  @Test("Plivo's second kind of signature is refused unless it is asked for") func plivoSecondKind() throws {
    let signed = try #require(SignedRequest.all.first { $0.name == "second kind" })
    #expect(!WebhookVerifier.plivo(authToken: "0123456789abcdef0123456789abcdef").accepts(signed.request))
  }

  @Test("Ports are told from passwords and from addresses of IPv6") func ports() {
    for (url, changed) in [
      ("https://h/p", "https://h:443/p"), ("http://h", "http://h:80"), ("https://h:443/p", "https://h/p"),
      ("https://user:1@h/p?a:1", "https://user:1@h:443/p?a:1"), ("https://[::1]/p", "https://[::1]:443/p"),
      ("https://[::1]:8443/p", "https://[::1]/p"), ("https://h?x=/", "https://h:443?x=/"), ("", ":80"),
    ] {
      #expect(String(decoding: SignedAddress(url).withPortChanged, as: UTF8.self) == changed)
    }
    #expect(Array(SignedAddress("https://h/p?a=1?b#f").query) == Array("a=1?b".utf8))
    #expect(Array(SignedAddress("https://h/p#f?a").query) == [])
  }
}
