// How a connection ends: when it was refused, when everything is written, at once, or because its time is over.
extension Connection {
  /// Turns a client away that is one too many.
  func refuse() {
    worker.counters.refused.add()
    var response = HTTPError(.serviceUnavailable, "Too many connections; come again.").response
    response.fields["Retry-After"] = "1"
    exchange.keepsAlive = false
    appendWhole(response)
    endAfterOutput()
  }

  /// Closes as soon as everything is written.
  func endAfterOutput() {
    enter(.closing)
    writeSoon()
  }

  /// Tells the client that nothing more will come, and goes on reading for a while: closing at once with unread
  /// bytes would take from it the answer that it has not read.
  func beginLingering() {
    guard !peerHasEnded else { return close() }
    socket.shutdownWriting()
    enter(.lingering)
    pump()
  }

  func linger() -> Bool {
    inputStart = inputEnd
    guard receive() else { return false }
    lingeredBytes += inputEnd - inputStart
    guard !peerHasEnded, lingeredBytes < 1 << 20 else {
      close()
      return false
    }
    return true
  }

  func enter(_ phase: Phase) {
    self.phase = phase
    phaseBegin = loop.now
  }

  /// Drops the connection without a word.
  func cut() {
    guard !isClosed else { return }
    socket.abandon()
    close()
  }

  func close() {
    guard !isClosed else { return }
    webSocket?.connectionHasClosed()
    webSocket = nil
    phase = .closed
    exchange.task?.cancel()
    exchange.stream?.detach()
    exchange = Exchange(number: exchange.number + 1)
    tellRoom(false)
    loop.unwatch(self)
    socket.close()
    input = []
    output = []
    tail = []
    worker.counters.closed.add()
    worker.census.leave()
  }

  // MARK: Time

  /// The server stops: finish what has begun.
  func drain() {
    switch phase {
    case .reading: idleEnd = loop.now.advanced(by: worker.times.shutdownIdle)
    case .webSocket(let driver): driver.close(.goingAway, reason: "")
    case .handling where exchange.live != nil: exchange.task?.cancel()
    default: break
    }
  }

  func tick(_ now: Moment) {
    if let end = worker.drainEnd, now >= end { return close() }
    if readWatch.isTooSlow(
      waiting: waitsForBody, now: now, minimum: worker.configuration.minimumBytesPerSecond,
      tolerance: worker.times.slow)
    {
      worker.counters.tooSlow.add()
      bodyHasFailed(.fatal(.requestTimeout, "The body comes too slowly."))
    }
    if writeWatch.isTooSlow(
      waiting: backlog > 0 && !canWrite, now: now,
      minimum: worker.configuration.minimumBytesPerSecond, tolerance: worker.times.slow)
    {
      worker.counters.tooSlow.add()
      socket.abandon()
      return close()
    }
    let elapsed = now.since(phaseBegin)
    switch phase {
    case .reading where backlog > 0:
      // The client is still busy with answers, and its time for the next request has not begun.
      phaseBegin = now
    case .reading where parser.hasBegun || inputStart < inputEnd:
      if elapsed >= worker.times.head {
        worker.counters.timedOut.add()
        answerFatally(.fatal(.requestTimeout, "The request took too long to arrive."))
      }
    case .reading:
      if elapsed >= (exchange.number == 0 ? worker.times.head : worker.times.idle) || now >= idleEnd {
        endAfterOutput()
      }
    case .handling where !exchange.isAnswered:
      if now.since(exchange.begin) >= worker.times.handler { handlerIsLate() }
    case .handling: remind(now)
    case .lingering:
      if elapsed >= worker.times.linger { close() }
    case .webSocket(let driver): driver.tick(now)
    case .collecting, .closing, .closed: break
    }
  }
}
