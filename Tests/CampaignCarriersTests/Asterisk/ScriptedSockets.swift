import CampaignCarriers
import CampaignKit
import Locks

/// WebSockets without a network: a test says what comes over them.
final class ScriptedSockets: EventSocketTransport {
  /// Whether what is opened is closed at once.
  private let closesAtOnce: Bool
  private let state = Locked<(all: [ScriptedSocket], isSilent: Bool)>(([], false))

  init(closesAtOnce: Bool = false) { self.closesAtOnce = closesAtOnce }

  /// All that were opened.
  var opened: [ScriptedSocket] { state.withLock { $0.all } }

  func open(_ url: String, fields: [String: String]) async throws(HTTPTransportError) -> any EventSocket {
    let socket = ScriptedSocket()
    state.withLock { $0.all.append(socket) }
    if closesAtOnce { socket.close() }
    return socket
  }
}

final class ScriptedSocket: EventSocket {
  private struct State {
    var waiting: [EventSocketMessage] = []
    var waiter: CheckedContinuation<EventSocketMessage?, Never>?
    var arrivals = 0
    var isSilent = false
    var isOver = false
  }

  private let state = Locked(State())

  /// While it is silent nothing comes, as on a connection that is dead and of which nobody knows it.
  func setSilent(_ isSilent: Bool) { state.withLock { $0.isSilent = isSilent } }

  func say(_ text: String) { deliver(.text(text)) }
  func ping(_ number: UInt64) { deliver(.pong(number)) }
  var arrivals: Int { state.withLock { $0.arrivals } }

  private func deliver(_ message: EventSocketMessage) {
    let waiter: CheckedContinuation<EventSocketMessage?, Never>? = state.withLock { state in
      guard !state.isSilent, !state.isOver else { return nil }
      state.arrivals += 1
      if state.waiter == nil { state.waiting.append(message) }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: message)
  }

  func next() async -> EventSocketMessage? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let now: EventSocketMessage?? = state.withLock { state in
          if !state.waiting.isEmpty { return .some(state.waiting.removeFirst()) }
          if state.isOver || Task.isCancelled { return .some(nil) }
          state.waiter = continuation
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      end(isOver: false)
    }
  }

  func close() { end(isOver: true) }

  private func end(isOver: Bool) {
    state.withLock { state in
      defer { state.waiter = nil }
      state.isOver = state.isOver || isOver
      return state.waiter
    }?.resume(returning: nil)
  }
}
