import CampaignCarriers
import CampaignKit
import CampaignServer
import WebServer

/// A server with one loop on a port that is free, over a store with an account that has a key.
struct ServedCampaigns {
  static let twilioToken = "0123456789abcdef0123456789abcdef"
  static let publicURL = "https://calls.example.com"

  let fixture: StoreFixture
  let engine: CampaignEngine
  let port: Int
  /// What proves who asks.
  let key: String
  private let server: Server

  init(_ fixture: StoreFixture, dialer: any Dialer, uploads folder: String? = nil) async throws {
    self.fixture = fixture
    engine = CampaignEngine(storage: fixture.store, dialer: dialer)
    let now = try await fixture.store.now()
    let made = APIKeyText.make()
    let record = made.record(
      id: IdentifierGenerator().next(at: now), account: fixture.account, name: "benchmark", role: .admin, at: now)
    try await fixture.store.insert(record)
    key = made.secret
    var settings = ServiceConfiguration()
    settings.requestsPerMinute = 0
    settings.publicURL = Self.publicURL
    settings.uploadFolder = folder
    let authenticator = Authenticator(
      storage: fixture.store, secret: try ServerSecret("a secret for benchmarks, and for nothing else"))
    let service = try CampaignService(
      engine: engine, authenticator: authenticator,
      dialects: [.tenant(), .v1(), .webhooks([.twilio(authToken: Self.twilioToken)])], configuration: settings)
    var listening = Configuration()
    listening.addresses = [.loopback(port: 0)]
    listening.loops = 1
    listening.handlerTimeout = .seconds(600)
    server = Server(configuration: listening, router: service.router())
    guard let address = try server.start().first else {
      throw BareServer.Failure(description: "The server is nowhere.")
    }
    port = Int(address.port)
  }

  /// The field that proves who asks.
  var proof: String { "x-api-key: \(key)" }

  func stop() async { await server.shutdown() }
}
