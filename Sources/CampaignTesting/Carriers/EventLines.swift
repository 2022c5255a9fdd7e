import CampaignKit
import Locks
internal import WebServer

/// The WebSockets on which a ``ScriptedCarrier`` tells what happens, the last of each application.
///
/// What is told on one arrives in the order in which it happened, as it does over a connection: one event that is late
/// makes all behind it late.
final class EventLines: Sendable {
  /// An event that is on its way.
  struct Told: Sendable {
    var text: String
    /// The call that it is about.
    var call: Int
    var due: Timestamp
  }

  private struct Line {
    let number: Int
    let socket: WebSocket
    let wake: AsyncStream<Void>.Continuation
    var waiting: [Told] = []
  }

  private struct State {
    var lines: [String: Line] = [:]
    var lastNumber = 0
  }

  private let state = Locked(State())
  private let clock: any EngineClock
  /// Is told of each event that has arrived or is lost.
  private let settled: @Sendable (Told, _ isLost: Bool) -> Void

  init(clock: any EngineClock, settled: @escaping @Sendable (Told, _ isLost: Bool) -> Void) {
    self.clock = clock
    self.settled = settled
  }

  /// Tells an application what happens, as long as it listens.
  func serve(_ application: String, on socket: WebSocket) async throws {
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self)
    let (number, former) = state.withLock { state in
      state.lastNumber += 1
      let former = state.lines.updateValue(
        Line(number: state.lastNumber, socket: socket, wake: wake), forKey: application)
      return (state.lastNumber, former)
    }
    if let former {
      former.socket.offer(.text(#"{"type":"ApplicationReplaced","application":"\#(application)"}"#))
      end(former)
    }
    defer { remove(number, of: application) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.send(number, application, socket, wakes) }
      group.addTask { for try await _ in socket {} }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func send(
    _ number: Int, _ application: String, _ socket: WebSocket, _ wakes: AsyncStream<Void>
  ) async throws {
    for await _ in wakes {
      while let next = first(of: application, number) {
        let wait = next.due - clock.now()
        if wait > .zero { await clock.wait(for: wait) }
        // It counts as lost as long as it waits.
        guard first(of: application, number) != nil else { return }
        try await socket.send(next.text)
        state.withLock { state in
          if state.lines[application]?.number == number { state.lines[application]?.waiting.removeFirst() }
        }
        settled(next, false)
      }
    }
  }

  private func first(of application: String, _ number: Int) -> Told? {
    state.withLock { state in
      state.lines[application].flatMap { $0.number == number ? $0.waiting.first : nil }
    }
  }

  /// Tells an application of an event, later than what it was told before; false if nobody listens.
  func tell(_ application: String, _ text: String, of call: Int, after delay: Duration) -> Bool {
    let now = clock.now()
    let wake = state.withLock { state -> AsyncStream<Void>.Continuation? in
      guard let line = state.lines[application] else { return nil }
      let due = max(now + delay, line.waiting.last?.due ?? now)
      state.lines[application]?.waiting.append(Told(text: text, call: call, due: due))
      return line.wake
    }
    wake?.yield()
    return wake != nil
  }

  /// Cuts every connection. What was on its way is lost.
  func cut() {
    let lines = state.withLock { state in
      defer { state.lines = [:] }
      return Array(state.lines.values)
    }
    for line in lines { end(line) }
  }

  private func end(_ line: Line) {
    line.wake.finish()
    line.socket.close(.goingAway)
    for told in line.waiting { settled(told, true) }
  }

  private func remove(_ number: Int, of application: String) {
    let line = state.withLock { state in
      state.lines[application]?.number == number ? state.lines.removeValue(forKey: application) : nil
    }
    if let line { end(line) }
  }
}
