import Testing

@testable import WebServer

@Suite struct TrustedProxiesTests {
  private func see(_ peer: String, _ fields: Fields, _ target: String = "/hook?a=1") async throws -> [String] {
    let proxies = try ["10.0.0.0/8", "2001:db8::/32"].map { try #require(AddressRange($0)) }
    var router = Router()
    router.use(.trustedProxies(proxies))
    router.get("/hook") { .text("\($0.clientAddress.host) \($0.publicURL ?? "-")") }
    let address = try #require(peer == "unix" ? .unix(path: "/x") : SocketAddress(host: peer, port: 1))
    let answer = try await router.send(.get, target, fields: fields, peer: address)
    return answer.text.split(separator: " ").map(String.init)
  }

  @Test(arguments: [
    ("9.9.9.9", "1.1.1.1", "9.9.9.9"), ("10.1.2.3", "", "10.1.2.3"), ("10.1.2.3", "1.1.1.1", "1.1.1.1"),
    ("10.1.2.3", "6.6.6.6, 1.1.1.1", "1.1.1.1"), ("10.1.2.3", "6.6.6.6, 1.1.1.1, 10.9.9.9", "1.1.1.1"),
    ("10.1.2.3", "10.5.5.5,10.6.6.6", "10.5.5.5"), ("10.1.2.3", "1.1.1.1:4711", "1.1.1.1"),
    ("10.1.2.3", "[2001:470::1]:80", "2001:470::1"), ("10.1.2.3", "2001:470::1", "2001:470::1"),
    ("10.1.2.3", "5.5.5.5, unknown", "10.1.2.3"), ("10.1.2.3", "5.5.5.5, nonsense, 10.7.7.7", "10.7.7.7"),
    ("2001:db8::7", "1.1.1.1", "1.1.1.1"), ("10.1.2.3", "1.1.1.1, ::ffff:10.9.9.9", "1.1.1.1"),
    ("unix", "1.1.1.1", "1.1.1.1"),
  ])
  func theClientIsTheLastThatIsNoProxy(_ peer: String, _ forwarded: String, _ client: String) async throws {
    let fields: Fields = forwarded.isEmpty ? [:] : ["X-Forwarded-For": forwarded]
    #expect(try await see(peer, fields).first == client)
  }

  @Test func repeatedFieldsAreOneList() async throws {
    #expect(
      try await see("10.1.2.3", ["X-Forwarded-For": "1.1.1.1", "x-forwarded-for": "10.2.2.2"]).first == "1.1.1.1")
  }

  @Test func theAddressIsTheClientsOwn() async throws {
    let fields: Fields = [
      "Host": "inner:3000", "X-Forwarded-For": "1.1.1.1", "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "api.example.org",
    ]
    #expect(try await see("10.1.2.3", fields).last == "https://api.example.org/hook?a=1")
    #expect(try await see("9.9.9.9", fields).last == "http://inner:3000/hook?a=1")
    let proto: Fields = ["Host": "a.example", "X-Forwarded-Proto": "wss"]
    #expect(try await see("10.1.2.3", proto).last == "https://a.example/hook?a=1")
    #expect(try await see("9.9.9.9", [:], "http://other.example/hook?b").last == "http://other.example/hook?b")
  }

  @Test func aMemberForEachHopIsTheClients() async throws {
    let fields: Fields = [
      "Host": "inner", "X-Forwarded-For": "6.6.6.6, 1.1.1.1, 10.2.2.2", "X-Forwarded-Proto": "ftp, https, http",
      "X-Forwarded-Host": "bad host, good.example",
    ]
    #expect(try await see("10.1.2.3", fields).last == "https://good.example/hook?a=1")
  }

  @Test func whatIsNoHostOrSchemeIsNotBelieved() async throws {
    let fields: Fields = ["Host": "inner", "X-Forwarded-Proto": "javascript", "X-Forwarded-Host": "a/b"]
    #expect(try await see("10.1.2.3", fields).last == "http://inner/hook?a=1")
  }

  @Test("X-38: limits and logs know the client") func limitsAndLogsKnowTheClient() async throws {
    var router = Router()
    router.use(.trustedProxies(AddressRange.thisMachine), .rateLimit(RateLimit(1, per: .seconds(60))) { 0 })
    router.get("/") { _ in .text("ok") }
    var statuses: [Int] = []
    for client in ["1.1.1.1", "2.2.2.2", "1.1.1.1"] {
      statuses.append(try await router.send(.get, "/", fields: ["X-Forwarded-For": client]).status.code)
    }
    #expect(statuses == [200, 200, 429])
  }

  @Test(arguments: [
    "", "/", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "::/129", "a", "10.0.0.0/8/8", "::1/+1",
  ])
  func whatIsNoRangeIsNothing(_ text: String) { #expect(AddressRange(text) == nil) }

  @Test(arguments: [
    ("0.0.0.0/0", "9.9.9.9", true), ("0.0.0.0/0", "2001::1", false), ("::/0", "9.9.9.9", true),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.6", false), ("192.0.2.0/31", "192.0.2.1", true),
    ("192.0.2.0/31", "192.0.2.2", false), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe12::1", false),
    ("2001:db8::/65", "2001:db8::8000:0:0:1", false), ("2001:db8::/65", "2001:db8::7000:0:0:1", true),
  ])
  func rangesHaveTheirAddresses(_ range: String, _ address: String, _ isIn: Bool) throws {
    let address = try #require(SocketAddress(host: address, port: 0))
    #expect(try #require(AddressRange(range)).contains(address) == isIn)
  }
}
