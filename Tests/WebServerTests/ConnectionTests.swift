import CSockets
import Synchronization
import Testing

@testable import WebServer

/// One connection at a time: order, bodies, streams, and time.
@Suite struct ConnectionTests {
  private func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
  }

  private func router(_ build: (inout Router) -> Void) -> Router {
    var router = Router()
    build(&router)
    return router
  }

  @Test func answersHaveDateAndLength() throws {
    let answer = try #require(try LoopFixture().answers(to: get("/")).first)
    #expect(answer.status == 200)
    #expect(answer.fields["content-length"] == "\(answer.body.count)")
    #expect(answer.fields["date"].flatMap(HTTPDate.seconds) != nil)
    #expect(answer.fields["content-type"] == "text/plain; charset=utf-8")
  }

  @Test func aConnectionThatItsHandlerCutsGetsNoAnswer() throws {
    let router = router {
      $0.get("/cut") { _ in throw ConnectionCut() }
      $0.get("/fine", .inline { _ in .text("fine") })
    }
    let fixture = try LoopFixture(router: router)
    #expect(try fixture.answers(to: get("/cut") + get("/fine")).isEmpty)
    #expect(try fixture.answers(to: get("/fine")).map(\.text) == ["fine"])
  }

  @Test("X-25: pipelined requests are answered in order") func pipelinedRequestsAreAnsweredInOrder() throws {
    let router = router {
      $0.get("/slow/:n") { request in
        await Task.yield()
        return .text(request.parameters["n"] ?? "")
      }
      $0.get("/fast/:n", .inline { .text($0.parameters["n"] ?? "") })
    }
    let input = (0..<200).map { get($0.isMultiple(of: 3) ? "/slow/\($0)" : "/fast/\($0)") }.joined()
    let answers = try LoopFixture(router: router).answers(to: input)
    #expect(answers.map(\.text) == (0..<200).map { "\($0)" })
  }

  @Test func largeAnswersKeepTheirPlaceAmongOthers() throws {
    let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 13 >> 3) }
    let router = router {
      $0.get("/large", .inline { _ in Response(body: .bytes(large)) })
      $0.get("/small", .inline { _ in .text("small") })
      $0.get("/wait") { _ in Response(body: .bytes(large)) }
    }
    let paths = ["/small", "/large", "/small", "/wait", "/large", "/small"]
    let answers = try LoopFixture(router: router).answers(to: paths.map { get($0) }.joined())
    #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 200])
    #expect(answers.map(\.body.count) == [5, 1_000_000, 5, 1_000_000, 1_000_000, 5])
    #expect(answers[1].body == large && answers[3].body == large)
  }

  @Test("X-09: HEAD has the fields of GET and no content") func headHasTheFieldsOfGetAndNoContent() throws {
    let router = router {
      $0.get("/a", .inline { _ in .text("12345") })
      $0.get("/s") { _ in Response(body: .stream(length: nil) { try await $0.write("never") }) }
    }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /s HTTP/1.1\r\nHost: a\r\n\r\n" + get("/a"))
    let first = try peer.answer(toHead: true)
    #expect(first.fields["content-length"] == "5")
    let second = try peer.answer(toHead: true)
    #expect(second.fields["transfer-encoding"] == "chunked")
    #expect(try peer.answer().text == "12345")
  }

  @Test func statusesWithoutContentHaveNone() throws {
    let router = router {
      $0.get("/204", .inline { _ in Response(.noContent, body: .bytes([1, 2])) })
      $0.get("/304", .inline { _ in Response(.notModified, body: .bytes([1, 2])) })
    }
    let answers = try LoopFixture(router: router).answers(to: get("/204") + get("/304") + get("/204"))
    #expect(answers.map(\.status) == [204, 304, 204])
    #expect(answers.allSatisfy { $0.fields["content-length"] == nil && $0.fields["transfer-encoding"] == nil })
  }

  @Test func textFromOutsideCannotBecomeFields() throws {
    let router = router {
      $0.get("/name", .inline { _ in Response(fields: ["X\r\nY": "a"]) })
      $0.get("/value", .inline { _ in Response(fields: ["X": "a\r\nSet-Cookie: b"]) })
      $0.get("/type", .inline { _ in Response(contentType: "a\nb") })
      // An answer that is a 500 itself, and whose content looks like another one.
      $0.get(
        "/error",
        .inline { _ in
          Response(
            .internalServerError, fields: ["X": "a\nb"],
            body: .bytes(Array("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n".utf8)))
        })
      $0.get(
        "/framing",
        .inline { _ in
          Response(fields: ["Content-Length": "99", "Transfer-Encoding": "chunked", "X": "é"], body: .bytes([65]))
        })
    }
    let input = get("/name") + get("/value") + get("/type") + get("/error") + get("/framing")
    let answers = try LoopFixture(router: router).answers(to: input)
    #expect(answers.map(\.status) == [500, 500, 500, 500, 200])
    #expect(answers.last?.fields["content-length"] == "1")
    #expect(answers.last?.fields["x"] == "é")
  }

  @Test("T-107: errors become answers without their words") func errorsBecomeAnswersWithoutTheirWords() throws {
    struct Secret: Error {}
    let router = router {
      $0.get("/known") { _ in throw HTTPError(.conflict, "Taken.") }
      $0.get("/unknown") { _ in throw Secret() }
      $0.get("/inline", .inline { _ in throw Secret() })
    }
    let reports = Atomic<Int>(0)
    var configuration = LoopFixture.patient
    configuration.reportError = { error, _ in
      if error is Secret { reports.add() }
    }
    let answers = try LoopFixture(configuration, router: router).answers(
      to: get("/known") + get("/unknown") + get("/inline"))
    #expect(answers.map(\.status) == [409, 500, 500])
    #expect(answers.map(\.text) == ["Taken.", "Internal Server Error", "Internal Server Error"])
    #expect(reports.load(ordering: .relaxed) == 2)
  }

  // MARK: Bodies

  @Test("X-29: continue is said once somebody reads") func continueIsSaidOnceSomebodyReads() throws {
    let router = router {
      $0.post("/read") { .text("\(try await $0.body.collect().count)") }
      $0.on(.post, "/inline", .inline { .text("\($0.body.whole?.count ?? -1)") })
      $0.post("/refuse") { _ in throw HTTPError(.forbidden) }
    }
    let fixture = try LoopFixture(router: router)
    for path in ["/read", "/inline"] {
      let peer = try fixture.connect()
      try peer.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      #expect(try peer.answer().status == 100)
      try peer.send("abc" + get("/none"))
      #expect(try peer.answer().text == "3")
      #expect(try peer.answer().status == 404)
    }
    for path in ["/refuse", "/absent"] {
      let peer = try fixture.connect()
      try peer.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
      let answer = try peer.answer()
      #expect(answer.status == (path == "/refuse" ? 403 : 404))
      #expect(answer.fields["connection"] == "close")
      #expect(try peer.receiveAll().isEmpty)
    }
  }

  @Test func aLargeBodyStreamsThroughInBoundedMemory() async throws {
    let router = router {
      $0.on(
        .post, "/sum",
        {
          var handler = Handler { request in
            var (count, sum, largest) = (0, 0, 0)
            for try await piece in request.body {
              count += piece.count
              largest = max(largest, piece.count)
              sum = piece.reduce(sum) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF }
            }
            return .text("\(count) \(sum) \(largest <= 64 << 10)")
          }
          handler.bodyLimit = 1 << 30
          return handler
        }())
    }
    let fixture = try LoopFixture(router: router)
    let piece = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let sum = (0..<300).reduce(0) { sum, _ in piece.reduce(sum) { ($0 &* 31 &+ Int($1)) & 0xFFFF_FFFF } }
    for isChunked in [false, true] {
      let peer = try fixture.connect()
      let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 3000000"
      try peer.send("POST /sum HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
      for _ in 0..<300 {
        try peer.send((isChunked ? Array("2710\r\n".utf8) : []) + piece + (isChunked ? Array("\r\n".utf8) : []))
      }
      if isChunked { try peer.send("0\r\n\r\n") }
      #expect(try peer.answer().text == "3000000 \(sum) true")
    }
  }

  @Test func aReaderThatStopsMakesTheClientWait() async throws {
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let router = router {
      $0.on(
        .post, "/",
        {
          var handler = Handler { request in
            for await _ in gate {}
            return .text("\(try await request.body.collect().count)")
          }
          handler.bodyLimit = 1 << 30
          return handler
        }())
    }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n")
    // Without a reader the socket's buffers and the server's 64 KiB fill up, and then nothing more goes through.
    var sent = 0
    let piece = [UInt8](repeating: 1, count: 50_000)
    while sent < 10_000_000 {
      let count = piece.withUnsafeBytes { csockets_send(peer.descriptor, $0.baseAddress, $0.count) }
      if count < 0 { break }
      sent += count
    }
    #expect(sent < 5_000_000)
    open.finish()
    try peer.send([UInt8](repeating: 1, count: 10_000_000 - sent))
    #expect(try peer.answer().text == "10000000")
  }

  @Test func aWriterWaitsForASlowReader() async throws {
    let written = Atomic<Int>(0)
    let router = router {
      $0.get("/") { _ in
        Response(
          body: .stream(length: nil) { writer in
            for _ in 0..<400 {
              try await writer.write([UInt8](repeating: 65, count: 25_000))
              written.add()
            }
          })
      }
    }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send(get("/"))
    try peer.receive(until: "\r\n\r\n")
    #expect(written.load(ordering: .relaxed) < 200)
    #expect(try peer.answer().body.count == 10_000_000)
    #expect(written.load(ordering: .relaxed) == 400)
  }

  @Test func aStreamOfKnownLengthKeepsItsWord() throws {
    let router = router {
      $0.get("/right") { _ in Response(body: .stream(length: 4) { for _ in 0..<2 { try await $0.write("ab") } }) }
      $0.get("/short") { _ in Response(body: .stream(length: 5) { try await $0.write("ab") }) }
      $0.get("/long") { _ in Response(body: .stream(length: 1) { try await $0.write("ab") }) }
      $0.get("/old", .inline { _ in Response(body: .stream(length: nil) { try await $0.write("ab") }) })
    }
    let fixture = try LoopFixture(router: router)
    #expect(try fixture.answers(to: get("/right") + get("/right")).map(\.text) == ["abab", "abab"])
    for path in ["/short", "/long"] {
      // What is left of the answer is incomplete, and the client can tell.
      let answers = try fixture.answers(to: get(path) + get("/right"))
      #expect(answers.map(\.status) == [0])
    }
    let old = try fixture.answers(to: "GET /old HTTP/1.0\r\n\r\n")
    #expect(old.map(\.text) == ["ab"])
    #expect(old.first?.fields["connection"] == "close")
  }

  @Test func aHandlerLearnsThatTheClientHasGone() async throws {
    let (ended, end) = AsyncStream.makeStream(of: String.self)
    let router = router {
      $0.get("/") { _ in
        Response(
          body: .stream(length: nil) { writer in
            do {
              while true { try await writer.write([UInt8](repeating: 65, count: 1000)) }
            } catch {
              end.yield("\(type(of: error))")
              throw error
            }
          })
      }
    }
    let fixture = try LoopFixture(router: router)
    let peer = try fixture.connect()
    try peer.send(get("/"))
    try peer.receive(until: "\r\n\r\n")
    peer.close()
    var iterator = ended.makeAsyncIterator()
    let error = await iterator.next()
    #expect(error == "ConnectionClosed" || error == "CancellationError")
    await fixture.census.isEmpty()
  }

  @Test func bodiesThatEndInTheMiddleAreErrors() throws {
    let router = router {
      $0.post("/stream") { .text("\(try await $0.body.collect().count)") }
      $0.on(.post, "/inline", .inline { .text("\($0.body.whole?.count ?? -1)") })
    }
    let fixture = try LoopFixture(router: router)
    for path in ["/stream", "/inline"] {
      for body in ["Content-Length: 5\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"] {
        let answers = try fixture.answers(to: "POST \(path) HTTP/1.1\r\nHost: a\r\n\(body)")
        #expect(answers.map(\.status) == [400])
        #expect(answers.first?.fields["connection"] == "close")
      }
    }
    #expect(try fixture.answers(to: "GET / HTTP/1.1\r\nHos").map(\.status) == [400])
    #expect(try fixture.answers(to: "").isEmpty)
  }

  // MARK: Time

  // One time-out at a time is short. Whatever a client sends is there before its connection is, and what it waits for
  // comes after any time that the machine takes.

  private func impatient(_ times: WritableKeyPath<Configuration, Duration>...) -> Configuration {
    var configuration = LoopFixture.patient
    for time in times { configuration[keyPath: time] = .milliseconds(60) }
    return configuration
  }

  @Test("X-27: slow heads get 408, and idle connections end") func slowHeadsGet408AndIdleConnectionsEnd() throws {
    let fixture = try LoopFixture(impatient(\.headTimeout, \.idleTimeout))
    let slow = try fixture.connect(sending: "GET / HTTP/1.1\r\n")
    #expect(Answer.all(in: try slow.receiveAll()).map(\.status) == [408])
    let silent = try fixture.connect()
    #expect(try silent.receiveAll().isEmpty)
    let idle = try fixture.connect(sending: get("/"))
    #expect(Answer.all(in: try idle.receiveAll()).map(\.status) == [200])
  }

  @Test func slowBodiesGet408() throws {
    let router = router {
      $0.post("/stream") { .text("\(try await $0.body.collect().count)") }
      $0.on(.post, "/inline", .inline { .text("\($0.body.whole?.count ?? -1)") })
    }
    let fixture = try LoopFixture(impatient(\.slowTolerance), router: router)
    for path in ["/stream", "/inline"] {
      let peer = try fixture.connect(
        sending: "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc")
      #expect(Answer.all(in: try peer.receiveAll()).map(\.status) == [408])
    }
    #expect(fixture.worker.counters.tooSlow.load(ordering: .relaxed) == 2)
  }

  @Test func slowReadersAreCutOff() async throws {
    let router = router {
      $0.get("/", .inline { _ in Response(body: .bytes([UInt8](repeating: 65, count: 20_000_000))) })
    }
    let fixture = try LoopFixture(impatient(\.slowTolerance), router: router)
    let peer = try fixture.connect(sending: get("/"))
    try peer.receive(until: "\r\n\r\n")
    // The client reads no more, and the server gives up by itself.
    await fixture.census.isEmpty()
    #expect(fixture.worker.counters.tooSlow.load(ordering: .relaxed) == 1)
    #expect(try peer.receiveAll().count < 20_000_000)
  }

  @Test func lateHandlersGet503AndAreCancelled() async throws {
    let (ended, end) = AsyncStream.makeStream(of: Bool.self)
    let router = router {
      $0.get("/") { _ in
        try? await Task.sleep(for: .never)
        end.yield(Task.isCancelled)
        return .text("late")
      }
    }
    let fixture = try LoopFixture(impatient(\.handlerTimeout), router: router)
    let peer = try fixture.connect(sending: get("/") + get("/"))
    #expect(Answer.all(in: try peer.receiveAll()).map(\.status) == [503])
    var iterator = ended.makeAsyncIterator()
    #expect(await iterator.next() == true)
  }

  @Test func anIdleConnectionHasNoBuffers() async throws {
    let fixture = try LoopFixture()
    let peer = try fixture.connect()
    try peer.send(get("/") + "GET ")
    _ = try peer.answer()
    #expect(await fixture.bufferBytes() >= EventLoop.bufferSize)
    try peer.send("/ HTTP/1.1\r\nHost: a\r\n\r\n")
    _ = try peer.answer()
    #expect(await fixture.bufferBytes() == 0)
  }
}

extension LoopFixture {
  /// Bytes of buffers that connections hold.
  func bufferBytes() async -> Int {
    let worker = worker
    return await worker.loop.run {
      worker.loop.allWatched.compactMap { $0 as? Connection }.reduce(0) { $0 + $1.input.capacity + $1.output.capacity }
    }
  }
}
