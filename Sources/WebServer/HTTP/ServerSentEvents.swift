/// One event of a stream that a page listens to.
public struct ServerSentEvent: Sendable, Hashable {
  /// What has happened; any number of lines.
  public var data: String

  /// The kind of the event; a page that does not care gets `message`.
  public var event: String?

  /// What the client says in `Last-Event-ID` when it connects again.
  public var id: String?

  /// How long the client waits before it connects again, from now on.
  public var retry: Duration?

  /// Creates an event.
  ///
  /// - Parameters:
  ///   - data: What has happened; any number of lines.
  ///   - event: The kind of the event.
  ///   - id: What the client says when it connects again.
  ///   - retry: How long the client waits before it does so.
  public init(_ data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
    self.data = data
    self.event = event
    self.id = id
    self.retry = retry
  }

  /// The event as it is sent. A kind and an identifier have one line, so line ends in them are left out.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    if let event { Self.append("event", event.utf8.filter(Self.isInLine), to: &bytes) }
    if let id { Self.append("id", id.utf8.filter(Self.isInLine), to: &bytes) }
    if let retry { Self.append("retry", Array("\(retry.nanoseconds / 1_000_000)".utf8), to: &bytes) }
    // CR and LF together are one character of Swift and one line end, as CR and LF alone are.
    for line in data.split(omittingEmptySubsequences: false, whereSeparator: { ["\n", "\r", "\r\n"].contains($0) }) {
      Self.append("data", Array(line.utf8), to: &bytes)
    }
    bytes.append(0x0A)
    return bytes
  }

  private static func isInLine(_ byte: UInt8) -> Bool { byte != 0x0A && byte != 0x0D && byte != 0 }

  private static func append(_ name: StaticString, _ value: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(name)
    bytes.append(": " as StaticString)
    bytes += value
    bytes.append(0x0A)
  }
}

/// What an answer without an end of its own needs from the connection.
struct LiveStream: Sendable {
  /// Nanoseconds of silence after which a sign of life is written.
  var interval: Int64
  var signOfLife: [UInt8]
  var isChunked = true
}

extension Response {
  /// An answer that tells a client of events as they happen, for as long as both sides are there.
  ///
  /// ```swift ignore
  /// router.get("/events") { request in
  ///   .events(from: hub.events(after: request["Last-Event-ID"]).map { ServerSentEvent($0.json, id: $0.number) })
  /// }
  /// ```
  ///
  /// The task that reads the events is cancelled when the client ends the connection or the server stops; a client that
  /// is behind makes it wait, and one that takes nothing any more is cut off.
  ///
  /// - Parameters:
  ///   - events: The events.
  ///   - heartbeat: After how much silence a comment is sent, so that nobody on the way takes the connection for dead.
  /// - Returns: The answer.
  public static func events<Events: AsyncSequence & Sendable>(
    from events: Events, heartbeat: Duration = .seconds(15)
  ) -> Response where Events.Element == ServerSentEvent {
    var response = Response(
      contentType: "text/event-stream", fields: ["Cache-Control": "no-cache", "X-Accel-Buffering": "no"],
      body: .stream(length: nil) { writer in
        do {
          for try await event in events { try await writer.write(event.bytes) }
        } catch is CancellationError {
          // The server stops, or nobody is left to be told; the stream ends as it should.
        }
      })
    response.live = LiveStream(interval: max(1, heartbeat.nanoseconds), signOfLife: Array(":\n\n".utf8))
    return response
  }

  /// An answer whose content comes from a sequence, at the pace at which the client takes it.
  ///
  /// - Parameters:
  ///   - pieces: The content in pieces; an error in the middle breaks the connection off.
  ///   - status: How the request ended.
  ///   - contentType: The kind of the content.
  ///   - length: How many bytes will come, where that is known.
  /// - Returns: The answer.
  public static func stream<Pieces: AsyncSequence & Sendable>(
    from pieces: Pieces, status: Status = .ok, contentType: String? = nil, length: Int? = nil
  ) -> Response where Pieces.Element == [UInt8] {
    Response(
      status, contentType: contentType,
      body: .stream(length: length) { writer in
        for try await piece in pieces { try await writer.write(piece) }
      })
  }
}
