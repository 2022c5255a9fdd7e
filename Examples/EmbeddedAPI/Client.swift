import Foundation
import JSON
import WebServer

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Asks the server as any program would.
struct Client {
  let address: SocketAddress
  let key: String?

  struct Answer {
    var status: Int
    var text: String
    var body: JSONValue
  }

  func ask(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> Answer {
    guard let url = URL(string: "http://\(address)\(path)") else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.setValue(key, forHTTPHeaderField: "x-api-key")
    if let body {
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
      request.httpBody = Data(body.serialized().utf8)
    }
    let (data, response) = try await URLSession.shared.data(for: request)
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    return Answer(
      status: status, text: String(decoding: data, as: UTF8.self), body: (try? JSONValue(parsing: Array(data))) ?? .null
    )
  }
}
