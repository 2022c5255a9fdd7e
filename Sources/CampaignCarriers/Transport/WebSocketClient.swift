import Dispatch
import Foundation
import Locks
import WebSocketFrames

/// Opens WebSockets over sockets of this machine, without TLS.
///
/// Foundation's own `URLSessionWebSocketTask`, which has TLS, is left alone: on Linux it works only where libcurl was built
/// with WebSockets, which many are not.
public struct SocketTransport: EventSocketTransport {
  /// How sockets are opened and read.
  public struct Configuration: Sendable {
    /// How long each address of the host, and then its answer, is waited for; 10 seconds unless told otherwise.
    public var timeout = Duration.seconds(10)
    /// The most bytes of a message; 1 MiB unless told otherwise.
    public var maximumMessageBytes = 1 << 20
    /// The most messages that wait to be read, before the other side has to wait; 1,024 unless told otherwise.
    public var maximumUnread = 1024
    /// The most bytes that wait to be read, before the other side has to wait; 4 MiB unless told otherwise. One message
    /// may go beyond it, and what has arrived with it.
    public var maximumUnreadBytes = 4 << 20

    /// Creates a configuration with the defaults.
    public init() {}
  }

  private let configuration: Configuration

  /// Creates a transport.
  public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

  /// Opens a WebSocket.
  public func open(_ url: String, fields: [String: String]) async throws(HTTPTransportError) -> any EventSocket {
    var random = SystemRandomNumberGenerator()
    let opening = try WebSocketOpening(
      url, fields: fields, key: (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
    let configuration = configuration
    let result = await withCheckedContinuation { continuation in
      // Looking up a name and waiting for a connection hold a thread, which must be none of the tasks'.
      Thread.detachNewThread { continuation.resume(returning: Self.connect(opening, configuration)) }
    }
    let client = try result.get()
    guard !Task.isCancelled else {
      client.close()
      throw HTTPTransportError(.uncertain, "the connection was given up")
    }
    return client
  }

  private static func connect(
    _ opening: WebSocketOpening, _ configuration: Configuration
  ) -> Result<WebSocketClient, HTTPTransportError> {
    let limit = Int32(clamping: Int64(configuration.timeout / .milliseconds(1)))
    do throws(HTTPTransportError) {
      let socket = try ClientSocket(host: opening.host, port: opening.port, milliseconds: limit)
      do throws(HTTPTransportError) {
        let rest = try shakeHands(opening, socket, configuration.timeout)
        return .success(WebSocketClient(socket, configuration, alreadyRead: rest))
      } catch {
        socket.close()
        throw error
      }
    } catch {
      return .failure(error)
    }
  }

  /// Asks for the WebSocket; returns what came behind the answer.
  private static func shakeHands(
    _ opening: WebSocketOpening, _ socket: ClientSocket, _ timeout: Duration
  ) throws(HTTPTransportError) -> [UInt8] {
    let lost = HTTPTransportError(.uncertain, "the connection was lost")
    let deadline = ContinuousClock.now + timeout
    guard socket.write(opening.request, within: Int32(clamping: Int64(timeout / .milliseconds(1)))) else { throw lost }
    var answer: [UInt8] = []
    while true {
      let left = Int32(clamping: Int64((deadline - ContinuousClock.now) / .milliseconds(1)))
      guard left > 0 else { throw HTTPTransportError(.uncertain, "there was no answer in time") }
      switch socket.read(within: left) {
      case .nothing: continue
      case .end: throw lost
      case .bytes(let bytes): answer += bytes
      }
      if let end = try opening.read(answer) { return Array(answer[end...]) }
    }
  }
}

/// The client's side of a WebSocket.
///
/// Its socket is read and written on one queue, which is told when something has arrived.
final class WebSocketClient: EventSocket {
  private struct State {
    var unread: UnreadMessages
    var waiter: CheckedContinuation<EventSocketMessage?, Never>?
    var arrivals = 0
    /// Whether nothing is read, as too much waits.
    var isPaused = false
    var isOver = false
  }

  private let state: Locked<State>
  private let queue = DispatchQueue(label: "websocket")
  private let socket: ClientSocket
  /// Unsafe by its type alone: a source may be resumed, suspended and cancelled from any thread.
  private nonisolated(unsafe) let source: any DispatchSourceRead
  private let reader: Locked<WebSocketReader>

  init(_ socket: ClientSocket, _ configuration: SocketTransport.Configuration, alreadyRead: [UInt8]) {
    self.socket = socket
    state = Locked(
      State(
        unread: UnreadMessages(
          mostMessages: configuration.maximumUnread, mostBytes: configuration.maximumUnreadBytes)))
    reader = Locked(WebSocketReader(role: .client, maximumMessageBytes: configuration.maximumMessageBytes))
    source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
    source.setCancelHandler { socket.close() }
    source.setEventHandler { [weak self] in self?.receive() }
    queue.async { self.take(alreadyRead) }
    source.resume()
  }

  deinit { close() }

  // MARK: From anywhere

  var arrivals: Int { state.withLock { $0.arrivals } }

  func ping(_ number: UInt64) { queue.async { self.send(.ping, Self.bytes(of: number)) } }

  func close() { finish(saying: .normal) }

  func next() async -> EventSocketMessage? {
    let message = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<EventSocketMessage?, Never>) in
        let now: EventSocketMessage?? = state.withLock { state in
          if let message = state.unread.take() { return .some(message) }
          if state.isOver || Task.isCancelled || state.waiter != nil { return .some(nil) }
          state.waiter = continuation
          return nil
        }
        if let now { continuation.resume(returning: now) }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.resume(returning: nil)
    }
    goOn()
    return message
  }

  /// Reads again when enough has been taken.
  private func goOn() {
    let isToGoOn = state.withLock { state in
      guard state.isPaused, !state.isOver, state.unread.isLow else { return false }
      state.isPaused = false
      return true
    }
    // On the queue, so that it comes after the pause.
    if isToGoOn { queue.async { self.source.resume() } }
  }

  // MARK: On the queue

  private func receive() {
    switch socket.read() {
    case .bytes(let bytes): take(bytes)
    case .nothing: break
    case .end: finish(saying: nil)
    }
  }

  private func take(_ bytes: [UInt8]) {
    var start = 0
    while true {
      let event: WebSocketReader.Event?
      do throws(WebSocketError) {
        event = try reader.withLock { reader throws(WebSocketError) in
          try reader.next(bytes, from: &start, to: bytes.count)
        }
      } catch {
        return finish(saying: error.code)
      }
      guard let event else { break }
      state.withLock { $0.arrivals += 1 }
      switch event {
      case .text(let text): deliver(.text(text))
      case .ping(let payload): send(.pong, payload)
      case .pong(let payload): if let number = Self.number(of: payload) { deliver(.pong(number)) }
      case .binary: break
      case .close(let code, _): return finish(saying: code ?? .normal)
      }
    }
    pauseIfFull()
  }

  private func deliver(_ message: EventSocketMessage) {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      if state.waiter == nil, !state.isOver { state.unread.put(message) }
      return state.waiter
    }
    waiter?.resume(returning: message)
  }

  private func pauseIfFull() {
    let isToPause = state.withLock { state in
      guard !state.isPaused, !state.isOver, state.unread.isFull else { return false }
      state.isPaused = true
      return true
    }
    if isToPause { source.suspend() }
  }

  /// What a ping holds that has a number.
  private static func bytes(of number: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }

  /// The number of a ping that is answered; nil for what was never asked.
  private static func number(of payload: [UInt8]) -> UInt64? {
    payload.count == 8 ? payload.reversed().reduce(0) { $0 << 8 | UInt64($1) } : nil
  }

  private func send(_ opcode: WebSocketOpcode, _ payload: [UInt8]) {
    guard !state.withLock({ $0.isOver }) else { return }
    var bytes: [UInt8] = []
    WebSocketFrame.append(opcode, payload, mask: .random(in: 1 ... .max), to: &bytes)
    if !socket.write(bytes, within: 5_000) { finish(saying: nil) }
  }

  /// Ends the connection, and says so to the other side if there is a code to say.
  private func finish(saying code: WebSocketCloseCode?) {
    let (isFirst, waiter, wasPaused) = state.withLock { state in
      defer {
        state.isOver = true
        state.waiter = nil
      }
      return (!state.isOver, state.waiter, state.isPaused)
    }
    waiter?.resume(returning: nil)
    guard isFirst else { return }
    let socket = socket
    // Unsafe by its type alone, as the property is.
    nonisolated(unsafe) let source = source
    // Without `self`, which may be on its way out.
    queue.async {
      if let code {
        var bytes: [UInt8] = []
        WebSocketFrame.appendClose(code.maySend ? code : .normal, mask: .random(in: 1 ... .max), to: &bytes)
        _ = socket.write(bytes, within: 1_000)
      }
      // A source that is paused cannot be let go.
      if wasPaused { source.resume() }
      source.cancel()
    }
  }
}
