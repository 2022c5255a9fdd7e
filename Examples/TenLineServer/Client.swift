import Foundation
import WebServer

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Asks a server as any program would.
func ask(_ address: SocketAddress, _ path: String) async throws {
  guard let url = URL(string: "http://\(address)\(path)") else { return }
  let (body, response) = try await URLSession.shared.data(from: url)
  let status = (response as? HTTPURLResponse)?.statusCode ?? 0
  print("GET \(path): \(status) \(String(decoding: body, as: UTF8.self))")
}
