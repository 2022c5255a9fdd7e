import CampaignKit
import JSON
import Locks

/// A client that speaks Socket.IO, over a WebSocket or by asking again and again.
///
/// Nothing runs for a session between two requests: what happens meanwhile is read from the store when it asks.
final class SocketIOSession: Sendable {
  /// How often the server asks whether the client is there.
  static let pingInterval = Duration.seconds(25)
  /// How long the client may take to answer.
  static let pingTimeout = Duration.seconds(20)
  /// How many packets, and bytes of them, may wait for a client that does not ask for them.
  private static let mostWaiting = 256
  private static let mostWaitingBytes = 1 << 20

  private struct State {
    var live: LiveSession?
    /// The number of the last event that was told.
    var last: UInt64?
    /// Packets that wait to be told.
    var waiting: [String] = []
    var waitingBytes = 0
    var isClosed = false
    /// Whether a WebSocket is tried, or is what the client talks over by now.
    var hasSocket = false
    /// Rings when a packet waits, while a client asks.
    var bell: AsyncStream<Void>.Continuation?
    var seen: ContinuousClock.Instant
  }

  let sid: String
  /// The part of the network from which it comes.
  let network: String
  private let service: CampaignService
  /// How long the client may be silent.
  private let patience: Duration
  /// How long it may take to sign in.
  let signInWithin: Duration
  private let begin = ContinuousClock.now
  /// Whoever the fields of the first request named.
  private let known: LiveSession?
  private let state: Locked<State>

  init(
    _ service: CampaignService, sid: String, network: String, known: LiveSession?, patience: Duration,
    signInWithin: Duration
  ) {
    self.service = service
    self.patience = patience
    self.signInWithin = signInWithin
    self.sid = sid
    self.network = network
    self.known = known
    state = Locked(State(seen: .now))
  }

  /// The packet with which the server begins.
  ///
  /// - Parameter upgrades: To which transports the client may go over.
  /// - Returns: The packet.
  func opening(upgrades: [JSONValue]) -> String {
    "0"
      + JSONValue.object([
        "sid": .string(sid), "upgrades": .array(upgrades),
        "pingInterval": .number(JSONNumber(Self.pingInterval.components.seconds * 1000)),
        "pingTimeout": .number(JSONNumber(Self.pingTimeout.components.seconds * 1000)), "maxPayload": 1_000_000,
      ]).serialized()
  }

  /// Whether the client has left, was not heard of for too long, or does not sign in.
  var isOver: Bool { isOver(at: .now) }

  func isOver(at now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      state.isClosed || state.seen.duration(to: now) > patience
        || state.live == nil && begin.duration(to: now) > signInWithin
    }
  }

  /// Whoever takes part, and the number of the last event they were told.
  var listener: (live: LiveSession, last: UInt64?)? {
    state.withLock { state in state.live.map { ($0, state.last) } }
  }

  /// Notes that an event was told.
  func told(_ event: LiveEvent) {
    guard let sequence = event.sequence else { return }
    state.withLock { $0.last = sequence }
  }

  /// Takes a packet of Engine.IO.
  ///
  /// - Returns: The packets that answer it.
  func take(_ packet: some StringProtocol) async -> [String] {
    state.withLock { $0.seen = .now }
    switch packet.utf8.first {
    case UInt8(ascii: "1"):
      close()
      return []
    case UInt8(ascii: "2"): return ["3" + packet.dropFirst()]
    case UInt8(ascii: "4"): return await take(SocketIOPacket(Substring(packet.dropFirst())))
    default: return []
    }
  }

  private func take(_ packet: SocketIOPacket?) async -> [String] {
    switch packet {
    case .connect(let auth): return [await connect(auth)]
    case .disconnect:
      close()
      return []
    case .event(let name, let data, let number):
      guard let live = listener?.live else { return [] }
      let answer = await live.take(name, data)
      if live.isOver { close() }
      if let number { return [SocketIOPacket.acknowledgement(number, answer)] }
      return answer.map { [SocketIOPacket.event($0)] } ?? []
    case nil: return []
    }
  }

  private func connect(_ auth: JSONObject) async -> String {
    var live: LiveSession?
    if let token = auth["token"]?.string {
      live = try? await service.session(token: token)
    } else if let known, (try? await known.confirm()) != nil {
      live = known
    }
    guard let live else { return SocketIOPacket.refused("unauthorized") }
    let last = auth["after"]?.int.map { UInt64(clamping: $0) }
    let now = try? await service.storage.lastEvent(of: live.account)
    state.withLock { state in
      state.live = live
      state.last = last ?? now
    }
    return SocketIOPacket.connected(sid)
  }

  func close() { state.withLock { $0.isClosed = true } }

  // MARK: Asking again and again

  /// Keeps packets until the client asks, or tells them if it does. A client that lets too many wait is given up.
  func keep(_ packets: [String]) {
    guard !packets.isEmpty else { return }
    state.withLock { state in
      state.waiting += packets
      state.waitingBytes += packets.reduce(0) { $0 + $1.utf8.count }
      if state.waiting.count > Self.mostWaiting || state.waitingBytes > Self.mostWaitingBytes {
        state.isClosed = true
        state.waiting = []
        state.waitingBytes = 0
      }
      state.bell?.yield()
    }
  }

  /// Begins an answer to a client that asks.
  ///
  /// - Returns: What has an element once packets wait; nil when another answer is under way.
  func beginPoll() -> AsyncStream<Void>? {
    state.withLock { state in
      state.seen = .now
      guard state.bell == nil else { return nil }
      let (bell, continuation) = AsyncStream.makeStream(of: Void.self)
      state.bell = continuation
      return bell
    }
  }

  func endPoll() {
    state.withLock { state in
      state.seen = .now
      state.bell = nil
    }
  }

  /// Begins to try a WebSocket; false when there is one.
  func beginUpgrade() -> Bool {
    state.withLock { state in
      defer { state.hasSocket = true }
      return !state.hasSocket
    }
  }

  func endUpgrade() { state.withLock { $0.hasSocket = false } }

  /// The packets that wait.
  func takeWaiting() -> [String] {
    state.withLock { state in
      defer {
        state.waiting = []
        state.waitingBytes = 0
      }
      return state.waiting
    }
  }
}
