import CampaignKit
import Digests
import JSON
import Testing

@testable import CampaignServer

@Suite struct JSONWebTokenTests {
  private static let key = "0123456789abcdef0123456789abcdef"
  private static let now = Timestamp(milliseconds: 1_800_000_000_000)
  private static let user = "0192f0a1b2c3d4e5f6a7b8c9"
  private static let account = "0192f0a1b2c3d4e5f6a7b8c8"
  private static let header = #"{"alg":"HS256","typ":"JWT"}"#

  private static func claims(_ changes: [String: JSONValue?] = [:]) -> String {
    var claims: JSONObject = [
      "sub": .string(user), "account": .string(account), "role": "manager", "iat": 1_799_999_990, "exp": 1_800_000_001,
    ]
    for (name, value) in changes { claims[name] = value }
    return JSONValue.object(claims).serialized()
  }

  /// A token made by hand: whatever header and claims, signed with HMAC-SHA-256.
  private static func token(_ header: String = header, _ claims: String = claims(), key: String = key) -> String {
    let text = Base64.url.encode(header.utf8) + "." + Base64.url.encode(claims.utf8)
    return text + "." + Base64.url.encode(HMAC<SHA256>.code(text.utf8, key: Array(key.utf8)))
  }

  private static func refusal(of text: String, at now: Timestamp = now) throws -> AccessError.Code? {
    let secret = try ServerSecret(key)
    do throws(AccessError) {
      _ = try JSONWebToken(verifying: text, with: secret, at: now)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func readsWhatItHasSigned() throws {
    let secret = try ServerSecret(Self.key)
    let token = JSONWebToken(
      user: try #require(User.ID(Self.user)), account: try #require(Account.ID(Self.account)), role: .agent,
      issuedAt: Self.now, expiresAt: Self.now + .seconds(60))
    #expect(try JSONWebToken(verifying: token.signed(with: secret), with: secret, at: Self.now) == token)
  }

  /// The example of RFC 7515, appendix A.1: its signature is right, and its claims are not ours.
  @Test func checksTheSignatureOfTheStandardsExample() throws {
    let key = try #require(
      Base64.url.decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
    let text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    #expect(
      Base64.url.encode(HMAC<SHA256>.code(text.utf8, key: key)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
  }

  @Test func takesATokenMadeByHand() throws {
    #expect(try Self.refusal(of: Self.token()) == nil)
    #expect(try Self.refusal(of: Self.token(#"{"typ":"jwt","kid":"1","alg":"HS256"}"#)) == nil)
    #expect(try Self.refusal(of: Self.token(#"{"alg":"HS256"}"#, Self.claims(["more": [1, 2]]))) == nil)
  }

  /// Signed by somebody who has the secret, so that nothing but the header or the claims can be the reason.
  @Test(
    "T-14: what is signed and wrong is refused",
    arguments: [
      // Algorithms that are not ours, in every way of writing them.
      (#"{"alg":"none","typ":"JWT"}"#, nil, .algorithm), (#"{"alg":"None"}"#, nil, .algorithm),
      (#"{"alg":"NONE"}"#, nil, .algorithm), (#"{"alg":""}"#, nil, .algorithm), (#"{"alg":null}"#, nil, .algorithm),
      (#"{"typ":"JWT"}"#, nil, .algorithm), (#"{"alg":"hs256"}"#, nil, .algorithm),
      (#"{"alg":"HS256 "}"#, nil, .algorithm), (#"{"alg":"HS384"}"#, nil, .algorithm),
      (#"{"alg":"HS512"}"#, nil, .algorithm), (#"{"alg":"RS256"}"#, nil, .algorithm),
      (#"{"alg":"ES256"}"#, nil, .algorithm), (#"{"alg":["HS256"]}"#, nil, .algorithm),
      (#"{"alg":{"HS256":1}}"#, nil, .algorithm), (#"{"Alg":"HS256"}"#, nil, .algorithm),
      // Headers that two readers would read differently, or that ask for more than we do.
      (#"{"alg":"none","alg":"HS256"}"#, nil, .malformed), (#"{"alg":"HS256","crit":["exp"]}"#, nil, .malformed),
      (#"{"alg":"HS256","b64":false}"#, nil, .malformed), (#"{"alg":"HS256","typ":"JWE"}"#, nil, .malformed),
      (#"{"alg":"HS256","typ":1}"#, nil, .malformed), (#"["alg","HS256"]"#, nil, .malformed),
      (#""HS256""#, nil, .malformed), ("", nil, .malformed), ("{", nil, .malformed),
      (#"{"alg":"HS256"} "x""#, nil, .malformed), ("{\"alg\":\"HS256\",\"x\":[[[[[[]]]]]]}", nil, .malformed),
      // Claims that are missing, or of another type.
      (header, "", .malformed), (header, "[]", .malformed), (header, "null", .malformed), (header, "{}", .malformed),
      (header, claims(["sub": nil]), .malformed), (header, claims(["sub": 1]), .malformed),
      (header, claims(["sub": "x"]), .malformed), (header, claims(["sub": ["0192f0a1b2c3d4e5f6a7b8c9"]]), .malformed),
      (header, claims(["account": nil]), .malformed), (header, claims(["account": .null]), .malformed),
      (header, claims(["role": nil]), .malformed), (header, claims(["role": "owner"]), .malformed),
      (header, claims(["role": true]), .malformed), (header, claims(["exp": nil]), .malformed),
      (header, claims(["exp": .null]), .malformed), (header, claims(["exp": "1800000001"]), .malformed),
      (header, claims(["exp": 1_800_000_001.5]), .malformed), (header, claims(["exp": true]), .malformed),
      (header, claims(["exp": -1]), .malformed), (header, claims(["exp": 9_223_372_036_854_775_807]), .malformed),
      (header, claims(["iat": nil]), .malformed), (header, claims(["iat": "now"]), .malformed),
      (header, claims(["nbf": "now"]), .malformed),
      (header, #"{"exp":1,"exp":1800000001}"#, .malformed),
      // Moments.
      (header, claims(["exp": 1_800_000_000]), .expired), (header, claims(["exp": 0]), .expired),
      (header, claims(["exp": 1_799_999_999]), .expired),
      (header, claims(["iat": 1_800_000_061, "exp": 1_800_001_000]), .notYetValid),
      (header, claims(["nbf": 1_800_000_061]), .notYetValid),
    ] as [(String, String?, AccessError.Code)])
  func refusesWhatIsSignedAndWrong(_ header: String, _ claims: String?, _ code: AccessError.Code) throws {
    #expect(try Self.refusal(of: Self.token(header, claims ?? Self.claims())) == code)
  }

  @Test func clocksMayDifferByAMinute() throws {
    #expect(try Self.refusal(of: Self.token(Self.header, Self.claims(["iat": 1_800_000_060]))) == nil)
    #expect(try Self.refusal(of: Self.token(Self.header, Self.claims(["nbf": 1_800_000_060]))) == nil)
  }

  @Test("T-14: other keys are refused") func refusesOtherKeys() throws {
    for key in ["", "0123456789abcdef0123456789abcdeg", Self.key + "0", "-----BEGIN PUBLIC KEY-----"] {
      #expect(try Self.refusal(of: Self.token(key: key)) == .forged)
    }
  }

  @Test func refusesOtherForms() throws {
    let parts = Self.token().split(separator: ".").map(String.init)
    let (header, claims, signature) = (parts[0], parts[1], parts[2])
    let none = Base64.url.encode(#"{"alg":"none"}"#.utf8)
    let cases: [(String, AccessError.Code)] = [
      ("", .malformed), (".", .malformed), ("..", .malformed), ("a.b.c", .malformed), (header, .malformed),
      ("\(header).\(claims)", .malformed), ("\(header).\(claims).", .forged), ("\(none).\(claims).", .algorithm),
      ("\(none).\(claims)", .malformed), ("\(header).\(claims).\(signature).", .malformed),
      ("\(header).\(claims).\(signature).\(signature)", .malformed), (".\(claims).\(signature)", .malformed),
      ("\(header)..\(signature)", .forged), ("\(header).\(claims).\(signature)=", .malformed),
      ("\(header).\(claims).\(signature)\n", .malformed), (" \(header).\(claims).\(signature)", .malformed),
      ("\(header).\(claims).\(signature.dropLast(2))", .malformed),
      ("\(header).\(claims).\(signature.dropLast(3))", .forged), ("\(header).\(claims).!", .malformed),
      ("\(header).\(claims).\(String(repeating: "A", count: 5000))", .malformed),
      ("\(header).\(signature).\(claims)", .forged),
      (String(repeating: ".", count: 4000), .malformed),
    ]
    for (text, code) in cases { #expect(try Self.refusal(of: text) == code, "\(text)") }
  }

  @Test("T-14: every changed character is noticed") func refusesEveryChangedCharacter() throws {
    let token = Array(Self.token().utf8)
    for index in token.indices {
      var changed = token
      changed[index] = changed[index] == 0x41 ? 0x42 : 0x41
      #expect(try Self.refusal(of: String(decoding: changed, as: UTF8.self)) != nil, "character \(index)")
    }
  }

  /// The last character of a signature carries two bits that belong to no byte: a lenient reader takes four texts.
  @Test func aSignatureHasOneText() throws {
    let token = Self.token()
    let accepted = try "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".filter { character in
      try Self.refusal(of: token.dropLast() + String(character)) == nil
    }
    #expect(accepted == String(token.suffix(1)))
  }
}
