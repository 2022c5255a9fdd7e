/// How a request ended: a number of three digits.
public struct Status: Hashable, Sendable, CustomStringConvertible {
  /// The number, from 100 to 999.
  public let code: Int

  /// Creates a status.
  ///
  /// - Parameter code: The number; one that has not three digits becomes 500.
  public init(_ code: Int) { self.code = (100...999).contains(code) ? code : 500 }

  /// The request has succeeded.
  public static let ok = Status(200)
  /// Something was made.
  public static let created = Status(201)
  /// The request was taken and is not done yet.
  public static let accepted = Status(202)
  /// The request has succeeded, and there is nothing to say.
  public static let noContent = Status(204)
  /// A part of the content follows.
  public static let partialContent = Status(206)
  /// It has moved for good, and any method may be used there.
  public static let permanentRedirect = Status(308)
  /// Read another resource.
  public static let seeOther = Status(303)
  /// What the client has is still right.
  public static let notModified = Status(304)
  /// The request is not one.
  public static let badRequest = Status(400)
  /// Say who you are.
  public static let unauthorized = Status(401)
  /// This is not for you.
  public static let forbidden = Status(403)
  /// There is nothing here.
  public static let notFound = Status(404)
  /// There is something here, but not for this method.
  public static let methodNotAllowed = Status(405)
  /// The request took too long to arrive.
  public static let requestTimeout = Status(408)
  /// The resource is in the way of the request.
  public static let conflict = Status(409)
  /// What the client had thought is not so.
  public static let preconditionFailed = Status(412)
  /// The body is longer than is taken.
  public static let contentTooLarge = Status(413)
  /// The request line is longer than is taken.
  public static let uriTooLong = Status(414)
  /// The body is of a kind that is not taken.
  public static let unsupportedMediaType = Status(415)
  /// The content has no such part.
  public static let rangeNotSatisfiable = Status(416)
  /// The client expects what is not done.
  public static let expectationFailed = Status(417)
  /// The body is well formed and makes no sense.
  public static let unprocessableContent = Status(422)
  /// Another protocol is needed.
  public static let upgradeRequired = Status(426)
  /// Too many requests.
  public static let tooManyRequests = Status(429)
  /// The fields are longer or more than are taken.
  public static let headerFieldsTooLarge = Status(431)
  /// Something went wrong here.
  public static let internalServerError = Status(500)
  /// What is asked for is not built.
  public static let notImplemented = Status(501)
  /// Not now.
  public static let serviceUnavailable = Status(503)
  /// A version of HTTP that is not spoken.
  public static let versionNotSupported = Status(505)

  /// The words that go with the number; empty for a number that has none.
  public var reason: String {
    switch code {
    case 100: "Continue"
    case 101: "Switching Protocols"
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 206: "Partial Content"
    case 301: "Moved Permanently"
    case 302: "Found"
    case 303: "See Other"
    case 304: "Not Modified"
    case 307: "Temporary Redirect"
    case 308: "Permanent Redirect"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 406: "Not Acceptable"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 410: "Gone"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 416: "Range Not Satisfiable"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 426: "Upgrade Required"
    case 428: "Precondition Required"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }

  /// Whether an answer of this status has no content, whatever the method.
  var forbidsBody: Bool { code < 200 || code == 204 || code == 304 }

  /// The number and its words.
  public var description: String { reason.isEmpty ? "\(code)" : "\(code) \(reason)" }
}
