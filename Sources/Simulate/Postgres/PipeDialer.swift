import CampaignKit
import Foundation
import JSON
import Locks

/// A dialer whose carrier is the parent of this process, at the other end of the standard input and output.
final class PipeDialer: Dialer {
  private struct State {
    var last = 0
    var asked: [Int: CheckedContinuation<CarrierReply, Never>] = [:]
    var events: [CallEvent] = []
    var reader: CheckedContinuation<Void, Never>?
  }

  let name = "parent"
  let capabilities = DialerCapabilities(longestRequest: .seconds(2))
  private let state = Locked(State())

  /// Hands on what comes in, on a thread of its own; the process ends when nothing more will.
  func start() {
    let thread = Thread { [self] in
      var reader = LineReader()
      while true {
        let data = FileHandle.standardInput.availableData
        if data.isEmpty { exit(0) }
        for line in reader.lines(data) {
          guard let reply = try? JSONValue(parsing: Array(line)).decode(CarrierReply.self) else { exit(3) }
          take(reply)
        }
      }
    }
    thread.start()
  }

  private func take(_ reply: CarrierReply) {
    if let number = reply.number {
      state.withLock { $0.asked.removeValue(forKey: number) }?.resume(returning: reply)
      return
    }
    let reader = state.withLock { state in
      state.events += (reply.events ?? []).map(\.event)
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume()
  }

  private func ask(_ make: (Int) -> CarrierRequest) async throws(DialerError) -> CarrierReply {
    let request = make(
      state.withLock { state in
        state.last += 1
        return state.last
      })
    let reply = await withCheckedContinuation { continuation in
      // The lock keeps the lines of two requests apart.
      state.withLock { state in
        state.asked[request.number] = continuation
        guard let line = try? LineReader.line(request) else { return }
        try? FileHandle.standardOutput.write(contentsOf: Data(line))
      }
    }
    guard let error = reply.error else { return reply }
    throw DialerError(error == "uncertain" ? .uncertain : .unavailable, "the parent says so")
  }

  func place(_ order: CallOrder) async throws(DialerError) -> String {
    guard SystemTime().now() < order.placeBy else { throw DialerError(.unavailable, "the time of the order is over") }
    return try await ask { CarrierRequest($0, order) }.reference ?? ""
  }

  func hangUp(_ call: CallReference) async throws(DialerError) {
    _ = try await ask { CarrierRequest($0, .hangUp, call) }
  }

  func lookUp(_ call: CallReference) async throws(DialerError) -> CallFindings {
    guard let events = try await ask({ CarrierRequest($0, .lookUp, call) }).events else { return .absent }
    return .found(events.map(\.event))
  }

  func connect(_ call: CallReference, to agent: Agent) async throws(DialerError) {
    throw DialerError(.invalidOrder, "there are no agents here")
  }

  func events() -> CallEvents {
    CallEvents(batches: { [self] most in
      while true {
        let (events, mustWait): ([CallEvent], Bool) = state.withLock { state in
          let events = Array(state.events.prefix(most))
          state.events.removeFirst(events.count)
          return (events, events.isEmpty)
        }
        guard mustWait else { return events }
        await withCheckedContinuation { continuation in
          let isThere = state.withLock { state in
            if state.events.isEmpty { state.reader = continuation }
            return !state.events.isEmpty
          }
          if isThere { continuation.resume() }
        }
      }
    })
  }
}
