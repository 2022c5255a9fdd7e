import Synchronization
import WebSocketFrames

/// The server's side of a WebSocket on a connection.
///
/// `@unchecked`: but for `queued` and `isOver`, which are atomic, everything is touched on the loop's thread.
final class WebSocketDriver: @unchecked Sendable {
  private let connection: Connection
  private let exchange: Int
  private let configuration: WebSocketConfiguration
  private let loop: EventLoop
  private var reader: WebSocketReader

  private var received: [WebSocketMessage] = []
  /// Messages at the front of `received` that have been handed out.
  private var handedOut = 0
  private var receivedBytes = 0
  private var waiter: UnsafeContinuation<Void, Never>?

  private var closeBegin: Moment?
  /// What is answered to the client's close frame, or to its mistake, once the handler has had every message before.
  private var answerToEnd: (code: WebSocketCloseCode?, reason: String)?
  private var readEnd: Moment?
  private var lastHeard: Moment
  private var lastPing: Moment

  /// Bytes of offers that the loop has not taken yet, and of output that is not written.
  private let queued = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  /// The part of `queued` that is in the connection's output.
  private var unwritten = 0

  init(_ connection: Connection, exchange: Int, configuration: WebSocketConfiguration) {
    self.connection = connection
    self.exchange = exchange
    self.configuration = configuration
    loop = connection.loop
    reader = WebSocketReader(role: .server, maximumMessageBytes: configuration.maximumMessageBytes)
    lastHeard = loop.now
    lastPing = loop.now
  }

  // MARK: From anywhere

  func send(_ message: WebSocketMessage) async throws {
    guard loop.isCurrent else { return try await loop.run { try await self.send(message) } }
    try Task.checkCancellation()
    guard canSend else { throw ConnectionClosed() }
    append(message)
    guard await connection.hasRoom(for: exchange) else {
      try Task.checkCancellation()
      throw ConnectionClosed()
    }
  }

  func offer(_ message: WebSocketMessage) -> Bool {
    guard !isOver.load(ordering: .relaxed) else { return false }
    let size = message.byteCount + 16
    let (_, total) = queued.wrappingAdd(size, ordering: .relaxed)
    guard total <= configuration.queuedBytes else {
      queued.wrappingSubtract(size, ordering: .relaxed)
      if configuration.slowReader == .isClosed {
        loop.execute { self.giveUp() }
      }
      return false
    }
    loop.execute {
      if self.canSend {
        self.append(message)
        // It counts until it is written.
        self.unwritten += size
      } else {
        self.queued.wrappingSubtract(size, ordering: .relaxed)
      }
    }
    return true
  }

  /// Something was written, and so many bytes are left.
  func wrote(leaving count: Int) {
    let written = unwritten - min(unwritten, count)
    guard written > 0 else { return }
    unwritten -= written
    queued.wrappingSubtract(written, ordering: .relaxed)
  }

  func closeFromOutside(_ code: WebSocketCloseCode, reason: String) {
    let code = code.maySend ? code : .normal
    // A handler that ends right after it is not ahead of what it closes with.
    guard !loop.isCurrent else { return close(code, reason: reason) }
    loop.execute { self.close(code, reason: reason) }
  }

  func next() async throws -> WebSocketMessage? {
    guard loop.isCurrent else { return try await loop.run { try await self.next() } }
    while true {
      if handedOut < received.count {
        let message = received[handedOut]
        handedOut += 1
        receivedBytes -= message.byteCount
        if handedOut == received.count {
          received.removeAll(keepingCapacity: received.capacity <= 64)
          handedOut = 0
        }
        connection.pump()
        return message
      }
      answerEnd()
      if isOver.load(ordering: .relaxed) || readEnd != nil { return nil }
      guard waiter == nil else { throw HTTPError(.internalServerError, "Two tasks read one WebSocket.") }
      await withTaskCancellationHandler {
        await withUnsafeContinuation { waiter = $0 }
      } onCancel: {
        loop.execute { self.wake() }
      }
      if handedOut == received.count, !isOver.load(ordering: .relaxed) { try Task.checkCancellation() }
    }
  }

  // MARK: On the loop

  private var canSend: Bool {
    closeBegin == nil && !isOver.load(ordering: .relaxed) && connection.isAnswering(exchange)
  }

  private func wake() {
    let waiting = waiter
    waiter = nil
    waiting?.resume()
  }

  private func append(_ message: WebSocketMessage) {
    connection.prepareOutput()
    switch message {
    case .text(let text): WebSocketFrame.append(.text, text.utf8, to: &connection.output)
    case .binary(let bytes): WebSocketFrame.append(.binary, bytes, to: &connection.output)
    }
    connection.writeSoon()
  }

  /// Whether more may be read now.
  var hasRoom: Bool {
    readEnd == nil && receivedBytes < configuration.receivedBytes && received.count - handedOut < 4096
  }

  /// Reads what has arrived, up to the next message; false when nothing more can be read now.
  func read(_ bytes: [UInt8], from start: inout Int, to end: Int) -> Bool {
    lastHeard = loop.now
    do throws(WebSocketError) {
      guard let event = try reader.next(bytes, from: &start, to: end) else { return true }
      take(event)
    } catch {
      start = end
      hasRead(end: error.code, reason: error.description)
    }
    return readEnd == nil
  }

  /// Nothing more will be read. The answer waits for a handler that has messages left, but not for one that has none.
  private func hasRead(end code: WebSocketCloseCode?, reason: String) {
    readEnd = loop.now
    answerToEnd = (code, reason)
    if closeBegin != nil || handedOut == received.count && waiter != nil { answerEnd() }
    wake()
  }

  private func answerEnd() {
    guard let answer = answerToEnd else { return }
    answerToEnd = nil
    close(answer.code, reason: answer.reason)
    connection.endAfterOutput()
  }

  private func take(_ event: WebSocketReader.Event) {
    switch event {
    case .text(let text): receive(.text(text))
    case .binary(let bytes): receive(.binary(bytes))
    case .ping(let payload):
      guard canSend else { return }
      connection.prepareOutput()
      WebSocketFrame.append(.pong, payload, to: &connection.output)
      connection.writeSoon()
    case .pong: break
    case .close(let code, _):
      hasRead(end: code, reason: "")
    }
  }

  private func receive(_ message: WebSocketMessage) {
    // After this side has closed, what still arrives is for nobody.
    guard closeBegin == nil else { return }
    received.append(message)
    receivedBytes += message.byteCount
    wake()
  }

  /// The handler has ended.
  func handlerHasEnded(_ code: WebSocketCloseCode) {
    answerEnd()
    close(code, reason: "")
  }

  func close(_ code: WebSocketCloseCode?, reason: String) {
    guard closeBegin == nil, connection.isAnswering(exchange) else { return }
    closeBegin = loop.now
    connection.prepareOutput()
    WebSocketFrame.appendClose(code, reason: reason, to: &connection.output)
    connection.writeSoon()
  }

  private func giveUp() {
    guard closeBegin == nil else { return }
    close(.policyViolation, reason: "Too slow.")
    connection.endAfterOutput()
    finish()
  }

  /// The connection has gone, in whatever way.
  func connectionHasClosed() { finish() }

  private func finish() {
    guard !isOver.exchange(true, ordering: .relaxed) else { return }
    connection.worker.counters.webSocketsClosed.add()
    wake()
  }

  func peerHasEnded() {
    finish()
    connection.endAfterOutput()
  }

  func tick(_ now: Moment) {
    if let begin = closeBegin ?? readEnd {
      if now.since(begin) >= configuration.closeTimeout.nanoseconds { connection.close() }
      return
    }
    // While the handler is behind, nothing is read, and a client that is told to wait is not silent.
    guard hasRoom else { return lastHeard = now }
    let silence = now.since(lastHeard)
    if silence >= configuration.idleTimeout.nanoseconds {
      connection.close()
    } else if silence >= configuration.pingInterval.nanoseconds,
      now.since(lastPing) >= configuration.pingInterval.nanoseconds
    {
      lastPing = now
      connection.prepareOutput()
      WebSocketFrame.append(.ping, [], to: &connection.output)
      connection.writeSoon()
    }
  }
}

extension Connection {
  /// Turns the connection into a WebSocket and has the conversation; runs in the handler's task.
  func runWebSocket(_ upgrade: WebSocketUpgrade, _ response: Response, for number: Int) async {
    guard appendUpgrade(response) else { return }
    worker.counters.webSockets.add()
    let driver = WebSocketDriver(self, exchange: number, configuration: upgrade.configuration)
    webSocket = driver
    enter(.webSocket(driver))
    writeSoon()
    if worker.isDraining { driver.close(.goingAway, reason: "") }
    pump()
    do {
      try await upgrade.handler(WebSocket(driver: driver))
      driver.handlerHasEnded(.normal)
    } catch {
      driver.handlerHasEnded(.internalError)
    }
    pump()
  }

  /// Reads frames; false when there is nothing to do until something happens.
  func readFrames(_ driver: WebSocketDriver) -> Bool {
    guard driver.hasRoom else { return false }
    if inputStart < inputEnd { return driver.read(input, from: &inputStart, to: inputEnd) }
    if peerHasEnded {
      driver.peerHasEnded()
      return false
    }
    releaseInputIfIdle()
    return receive()
  }
}
