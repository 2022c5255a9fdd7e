import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends what a ``ScriptedCarrier`` tells over HTTP, as a carrier does, to the address that the order named.
///
/// ```swift ignore
/// let post = CallbackPost()
/// let carrier = ScriptedCarrier(.twilio) { await post($0) }
/// ```
///
/// It signs nothing.
public struct CallbackPost: Sendable {
  private let session: URLSession

  /// Creates a sender.
  public init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 15
    session = URLSession(configuration: configuration, delegate: Stranger(), delegateQueue: nil)
  }

  /// Has no credentials. A session that is not told so waits for them for ever.
  private final class Stranger: NSObject, URLSessionTaskDelegate {
    func urlSession(
      _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
      completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
      completionHandler(.cancelAuthenticationChallenge, nil)
    }
  }

  /// Sends a callback once, and returns what the server answered; nil if it did not, or asks for credentials.
  @discardableResult
  public func callAsFunction(_ callback: ScriptedCallback) async -> (status: Int, body: [UInt8])? {
    let isQuery = callback.method == "GET"
    let form = String(decoding: callback.form, as: UTF8.self)
    let address = isQuery ? callback.url + (callback.url.contains("?") ? "&" : "?") + form : callback.url
    guard let url = URL(string: address) else { return nil }
    var request = URLRequest(url: url)
    request.httpMethod = callback.method
    if !isQuery {
      request.setValue("application/x-www-form-urlencoded; charset=UTF-8", forHTTPHeaderField: "Content-Type")
      request.httpBody = Data(callback.form)
    }
    guard let (data, response) = try? await session.data(for: request) else { return nil }
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, Array(data))
  }
}
