import CampaignKit
import CampaignTesting
import Digests
import Foundation
import JSON
import Locks

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Speaks to a server that comes and goes.
final class ServerClient: Sendable {
  /// What became of a request.
  enum Answer: Sendable {
    case heard(Int, JSONValue)
    /// It was sent, perhaps, and nobody knows what came of it.
    case unheard
  }

  static let key = "a-key-for-the-soak-and-nothing-else"
  static let publicURL = "https://calls.example.com"
  static let token = "a secret between the carrier and the server"

  private let session: URLSession
  private let base = Locked<String?>(nil)

  init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 600
    configuration.httpMaximumConnectionsPerHost = 16
    session = URLSession(configuration: configuration)
  }

  /// Where the server is; nil while it is down.
  var address: String? {
    get { base.withLock { $0 } }
    set { base.withLock { $0 = newValue } }
  }

  /// Asks once; nothing is sent while the server is down.
  func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async -> Answer {
    await send(method, path, body.map { ("application/json", $0.serializedBytes()) })
  }

  /// Uploads a CSV file once.
  func upload(_ file: String, to path: String) async -> Answer {
    let boundary = "a-line-that-is-in-no-file"
    let body =
      "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"leads.csv\"\r\n"
      + "Content-Type: text/csv\r\n\r\n\(file)\r\n--\(boundary)--\r\n"
    return await send("POST", path, ("multipart/form-data; boundary=\(boundary)", Array(body.utf8)))
  }

  private func send(_ method: String, _ path: String, _ body: (type: String, bytes: [UInt8])?) async -> Answer {
    guard let address, let url = URL(string: address + path) else { return await Self.pause() }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue(Self.key, forHTTPHeaderField: "x-api-key")
    if let body {
      request.setValue(body.type, forHTTPHeaderField: "Content-Type")
      request.httpBody = Data(body.bytes)
    }
    guard let (data, response) = try? await session.data(for: request),
      let status = (response as? HTTPURLResponse)?.statusCode
    else { return await Self.pause() }
    return .heard(status, (try? JSONValue(parsing: Array(data))) ?? .null)
  }

  /// A moment without a server, so that nobody asks without end.
  private static func pause() async -> Answer {
    try? await Task.sleep(for: .milliseconds(20))
    return .unheard
  }

  /// Posts what the carrier tells, signed as Twilio does, and returns whether it was taken.
  func post(_ callback: ScriptedCallback) async -> Bool {
    guard let address, callback.url.hasPrefix(Self.publicURL),
      let url = URL(string: address + callback.url.dropFirst(Self.publicURL.count))
    else { return false }
    let pairs = Set(callback.items.map { [$0.name, $0.value] }).sorted { $0.lexicographicallyPrecedes($1) }
    var code = HMAC<SHA1>(key: Array(Self.token.utf8))
    code.update(Array((callback.url + pairs.map { $0.joined() }.joined()).utf8))
    var request = URLRequest(url: url)
    request.httpMethod = callback.method
    request.setValue("application/x-www-form-urlencoded; charset=UTF-8", forHTTPHeaderField: "Content-Type")
    request.setValue(Base64.standard.encode(code.finish()), forHTTPHeaderField: "X-Twilio-Signature")
    request.httpBody = Data(callback.form)
    let response = try? await session.data(for: request).1
    return (response as? HTTPURLResponse)?.statusCode == 200
  }
}
