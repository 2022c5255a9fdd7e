import Locks
import Testing

@testable import WebServer

/// Answers that go on for as long as somebody listens.
@Suite struct LiveStreamTests {
  @Test(arguments: [
    (ServerSentEvent("a"), "data: a\n\n"), (ServerSentEvent(""), "data: \n\n"),
    (ServerSentEvent("a\nb\r\nc\rd\n"), "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n"),
    (
      ServerSentEvent("x", event: "call\nended", id: "7\r\n8", retry: .seconds(2)),
      "event: callended\nid: 78\nretry: 2000\ndata: x\n\n"
    ),
  ])
  func eventsAreWrittenAsPagesReadThem(_ event: ServerSentEvent, _ text: String) {
    #expect(String(decoding: event.bytes, as: UTF8.self) == text)
  }

  /// Numbers without end; says when its reader was cancelled.
  private struct Counting: AsyncSequence, Sendable {
    typealias Element = ServerSentEvent
    var most = Int.max
    var hasEnded: @Sendable () -> Void = {}

    struct Iterator: AsyncIteratorProtocol {
      var next = 0
      let most: Int
      let hasEnded: @Sendable () -> Void

      mutating func next() async throws -> ServerSentEvent? {
        next += 1
        if next <= most { return ServerSentEvent("\(next)") }
        let never = AsyncStream<Void> { _ in }
        let hasEnded = hasEnded
        await withTaskCancellationHandler {
          for await _ in never {}
        } onCancel: {
          hasEnded()
        }
        throw CancellationError()
      }
    }

    func makeAsyncIterator() -> Iterator { Iterator(most: most, hasEnded: hasEnded) }
  }

  @Test func anAnswerWithoutEndIsReadPieceByPiece() async throws {
    var router = Router()
    router.get("/events") { _ in .events(from: Counting()) }
    let response = await router.respond(to: try Request(.get, "/events"))
    #expect(response.contentType == "text/event-stream")
    let begin = try await response.withPieces { pieces in
      var text = ""
      for try await piece in pieces {
        text += String(decoding: piece, as: UTF8.self)
        if text.contains("data: 3") { break }
      }
      return text
    }
    #expect(begin == "data: 1\n\ndata: 2\n\ndata: 3\n\n")
  }

  @Test func piecesEndAndFailAsTheWriterDoes() async throws {
    struct Late: Error {}
    let failing = Response(
      body: .stream(length: nil) { writer in
        try await writer.write("a")
        throw Late()
      })
    await #expect(throws: Late.self) {
      try await failing.withPieces { pieces in for try await piece in pieces { #expect(piece == [0x61]) } }
    }
    let whole = try await Response.text("abc").withPieces { pieces in
      var count = 0
      for try await piece in pieces { count += piece.count }
      return count
    }
    #expect(whole == 3)
  }

  /// The reader of the events is told that nobody listens, without another event and without a sign of life.
  @Test func theStreamEndsWhenTheClientGoes() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    var router = Router()
    router.get("/events") { _ in .events(from: Counting(most: 1) { end.finish() }, heartbeat: .never) }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    try peer.receive(until: "data: 1\n\n")
    peer.close()
    for await _ in ended {}
  }

  @Test func silenceIsBrokenByComments() throws {
    var router = Router()
    router.get("/events") { _ in .events(from: Counting(most: 1), heartbeat: .milliseconds(1)) }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    try peer.receive(until: "9\r\ndata: 1\n\n\r\n3\r\n:\n\n\r\n")
    let old = try fixture.connect()
    try old.send("GET /events HTTP/1.0\r\n\r\n")
    try old.receive(until: "\r\n\r\ndata: 1\n\n:\n\n")
  }

  @Test func theStreamEndsWellWhenTheServerStops() async throws {
    var router = Router()
    router.get("/events") { _ in .events(from: Counting(most: 1)) }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    try peer.receive(until: "data: 1\n\n")
    fixture.worker.loop.execute { [worker = fixture.worker] in worker.drain() }
    try peer.receive(until: "\r\n0\r\n\r\n")
  }

  @Test func sequencesBecomeContent() async throws {
    var router = Router()
    router.get("/known") { _ in
      .stream(from: Sequence(pieces: ["ab", "c"]), contentType: "text/csv", length: 3)
    }
    router.get("/unknown") { _ in .stream(from: Sequence(pieces: ["ab", "c"])) }
    let known = try await router.send(.get, "/known")
    #expect(known.text == "abc")
    #expect(known.fields["Content-Length"] == "3")
    #expect(known.fields["Content-Type"] == "text/csv")
    let unknown = try await router.send(.get, "/unknown")
    #expect(unknown.text == "abc")
    #expect(unknown.fields["Transfer-Encoding"] == "chunked")
  }

  private struct Sequence: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    var pieces: [String]

    struct Iterator: AsyncIteratorProtocol {
      var pieces: ArraySlice<String>
      mutating func next() async -> [UInt8]? { pieces.popFirst().map { Array($0.utf8) } }
    }

    func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces[...]) }
  }
}
