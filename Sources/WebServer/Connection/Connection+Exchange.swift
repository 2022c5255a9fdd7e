// A request from its head to the last byte of its answer.
extension Connection {
  /// A head is complete: find its handler, see what body there is, and go on.
  func beginExchange(headLength: Int) {
    let facts = parser.facts
    let head = RequestHead(bytes: input, base: inputStart, fields: parser.fields, facts: facts)
    inputStart += headLength
    exchange.number += 1
    exchange.head = head
    exchange.begin = loop.now
    exchange.keepsAlive = facts.keepsAlive
    exchange.owesContinue = facts.expectsContinue
    var request = Request(head: head, body: .bytes([]), peer: peer)
    let handler = worker.route(&request)
    request.errorAnswers = handler.errorAnswers
    exchange.errorAnswers = handler.errorAnswers
    guard facts.framing != .none else { return dispatch(request, handler) }
    do throws(HTTPError) {
      try beginBody(request, handler, facts.framing)
    } catch {
      bodyHasFailed(error)
    }
  }

  private func beginBody(_ request: Request, _ handler: Handler, _ framing: BodyFraming) throws(HTTPError) {
    let limit = handler.bodyLimit ?? worker.configuration.maximumBodyBytes
    var body = try BodyReceiver(framing, limit: limit, parsing: parser.limits)
    var begun: [UInt8] = []
    var request = request
    let room = handler.isInline ? Int.max : worker.configuration.bufferedBytes
    do throws(HTTPError) {
      try body.take(input, from: &inputStart, to: inputEnd, room: room, into: &begun)
    } catch {
      return bodyHasFailed(error)
    }
    exchange.body = body
    if !begun.isEmpty { exchange.owesContinue = false }
    switch handler.kind {
    case _ where body.isDone || !handler.readsBody:
      if body.isDone { exchange.owesContinue = false }
      request.body = .bytes(begun)
      dispatch(request, handler)
    case .inline(let answer):
      collected = begun
      sendContinue()
      enter(.collecting(request, answer))
    case .waiting:
      let stream = BodyStream(loop: loop, connection: self, begun: begun)
      exchange.stream = stream
      request.body = RequestBody(content: .stream(stream))
      dispatch(request, handler)
    }
  }

  private func dispatch(_ request: Request, _ handler: Handler) {
    switch handler.kind {
    case .inline(let answer): answerInline(request, answer)
    case .waiting(let answer): answerInTask(request, answer)
    }
  }

  private func answerInline(_ request: Request, _ answer: @Sendable (Request) throws -> Response) {
    let response: Response
    do {
      response = try answer(request)
    } catch {
      response = self.response(to: error, request)
    }
    switch response.body {
    case .empty, .bytes: finishWhole(response)
    case .stream, .webSocket: answerInTask(request) { _ in response }
    }
  }

  private func answerInTask(_ request: Request, _ answer: @escaping @Sendable (Request) async throws -> Response) {
    enter(.handling)
    // Answers to earlier requests need not wait for this one.
    if backlog > 0 { writeSoon() }
    exchange.task = loop.begin(HandlerTask.Work(request, of: self, exchange: exchange.number, answer: answer))
  }

  /// Takes what a handler came to, in its task on the loop's thread, and writes it if it is there as a whole.
  ///
  /// - Returns: The answer that the task has to deliver piece by piece.
  func take(_ answer: Result<Response, any Error>, to work: HandlerTask.Work) -> PiecewiseAnswer? {
    let response: Response
    switch answer {
    case .success(let given): response = given
    case .failure(is ConnectionCut):
      guard isOpen(work.exchange) else { return nil }
      // Its close must not cancel the task, which goes on to others.
      exchange.task = nil
      cut()
      return nil
    case .failure(let error): response = self.response(to: error, work.request)
    }
    guard isOpen(work.exchange), !exchange.isAnswered else { return nil }
    switch response.body {
    case .empty, .bytes:
      // Its end must not be taken for that of the connection, which cancels the task.
      exchange.task = nil
      finishWhole(response)
      pump()
      return nil
    case .stream, .webSocket: return PiecewiseAnswer(connection: self, work: work, response: response)
    }
  }

  /// The task goes on to others, and must not be cancelled for this request.
  func isDone(_ work: HandlerTask.Work) {
    if exchange.number == work.exchange { exchange.task = nil }
  }

  private func response(to error: any Error, _ request: Request) -> Response {
    let response = request.response(to: error)
    if response.status.code >= 500, !(error is HTTPError), !(error is ConnectionClosed), !(error is CancellationError) {
      worker.configuration.reportError(error, request)
    }
    return response
  }

  fileprivate func deliver(
    _ response: Response, length: Int?, for number: Int, _ request: Request,
    _ write: @Sendable (ResponseWriter) async throws -> Void
  ) async {
    let forbidsBody = response.status.forbidsBody
    let framing: ResponseEncoder.Framing =
      switch length {
      case _ where forbidsBody: .none
      case .some(let count): .length(count)
      case nil where request.isVersion11: .chunked
      case nil: .untilClose
      }
    if case .untilClose = framing { exchange.keepsAlive = false }
    let isHeadWritten = appendHead(response, framing: framing)
    writeSoon()
    if forbidsBody || request.method == .head || !isHeadWritten {
      finishExchange()
      return pump()
    }
    let isChunked = if case .chunked = framing { true } else { false }
    if let live = response.live, !begin(live, isChunked: isChunked) { return }
    let stream = AnswerStream(connection: self, exchange: number, length: length, isChunked: isChunked)
    do {
      try await write(ResponseWriter(sink: stream))
      guard stream.missing ?? 0 == 0 else {
        throw HTTPError(.internalServerError, "A body is shorter than its stated length.")
      }
      guard isOpen(number) else { return }
      if isChunked { output.append("0\r\n\r\n" as StaticString) }
      finishExchange()
      pump()
    } catch {
      // The head is out, so the only way to say that something went wrong is to stop in the middle.
      guard isOpen(number) else { return }
      if !(error is ConnectionClosed) { worker.configuration.reportError(error, request) }
      flush()
      close()
    }
  }

  // MARK: Writing answers

  /// Whether an exchange is the one that is being answered.
  func isOpen(_ number: Int) -> Bool { !isClosed && exchange.number == number && exchange.head != nil }

  /// Whether the body of an answer may be written.
  func isAnswering(_ number: Int) -> Bool { isOpen(number) && exchange.isAnswered }

  private func finishWhole(_ response: Response) {
    appendWhole(response)
    finishExchange()
  }

  /// Appends an answer whose content is there.
  func appendWhole(_ response: Response) {
    let forbidsBody = response.status.forbidsBody
    let isHeadWritten = appendHead(response, framing: forbidsBody ? .none : .length(response.byteCount ?? 0))
    guard isHeadWritten, !forbidsBody, exchange.head?.method != .head else { return }
    guard case .bytes(let bytes) = response.body, !bytes.isEmpty else { return }
    if bytes.count > worker.configuration.bufferedBytes { tail = bytes } else { output.append(contentsOf: bytes) }
  }

  /// Appends the head of an answer; returns false when a field cannot be sent, and the whole answer is now that this is
  /// so.
  private func appendHead(_ response: Response, framing: ResponseEncoder.Framing) -> Bool {
    // What is left of the body would be taken for the next request.
    if exchange.body?.isDone == false || worker.isDraining || peerHasEnded { exchange.keepsAlive = false }
    if response.fields["Connection"].map({ Fields.areSame($0, "close") }) == true { exchange.keepsAlive = false }
    exchange.isAnswered = true
    exchange.status = response.status
    prepareOutput()
    let saysKeepAlive = exchange.head?.facts.minorVersion == 0
    let isWritten = ResponseEncoder.append(
      response, framing: framing, keepsAlive: exchange.keepsAlive, saysKeepAlive: saysKeepAlive, date: loop.dateLine,
      to: &output)
    guard !isWritten else { return true }
    let error = HTTPError(.internalServerError)
    exchange.status = error.status
    let bytes = error.response.bytes ?? []
    _ = ResponseEncoder.append(
      error.response, framing: .length(bytes.count), keepsAlive: exchange.keepsAlive, saysKeepAlive: saysKeepAlive,
      date: loop.dateLine, to: &output)
    if exchange.head?.method != .head { output.append(contentsOf: bytes) }
    return false
  }

  /// Appends the head after which the connection is a WebSocket; returns false when it cannot be sent, and another
  /// answer was given.
  func appendUpgrade(_ response: Response) -> Bool {
    guard appendHead(response, framing: .none) else {
      finishExchange()
      pump()
      return false
    }
    worker.counters.answered(response.status, nanoseconds: loop.now.since(exchange.begin))
    return true
  }

  /// An answer begins that has no end of its own; false when nobody listens any more.
  private func begin(_ live: LiveStream, isChunked: Bool) -> Bool {
    guard !seesEnd else {
      close()
      return false
    }
    exchange.live = live
    exchange.live?.isChunked = isChunked
    exchange.lastWrite = loop.now
    if worker.isDraining { exchange.task?.cancel() }
    return true
  }

  /// Writes a sign of life into an answer that has been silent for long.
  func remind(_ now: Moment) {
    guard let live = exchange.live, backlog == 0, now.since(exchange.lastWrite) >= live.interval else { return }
    writeBody(live.signOfLife, isChunked: live.isChunked)
  }

  func writeBody(_ bytes: [UInt8], isChunked: Bool) {
    prepareOutput()
    if isChunked {
      output.append(hexadecimal: bytes.count)
      output.append("\r\n" as StaticString)
    }
    output.append(contentsOf: bytes)
    if isChunked { output.append("\r\n" as StaticString) }
    exchange.lastWrite = loop.now
    writeSoon()
  }

  /// The answer is complete: make ready for the next request, or end. Whoever calls goes on to pump, which writes.
  private func finishExchange() {
    worker.counters.answered(exchange.status, nanoseconds: loop.now.since(exchange.begin))
    let keepsAlive = exchange.keepsAlive
    exchange.stream?.detach()
    exchange.end()
    parser.reset()
    guard keepsAlive else { return endAfterOutput() }
    enter(.reading)
    if worker.isDraining { drain() }
  }

  /// Answers a request that cannot be understood, or whose body cannot, and ends the connection.
  func answerFatally(_ error: HTTPError) {
    exchange.keepsAlive = false
    if exchange.head == nil { exchange.begin = loop.now }
    appendWhole(response(to: error))
    finishExchange()
  }

  /// The answer to an error that no handler has thrown.
  private func response(to error: HTTPError) -> Response {
    guard let head = exchange.head, let answers = exchange.errorAnswers else { return error.response }
    let response = answers.response(to: error, Request(head: head, body: .bytes([]), peer: peer))
    // What has no content yet or never would hold the client up.
    guard let response, response.bytes != nil else { return error.response }
    return response
  }

  /// A handler has not answered in time.
  func handlerIsLate() {
    worker.counters.timedOut.add()
    exchange.task?.cancel()
    answerFatally(.fatal(.serviceUnavailable, "This took too long; try again."))
  }

  // MARK: Bodies

  /// Whether the client is waited for to send its body.
  var waitsForBody: Bool {
    guard exchange.body?.isDone == false, !exchange.owesContinue, inputStart == inputEnd else { return false }
    switch phase {
    case .collecting: return true
    case .handling: return (exchange.stream?.room(of: worker.configuration.bufferedBytes) ?? 0) > 0
    default: return false
    }
  }

  private func sendContinue() {
    guard exchange.owesContinue else { return }
    exchange.owesContinue = false
    prepareOutput()
    output.append("HTTP/1.1 100 Continue\r\n\r\n" as StaticString)
    writeSoon()
  }

  /// Gathers the body for a handler that waits for nothing.
  func collect(_ request: Request, _ answer: @Sendable (Request) throws -> Response) -> Bool {
    do throws(HTTPError) {
      try exchange.body?.take(input, from: &inputStart, to: inputEnd, room: .max, into: &collected)
    } catch {
      bodyHasFailed(error)
      return true
    }
    if exchange.body?.isDone == true {
      var request = request
      var bytes: [UInt8] = []
      swap(&bytes, &collected)
      request.body = .bytes(bytes)
      answerInline(request, answer)
      return true
    }
    if peerHasEnded {
      bodyHasFailed(.fatal(.badRequest, "The body ends in the middle."))
      return true
    }
    return receive()
  }

  /// Moves what has arrived into the stream, while it has room.
  func feedStream() -> Bool {
    guard let stream = exchange.stream, exchange.body?.isDone == false else { return false }
    let room = stream.room(of: worker.configuration.bufferedBytes)
    guard room > 0 else { return false }
    if inputStart < inputEnd {
      do throws(HTTPError) {
        try stream.fill { (pending) throws(HTTPError) in
          try exchange.body?.take(input, from: &inputStart, to: inputEnd, room: room, into: &pending)
        }
      } catch {
        bodyHasFailed(error)
        return false
      }
      if exchange.body?.isDone == true {
        stream.finish()
        return false
      }
      if inputStart < inputEnd { return true }
    }
    if peerHasEnded {
      bodyHasFailed(.fatal(.badRequest, "The body ends in the middle."))
      return false
    }
    return receive()
  }

  /// A handler waits for more of the body.
  func bodyIsWanted() {
    sendContinue()
    pump()
  }

  /// Nothing more can come of the body.
  func bodyHasFailed(_ error: HTTPError) {
    exchange.keepsAlive = false
    if let stream = exchange.stream, !exchange.isAnswered {
      // The handler learns of it where it reads, and its answer is this error unless it knows better.
      stream.fail(error)
    } else if !exchange.isAnswered {
      collected = []
      answerFatally(error)
    } else {
      exchange.stream?.fail(error)
    }
  }
}

/// An answer that its task delivers as it comes.
struct PiecewiseAnswer {
  fileprivate let connection: Connection
  fileprivate let work: HandlerTask.Work
  fileprivate let response: Response

  func deliver() async {
    switch response.body {
    case .empty, .bytes: break
    case .stream(let length, let write):
      await connection.deliver(response, length: length, for: work.exchange, work.request, write)
    case .webSocket(let upgrade): await connection.runWebSocket(upgrade, response, for: work.exchange)
    }
  }
}

extension Handler {
  var isInline: Bool { if case .inline = kind { true } else { false } }
}
