/// One client, from its arrival to its end.
///
/// The connection is a state machine that the loop drives: `ready` says that the socket can go on, `pump` takes what
/// has arrived as far as it goes, and `roundEnded` writes what has gathered. One request is answered at a time, in
/// order; what a client sends ahead waits in the system's buffer.
///
/// `@unchecked`: everything is touched on the loop's thread. Handlers run elsewhere only until they return, and reach
/// the connection through `BodyStream` and `AnswerStream`, which go to the loop first.
final class Connection: Watched, @unchecked Sendable {
  enum Phase {
    /// Between requests, or in the middle of a head.
    case reading
    /// The body is gathered for a handler that waits for nothing.
    indirect case collecting(Request, @Sendable (Request) throws -> Response)
    /// A task has the request.
    case handling
    /// The last answer is on its way out.
    case closing
    /// The answer is out; the client is given time to read it.
    case lingering
    case webSocket(WebSocketDriver)
    case closed
  }

  /// The request that is being answered.
  struct Exchange {
    var number = 0
    var head: RequestHead?
    var begin = Moment(nanoseconds: 0)
    var body: BodyReceiver?
    var stream: BodyStream?
    var task: HandlerTask?
    /// What an answer without end needs, and when its last byte was written.
    var live: LiveStream?
    var lastWrite = Moment(nanoseconds: 0)
    /// What words the answers to errors that no handler throws.
    var errorAnswers: ErrorAnswers?
    /// Whether the client waits for a word before it sends the body.
    var owesContinue = false
    /// Whether the head of the answer is written.
    var isAnswered = false
    var status = Status.ok
    var keepsAlive = true

    /// Makes ready for the next request; field by field, since most of them are empty.
    mutating func end() {
      head = nil
      if body != nil { body = nil }
      if stream != nil { stream = nil }
      if task != nil { task = nil }
      if live != nil { live = nil }
      if errorAnswers != nil { errorAnswers = nil }
      owesContinue = false
      isAnswered = false
      status = .ok
      keepsAlive = true
    }
  }

  let loop: EventLoop
  let worker: Worker
  let peer: SocketAddress
  let socket: Socket

  // What every request touches dozens of times is not watched for overlapping accesses, which took 3 % of its time.
  // There are none: everything is on one thread, and while one of these is lent out as inout, nobody runs who touches
  // the same one. Parsers, decoders and system calls do not know the connection; a WebSocket's reader has `inputStart`
  // and writes to `output` alone; tasks that are woken run later.
  @exclusivity(unchecked) var phase = Phase.reading
  @exclusivity(unchecked) var exchange = Exchange()
  @exclusivity(unchecked) var parser: RequestParser

  /// What has arrived; empty while there is nothing, so that an idle connection has no buffer.
  @exclusivity(unchecked) var input: [UInt8] = []
  @exclusivity(unchecked) var inputStart = 0
  @exclusivity(unchecked) var inputEnd = 0

  /// The body as far as it is gathered for a handler that waits for nothing.
  var collected: [UInt8] = []

  /// What is to be written.
  @exclusivity(unchecked) var output: [UInt8] = []
  @exclusivity(unchecked) var outputStart = 0
  /// The content of a large answer, which follows the output and is not copied into it. A thousand clients that read
  /// the same answer slowly share its bytes.
  @exclusivity(unchecked) var tail: [UInt8] = []
  @exclusivity(unchecked) private var tailStart = 0

  /// Whether the socket may have something to read, and may take something.
  private var canRead = false
  private(set) var canWrite = true
  private(set) var seesEnd = false
  /// The client will send no more.
  private(set) var peerHasEnded = false
  private var isPumping = false
  private var writesAtRoundEnd = false
  private var roomWaiter: UnsafeContinuation<Bool, Never>?

  /// Since when the connection has been in its phase.
  var phaseBegin: Moment
  var readWatch = RateWatch()
  var writeWatch = RateWatch()
  var lingeredBytes = 0
  /// Kept until the connection is closed, since a socket that closes is no longer in its phase.
  var webSocket: WebSocketDriver?
  var idleEnd = Moment(nanoseconds: .max)

  init(_ socket: Socket, peer: SocketAddress, worker: Worker) {
    self.socket = socket
    self.peer = peer
    self.worker = worker
    loop = worker.loop
    parser = RequestParser(limits: worker.configuration.parsing)
    phaseBegin = worker.loop.now
    worker.counters.accepted.add()
  }

  var descriptor: Int32 { socket.descriptor }

  var isClosed: Bool { if case .closed = phase { true } else { false } }

  // MARK: What the loop tells

  func ready(_ readiness: Readiness) {
    guard !isClosed else { return }
    if readiness.contains(.ended) { seesEnd = true }
    if readiness.contains(.readable) { canRead = true }
    if readiness.contains(.broken) || seesEnd && exchange.live != nil { return close() }
    if readiness.contains(.writable), !canWrite {
      canWrite = true
      flush()
    }
    pump()
  }

  func roundEnded() {
    writesAtRoundEnd = false
    guard !isClosed else { return }
    flush()
    pump()
  }

  // MARK: Reading

  /// Takes what has arrived as far as it goes.
  func pump() {
    guard !isPumping else { return }
    isPumping = true
    defer { isPumping = false }
    while true {
      while step() {}
      guard case .reading = phase, backlog > 0 else { break }
      // Everything that was sent ahead is answered. Written now and not when the round is over, the client can go on
      // while others are served. A client that was too far behind for further answers may have caught up by it.
      let wasFull = isFull
      flush()
      guard wasFull, !isFull else { break }
    }
    if case .reading = phase { releaseInputIfIdle() }
  }

  /// Whether so much waits to be written that no further request is looked at.
  private var isFull: Bool { !tail.isEmpty || backlog >= worker.configuration.bufferedBytes }

  /// Bytes that wait to be written.
  var backlog: Int { output.count - outputStart + tail.count - tailStart }

  /// Makes one step; false when there is nothing to do until something happens.
  private func step() -> Bool {
    switch phase {
    case .reading: return !isFull && readHead()
    case .collecting(let request, let body): return collect(request, body)
    case .handling: return feedStream()
    case .lingering: return linger()
    case .webSocket(let driver): return readFrames(driver)
    case .closing, .closed: return false
    }
  }

  private func readHead() -> Bool {
    if inputStart < inputEnd {
      let hadBegun = parser.hasBegun
      do throws(HTTPError) {
        if let length = try parser.parse(input, from: inputStart, to: inputEnd) {
          beginExchange(headLength: length)
          return true
        }
      } catch {
        worker.counters.malformed.add()
        answerFatally(error)
        return false
      }
      if !hadBegun { phaseBegin = loop.now }
    }
    if peerHasEnded {
      guard inputStart < inputEnd else {
        endAfterOutput()
        return false
      }
      answerFatally(.fatal(.badRequest, "The request ends in the middle."))
      return false
    }
    return receive()
  }

  /// Reads once; false when there was nothing, or the connection has ended.
  func receive() -> Bool {
    guard canRead, !peerHasEnded, !isClosed else { return false }
    makeRoom()
    switch socket.receive(into: &input, from: inputEnd) {
    case .bytes(0):
      canRead = false
      peerHasEnded = true
      return true
    case .bytes(let count):
      inputEnd += count
      readWatch.add(count)
      worker.counters.received.add(count)
      // A read that did not fill the buffer has emptied the socket; another would only say so.
      if inputEnd < input.count, !seesEnd { canRead = false }
      return true
    case .wouldBlock:
      canRead = false
      return false
    case .failed:
      close()
      return false
    }
  }

  /// Makes room behind what has arrived: in a buffer of the pool, at its start, or in one of twice the size.
  ///
  /// What is in the buffer is bounded by the limits of whoever reads it.
  private func makeRoom() {
    if input.isEmpty {
      input = loop.takeBuffer()
      inputStart = 0
      inputEnd = 0
    }
    if inputStart == inputEnd {
      inputStart = 0
      inputEnd = 0
    }
    guard inputEnd == input.count else { return }
    if inputStart > 0 {
      // Places in the buffer count from the start of the request, so moving it is safe.
      input.removeSubrange(0..<inputStart)
      inputEnd -= inputStart
      inputStart = 0
    }
    let room = inputEnd < EventLoop.bufferSize ? EventLoop.bufferSize - inputEnd : inputEnd
    input.append(contentsOf: repeatElement(0, count: room))
  }

  func releaseInputIfIdle() {
    guard inputStart == inputEnd, !input.isEmpty else { return }
    var spare: [UInt8] = []
    swap(&spare, &input)
    inputStart = 0
    inputEnd = 0
    loop.giveBack(spare)
  }

  // MARK: Writing

  /// Asks for a write when the round is over, so that the answers to a batch go out together.
  func writeSoon() {
    guard !writesAtRoundEnd, !isClosed else { return }
    writesAtRoundEnd = true
    loop.atRoundEnd(self)
  }

  /// Gives what is to be written an array with room.
  func prepareOutput() {
    if output.capacity == 0 { output = loop.takeOutput() }
  }

  func flush() {
    while canWrite, backlog > 0, !isClosed {
      let isTail = outputStart == output.count
      switch isTail ? socket.send(tail, from: tailStart) : socket.send(output, from: outputStart) {
      case .bytes(let count):
        if isTail { tailStart += count } else { outputStart += count }
        writeWatch.add(count)
        worker.counters.sent.add(count)
        let isPart = isTail ? tailStart < tail.count : outputStart < output.count
        if isPart { canWrite = false }
      case .wouldBlock: canWrite = false
      case .failed: return close()
      }
    }
    guard !isClosed else { return }
    if backlog == 0 {
      releaseOutput()
      if case .closing = phase { beginLingering() }
    } else if outputStart > 1 << 20 {
      output.removeSubrange(0..<outputStart)
      outputStart = 0
    }
    webSocket?.wrote(leaving: backlog)
    if backlog < max(1, worker.configuration.bufferedBytes / 2) { tellRoom(true) }
  }

  private func releaseOutput() {
    outputStart = 0
    tailStart = 0
    tail = []
    guard output.capacity > 0 else { return }
    var spare: [UInt8] = []
    swap(&spare, &output)
    loop.giveBackOutput(spare)
  }

  /// Whether an exchange can go on writing; waits while too much is waiting to be written.
  func hasRoom(for number: Int) async -> Bool {
    guard backlog >= worker.configuration.bufferedBytes else { return true }
    flush()
    guard backlog >= worker.configuration.bufferedBytes / 2 else { return isAnswering(number) }
    guard !isClosed, roomWaiter == nil else { return false }
    return await withTaskCancellationHandler {
      await withUnsafeContinuation { roomWaiter = $0 }
    } onCancel: {
      loop.execute { if self.exchange.number == number { self.tellRoom(false) } }
    }
  }

  func tellRoom(_ hasRoom: Bool) {
    let waiting = roomWaiter
    roomWaiter = nil
    waiting?.resume(returning: hasRoom)
  }
}
