public import CampaignKit

/// Sends requests over HTTP.
///
/// ## What an implementation promises
///
/// - **Once.** A request with a body is sent once at most, also when a connection that was kept open turns out to be dead.
///   One without a body may be sent again then; what must not be done twice has one.
/// - **Honest.** It throws ``HTTPTransportError/Kind/notSent`` only when it is certain that no server has got the
///   request. In any doubt it throws ``HTTPTransportError/Kind/uncertain``.
/// - **In time.** It does not begin to send a request after ``HTTPRequest/sendBy``, however long the request had to
///   wait for a connection.
/// - **What is urgent first.** ``HTTPRequest/isUrgent`` requests do not wait behind others.
/// - **Nowhere else.** It follows no redirect, so that what a request holds goes to the host in its address alone.
/// - **Bounded.** Connections, time and the size of an answer have limits.
public protocol HTTPTransport: Sendable {
  /// Sends a request, and returns the answer of the server, whatever its status.
  func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPResponse
}

/// A request over HTTP.
public struct HTTPRequest: Hashable, Sendable {
  /// What is to be done.
  public enum Method: String, Hashable, Sendable {
    /// Read.
    case get = "GET"
    /// Make or change.
    case post = "POST"
    /// End or remove.
    case delete = "DELETE"
  }

  /// What is to be done.
  public var method: Method
  /// The whole address.
  public var url: String
  /// Further fields.
  public var fields: [String: String]
  /// The content; empty for none.
  public var body: [UInt8]
  /// The moment from which on it must not be sent; nil for none.
  public var sendBy: Timestamp?
  /// Whether somebody waits on the line for what it does, so that it goes before others.
  public var isUrgent = false

  /// Creates a request.
  public init(
    _ method: Method, _ url: String, fields: [String: String] = [:], body: [UInt8] = [], sendBy: Timestamp? = nil
  ) {
    self.method = method
    self.url = url
    self.fields = fields
    self.body = body
    self.sendBy = sendBy
  }

  /// The same request, before others.
  var urgent: HTTPRequest {
    var request = self
    request.isUrgent = true
    return request
  }
}

/// The answer to a request over HTTP.
public struct HTTPResponse: Hashable, Sendable {
  /// The status.
  public var status: Int
  /// The fields, by their names in lower case.
  public var fields: [String: String]
  /// The content.
  public var body: [UInt8]

  /// Creates an answer.
  ///
  /// - Parameters:
  ///   - status: The status.
  ///   - fields: The fields, by their names in either case.
  ///   - body: The content.
  public init(_ status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
    self.status = status
    self.fields = [:]
    for (name, value) in fields { self.fields[name.lowercased()] = value }
    self.body = body
  }
}

/// Why a request has no answer.
public struct HTTPTransportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is known of the request.
  public enum Kind: Hashable, Sendable {
    /// No server has got it, and none will.
    case notSent
    /// It was not sent, since its time was over.
    case tooLate
    /// A server may have got it.
    case uncertain
  }

  /// What is known of the request.
  public var kind: Kind
  /// What happened. It holds no address and no secret.
  public var message: String

  /// Creates an error.
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// What happened.
  public var description: String { message }
}
