public import CampaignKit
import Foundation
import Locks

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Sends requests with Foundation's `URLSession`, over connections that are kept open.
public final class URLSessionTransport: HTTPTransport {
  /// How requests are sent.
  public struct Configuration: Sendable {
    /// The most requests under way at once, each on a connection of its own; 100 unless told otherwise.
    public var maximumConnections = 100
    /// How long a request may take until its answer is there; 20 seconds unless told otherwise.
    public var timeout = Duration.seconds(20)
    /// How long a request waits for a connection at most, if it does not say itself by when it is to be sent; 10 seconds
    /// unless told otherwise.
    public var longestWait = Duration.seconds(10)
    /// The most bytes of an answer; 4 MiB unless told otherwise.
    public var maximumResponseBytes = 4 << 20

    /// Creates a configuration with the defaults.
    public init() {}
  }

  private let configuration: Configuration
  private let clock: any TimeSource
  private let gate: ConnectionGate
  private let exchanges: Exchanges
  private let session: URLSession

  /// Creates a transport.
  ///
  /// - Parameters:
  ///   - configuration: How requests are sent.
  ///   - clock: Tells when it is too late to send one.
  public init(_ configuration: Configuration = Configuration(), clock: any TimeSource = .system) {
    self.configuration = configuration
    self.clock = clock
    gate = ConnectionGate(configuration.maximumConnections, kept: configuration.maximumConnections / 10)
    exchanges = Exchanges(maximumBytes: configuration.maximumResponseBytes)
    let settings = URLSessionConfiguration.ephemeral
    settings.httpMaximumConnectionsPerHost = max(1, configuration.maximumConnections)
    settings.timeoutIntervalForRequest = configuration.timeout / .seconds(1)
    settings.httpShouldSetCookies = false
    settings.httpCookieStorage = nil
    settings.urlCache = nil
    settings.urlCredentialStorage = nil
    settings.requestCachePolicy = .reloadIgnoringLocalCacheData
    session = URLSession(configuration: settings, delegate: exchanges, delegateQueue: nil)
  }

  deinit { session.finishTasksAndInvalidate() }

  /// Sends a request, and returns the answer of the server, whatever its status.
  ///
  /// A request of which any byte may have left counts as uncertain. When its task is cancelled, it is given up. Of ten
  /// connections one is kept for what is urgent.
  public func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse {
    let longestWait = request.sendBy.map { $0 - clock.now() } ?? configuration.longestWait
    let entrance = await gate.enter(isUrgent: request.isUrgent, within: longestWait)
    defer { if entrance == .entered { gate.leave() } }
    if entrance == .cancelled || Task.isCancelled {
      throw HTTPTransportError(.notSent, "the request was cancelled before it was sent")
    }
    if let sendBy = request.sendBy, entrance == .tooLate || clock.now() >= sendBy {
      throw HTTPTransportError(.tooLate, "the time was over before there was a connection for the request")
    }
    if entrance == .tooLate { throw HTTPTransportError(.notSent, "all connections are taken") }
    guard let url = URL(string: request.url), let scheme = url.scheme, ["http", "https"].contains(scheme) else {
      throw HTTPTransportError(.notSent, "the address is none of HTTP")
    }
    var urlRequest = URLRequest(url: url)
    urlRequest.httpMethod = request.method.rawValue
    urlRequest.timeoutInterval = configuration.timeout / .seconds(1)
    for (name, value) in request.fields { urlRequest.setValue(value, forHTTPHeaderField: name) }
    if !request.body.isEmpty { urlRequest.httpBody = Data(request.body) }
    let task = session.dataTask(with: urlRequest)
    giveUp(task, sendBy: request.sendBy)
    return try await exchanges.begin(task).get()
  }

  /// Ends a request that takes too long. An alarm that rings when it has ended finds nothing.
  private func giveUp(_ task: URLSessionDataTask, sendBy: Timestamp?) {
    // A server that sends a byte now and then is not waited for.
    Self.after(configuration.timeout) { [weak task] in task?.cancel() }
    guard let longestOpening = sendBy.map({ $0 - clock.now() }), longestOpening < configuration.timeout else { return }
    // What is not under way by then, as it takes that long to connect, is not sent any more.
    Self.after(longestOpening) { [weak task] in
      if let task, task.countOfBytesSent == 0 { task.cancel() }
    }
  }

  private static func after(_ wait: Duration, _ body: @escaping @Sendable () -> Void) {
    DispatchQueue.global().asyncAfter(deadline: .now() + wait / .seconds(1), execute: body)
  }
}

/// The requests of a session that are under way.
private final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
  typealias Outcome = Result<HTTPResponse, HTTPTransportError>

  private struct Exchange {
    var continuation: CheckedContinuation<Outcome, Never>
    var body: [UInt8] = []
    var isTooLong = false
    /// Whether it would have been sent a second time.
    var isRepeated = false
    /// An answer that asks for other credentials.
    var refusal: HTTPResponse?
  }

  private let maximumBytes: Int
  private let exchanges = Locked<[Int: Exchange]>([:])

  init(maximumBytes: Int) {
    self.maximumBytes = maximumBytes
  }

  func begin(_ task: URLSessionDataTask) async -> Outcome {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        exchanges.withLock { $0[task.taskIdentifier] = Exchange(continuation: continuation) }
        task.resume()
      }
    } onCancel: {
      task.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  /// Gives up a request that would be sent a second time.
  ///
  /// When a connection that was kept open breaks, libcurl sends what it had on it again on a new one, a POST too, and
  /// asks for its body for that. The server may have had it whole already.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, needNewBodyStream completionHandler: @escaping (InputStream?) -> Void
  ) {
    exchanges.withLock { $0[task.taskIdentifier]?.isRepeated = true }
    // Not here: this is called from within the session, which cannot be cancelled from there.
    DispatchQueue.global().async { task.cancel() }
    completionHandler(nil)
  }

  /// Takes an answer that asks for other credentials for the answer that it is.
  ///
  /// Without this the session would keep it to itself for ever where there are no others.
  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    guard let refusal = challenge.failureResponse as? HTTPURLResponse else {
      return completionHandler(.performDefaultHandling, nil)
    }
    let answer = Self.response(refusal, body: [])
    exchanges.withLock { $0[task.taskIdentifier]?.refusal = answer }
    completionHandler(.rejectProtectionSpace, nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let isTooLong = exchanges.withLock { exchanges in
      guard var exchange = exchanges.removeValue(forKey: dataTask.taskIdentifier) else { return false }
      if exchange.body.count + data.count > maximumBytes {
        exchange.isTooLong = true
      } else {
        exchange.body.append(contentsOf: data)
      }
      exchanges[dataTask.taskIdentifier] = exchange
      return exchange.isTooLong
    }
    if isTooLong { dataTask.cancel() }
  }

  func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
    guard let exchange = exchanges.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
    exchange.continuation.resume(returning: outcome(of: task, exchange, error))
  }

  private func outcome(of task: URLSessionTask, _ exchange: Exchange, _ error: (any Error)?) -> Outcome {
    if exchange.isTooLong {
      return .failure(HTTPTransportError(.uncertain, "the answer has more than \(maximumBytes) bytes"))
    }
    if exchange.isRepeated { return .failure(HTTPTransportError(.uncertain, "the connection was lost")) }
    if let response = task.response as? HTTPURLResponse, error == nil {
      return .success(Self.response(response, body: exchange.body))
    }
    if let refusal = exchange.refusal { return .success(refusal) }
    if let error { return .failure(Self.failure(error, hasSent: task.countOfBytesSent > 0)) }
    return .failure(HTTPTransportError(.uncertain, "there is no answer"))
  }

  private static func response(_ response: HTTPURLResponse, body: [UInt8]) -> HTTPResponse {
    var fields: [String: String] = [:]
    for (name, value) in response.allHeaderFields {
      if let name = name as? String, let value = value as? String { fields[name] = value }
    }
    return HTTPResponse(response.statusCode, fields: fields, body: body)
  }

  /// What an error of the session means for the request.
  private static func failure(_ error: any Error, hasSent: Bool) -> HTTPTransportError {
    let code = (error as? URLError)?.code
    let reason: String
    switch code {
    case .cannotFindHost, .dnsLookupFailed: reason = "the host has no address"
    case .cannotConnectToHost: reason = "there is no connection to the host"
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
      .clientCertificateRequired:
      reason = "there is no secure connection to the host"
    case .timedOut, .cancelled: return HTTPTransportError(.uncertain, "there was no answer in time")
    default: return HTTPTransportError(.uncertain, "the connection was lost")
    }
    return HTTPTransportError(hasSent ? .uncertain : .notSent, reason)
  }
}
