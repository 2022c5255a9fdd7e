public import CampaignKit
import JSON
public import WebServer

/// Why a request is not done: what is told to the client, in whatever shape its dialect has for it.
public struct Refusal: Error, Sendable, CustomStringConvertible {
  /// The kinds of refusals; a dialect says which status each has.
  public enum Kind: Hashable, Sendable, CaseIterable {
    /// Something in the request is wrong.
    case invalid
    /// It is not known who asks.
    case unauthorized
    /// Whoever asks may not do this.
    case forbidden
    /// There is no such thing for whoever asks.
    case notFound
    /// There is something, but not for this method.
    case methodNotAllowed
    /// What is there is in a state in which this cannot be done.
    case state
    /// Something that must be unique is there already.
    case duplicate
    /// It was there and is no longer kept.
    case gone
    /// The body is longer than is taken.
    case tooLarge
    /// The body is of a kind that is not taken.
    case unsupportedMedia
    /// A limit leaves no room now.
    case limited
    /// The server cannot do it now.
    case unavailable
    /// The server has failed.
    case failed
  }

  /// The kind.
  public var kind: Kind
  /// What is wrong and what to do, as a sentence without its full stop.
  public var message: String
  /// What is wrong with single values, where that is it.
  public var problems: [Problem] = []
  /// A word for programs, where a document has one.
  public var code: String?
  /// How long to wait before it is asked again.
  public var retryAfter: Duration?

  /// Creates a refusal.
  public init(_ kind: Kind, _ message: String, code: String? = nil, retryAfter: Duration? = nil) {
    self.kind = kind
    self.message = message
    self.code = code
    self.retryAfter = retryAfter
  }

  /// Creates a refusal of values that are not acceptable.
  public init(_ problems: [Problem]) {
    self.init(.invalid, problems.map(\.description).joined(separator: "; "))
    self.problems = problems
  }

  /// A refusal of one value.
  public static func invalid(_ field: String, _ message: String) -> Refusal { Refusal([Problem(field, message)]) }

  /// A refusal because there is no such thing for whoever asks.
  public static func notFound(_ what: String) -> Refusal { Refusal(.notFound, "there is no such \(what)") }

  /// The message.
  public var description: String { message }
}

extension Refusal {
  /// What a client is told of any error; nothing but that there was one for those that are nobody's fault.
  public init(_ error: any Error) {
    switch error {
    case let refusal as Refusal: self = refusal
    case let error as StoreError: self.init(error)
    case let error as EngineError: self.init(error)
    case let error as TransitionError: self.init(.state, error.description)
    case let error as HTTPError: self.init(error)
    case let error as AccessError: self.init(error)
    default: self.init(.failed, "the server has failed; what was asked may be half done, so look before asking again")
    }
  }

  /// What a client is told of an error of those who let in.
  public init(_ error: AccessError) {
    let kind: Kind =
      switch error.code {
      case .forbidden: .forbidden
      case .invalid: .invalid
      case .taken: .duplicate
      case .busy: .limited
      case .cancelled, .unavailable: .unavailable
      default: error.isUnauthenticated ? .unauthorized : .failed
      }
    self.init(kind, error.message, retryAfter: error.retryAfter)
    problems = error.problems
  }

  /// What a client is told of an error of the store.
  public init(_ error: StoreError) {
    let kind: Kind =
      switch error.code {
      case .notFound: .notFound
      case .duplicate: .duplicate
      case .conflict, .notPermitted: .state
      case .invalid: .invalid
      case .limited: .limited
      case .gone: .gone
      case .unavailable, .closed, .leaseLost: .unavailable
      default: .failed
      }
    self.init(kind, error.transition?.description ?? error.message)
    if kind == .unavailable || kind == .limited { retryAfter = .seconds(1) }
  }

  /// What a client is told of an error of the engine.
  public init(_ error: EngineError) {
    if let store = error.store {
      self.init(store)
    } else if !error.schedule.isEmpty || error.decision != nil {
      self.init(.state, error.message)
    } else {
      self.init(.unavailable, error.message, retryAfter: .seconds(5))
    }
  }

  /// What a client is told of an error that the web server words itself.
  public init(_ error: HTTPError) {
    self.init(Kind(error.status), error.message.isEmpty ? error.status.reason : error.message)
  }
}

extension Refusal.Kind {
  /// The kind that has a status by itself.
  init(_ status: Status) {
    switch status {
    case .unauthorized: self = .unauthorized
    case .forbidden: self = .forbidden
    case .notFound: self = .notFound
    case .methodNotAllowed: self = .methodNotAllowed
    case .conflict: self = .state
    case .contentTooLarge, .uriTooLong, .headerFieldsTooLarge: self = .tooLarge
    case .unsupportedMediaType: self = .unsupportedMedia
    case .tooManyRequests: self = .limited
    case .serviceUnavailable: self = .unavailable
    default: self = status.code < 500 ? .invalid : .failed
    }
  }

  /// The status where a dialect says nothing else.
  var status: Status {
    switch self {
    case .invalid: .badRequest
    case .unauthorized: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .state, .duplicate: .conflict
    case .gone: Status(410)
    case .tooLarge: .contentTooLarge
    case .unsupportedMedia: .unsupportedMediaType
    case .limited: .tooManyRequests
    case .unavailable: .serviceUnavailable
    case .failed: .internalServerError
    }
  }
}

extension Refusal.Kind {
  /// What kind of mistake it is, as a word for programs.
  var code: String {
    switch self {
    case .invalid: "VALIDATION_ERROR"
    case .unauthorized: "UNAUTHORIZED"
    case .forbidden: "FORBIDDEN"
    case .notFound: "NOT_FOUND"
    case .methodNotAllowed: "METHOD_NOT_ALLOWED"
    case .state: "INVALID_STATE"
    case .duplicate: "DUPLICATE"
    case .gone: "GONE"
    case .tooLarge: "TOO_LARGE"
    case .unsupportedMedia: "UNSUPPORTED_MEDIA_TYPE"
    case .limited: "RATE_LIMITED"
    case .unavailable: "UNAVAILABLE"
    case .failed: "INTERNAL_ERROR"
    }
  }
}
