import JSON

/// One request and how it was answered.
public struct AccessEntry: Sendable, Hashable {
  /// Seconds since 1970.
  public var time: Double
  /// The client's address without its port.
  public var peer: String
  /// The method.
  public var method: String
  /// The path without what stands behind the question mark, which may hold secrets.
  public var path: String
  /// The number of the status.
  public var status: Int
  /// Bytes of the answer's content where they were known at once.
  public var bytes: Int?
  /// How long the handler took.
  public var duration: Duration
  /// The identifier that ``Middleware/requestIdentifier(trustsClients:)`` gave.
  public var identifier: String?
  /// The client's own name for itself.
  public var userAgent: String?

  /// The entry as one line of JSON, without the line's end.
  public var jsonLine: [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    writer.key("time")
    writer.value(time)
    writer.key("peer")
    writer.value(peer)
    writer.key("method")
    writer.value(method)
    writer.key("path")
    writer.value(path)
    writer.key("status")
    writer.value(status)
    if let bytes {
      writer.key("bytes")
      writer.value(bytes)
    }
    writer.key("microseconds")
    writer.value(duration.nanoseconds / 1000)
    if let identifier {
      writer.key("id")
      writer.value(identifier)
    }
    if let userAgent {
      writer.key("agent")
      writer.value(userAgent)
    }
    writer.endObject()
    return writer.finish()
  }
}

/// Takes what is to be logged; bridge it to whatever the program logs with.
///
/// It is called from the threads of the server, for every request: it must return soon, and not block.
public protocol AccessLogger: Sendable {
  /// Takes one entry.
  ///
  /// - Parameter entry: The entry.
  func log(_ entry: AccessEntry)
}

extension Middleware {
  /// Logs every request with its answer. Put it first, so that it sees what the others make of it.
  ///
  /// - Parameter logger: Takes the entries.
  /// - Returns: The middleware.
  public static func accessLog(_ logger: some AccessLogger) -> Middleware {
    let write: @Sendable (Request, Response, Moment) -> Void = { request, response, begin in
      logger.log(
        AccessEntry(
          time: Moment.wallTime(), peer: request.clientAddress.host, method: request.method.name, path: request.path,
          status: response.status.code, bytes: response.bytes?.count,
          duration: .nanoseconds(Moment.current().since(begin)),
          identifier: request[RequestIdentifier.self] ?? response.fields["X-Request-Id"],
          userAgent: request["User-Agent"]))
    }
    return Middleware { handler in
      handler.replacing { next in
        { request in
          let begin = Moment.current()
          do {
            let response = try next(request)
            write(request, response, begin)
            return response
          } catch {
            write(request, request.response(to: error), begin)
            throw error
          }
        }
      } waiting: { next in
        { request in
          let begin = Moment.current()
          do {
            let response = try await next(request)
            write(request, response, begin)
            return response
          } catch {
            write(request, request.response(to: error), begin)
            throw error
          }
        }
      }
    }
  }
}
