import CampaignKit
internal import Digests
internal import JSON
import Locks
internal import WebServer

/// A carrier of one's own on this machine: it plays the REST side of Twilio, SignalWire or Plivo, or a whole Asterisk,
/// from a script.
///
/// It is strict: what the real carrier would refuse it refuses, and so it does with every parameter that the carrier is
/// not known to have. It reports what happens to calls to a function, and things go wrong as ``WireFaults`` says. Its
/// ``books`` tell what really happened.
///
/// ```swift ignore
/// let carrier = ScriptedCarrier(.twilio) { callback in await handle(callback) }
/// let dialer = TwilioDialer(
///   account: carrier.account, credentials: .authToken(carrier.token), publicURL: publicURL,
///   baseURL: try carrier.start())
/// ```
public final class ScriptedCarrier: Sendable {
  private struct State: Sendable {
    var board: Switchboard
    var weather: WireWeather
    var orders: [Order] = []
    var requests = 0
    /// What follows calls, by their numbers.
    var lives: [Int: Task<Void, Never>] = [:]
    /// Calls and callbacks that are under way.
    var pending = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
    var server: Server?
    /// Where events are told, for a carrier that tells them.
    var lines: EventLines?
  }

  /// The carrier that is played.
  public let kind: Kind
  private let configuration: Configuration
  private let side: any WireSide
  private let tell: @Sendable (ScriptedCallback) async -> Void
  private let state: Locked<State>

  /// Creates a carrier.
  ///
  /// - Parameters:
  ///   - kind: The carrier that is played.
  ///   - configuration: How it behaves.
  ///   - tell: Is told what happens to calls, one callback of a call after the other where nothing goes wrong; see
  ///     ``CallbackPost`` for one that sends them over HTTP.
  public init(
    _ kind: Kind, _ configuration: Configuration = Configuration(),
    tell: @escaping @Sendable (ScriptedCallback) async -> Void
  ) {
    self.kind = kind
    self.configuration = configuration
    self.tell = tell
    let proof = Base64.standard.encode(Array("\(configuration.account):\(configuration.token)".utf8))
    let authorization = "Basic " + proof
    switch kind {
    case .plivo: side = PlivoSide(account: configuration.account, authorization: authorization)
    case .asterisk: side = AsteriskSide(authorization: authorization)
    case .twilio, .signalWire:
      side = TwilioSide(
        isSignalWire: kind == .signalWire, account: configuration.account, authorization: authorization)
    }
    state = Locked(
      State(
        board: Switchboard(naming: side.naming),
        weather: WireWeather(configuration.faults, seed: configuration.seed)))
  }

  /// The name of its only account.
  public var account: String { configuration.account }

  /// What proves who asks.
  public var token: String { configuration.token }

  /// What goes wrong from now on; it can be changed at any time.
  public var faults: WireFaults {
    get { state.withLock { $0.weather.faults } }
    set { state.withLock { $0.weather.faults = newValue } }
  }

  // MARK: Running

  /// Begins to listen on a port of this machine that is free.
  ///
  /// - Returns: What all addresses of its interface start with.
  /// - Throws: Why it cannot listen.
  public func start() throws -> String {
    var listening = WebServer.Configuration()
    listening.addresses = [.loopback(port: 0)]
    listening.loops = 1
    // A machine on which a whole suite of tests runs at once lets its clients wait for long.
    for patience in [\WebServer.Configuration.headTimeout, \.idleTimeout, \.handlerTimeout, \.slowTolerance] {
      listening[keyPath: patience] = .seconds(36_000)
    }
    listening.shutdownTimeout = .milliseconds(200)
    listening.shutdownIdleTimeout = .milliseconds(10)
    let handler = Handler { [weak self] request in
      guard let self else { throw ConnectionCut() }
      return try await self.answer(request)
    }
    let lines = EventLines(clock: configuration.clock) { [weak self] told, isLost in
      if isLost { self?.lose(told.call) }
      self?.finish()
    }
    state.withLock { $0.lines = lines }
    let server = Server(configuration: listening) { _ in handler }
    let address = try server.start().first
    state.withLock { $0.server = server }
    return "http://127.0.0.1:\(address?.port ?? 0)"
  }

  /// Stops to listen, and gives up all calls that go on.
  public func stop() async {
    let (server, lives) = state.withLock { state in
      defer { (state.server, state.lives) = (nil, [:]) }
      return (state.server, state.lives.values)
    }
    await server?.shutdown()
    for life in lives { life.cancel() }
  }

  /// Waits until no call goes on and every callback that comes at all has come.
  public func rest() async {
    await withCheckedContinuation { continuation in
      let isResting = state.withLock { state in
        if state.pending > 0 { state.waiters.append(continuation) }
        return state.pending == 0
      }
      if isResting { continuation.resume() }
    }
  }

  /// What really happened so far.
  public var books: Books {
    state.withLock { state in
      Books(
        calls: state.board.calls, orders: state.orders, requests: state.requests,
        connections: state.server?.metrics.acceptedConnections ?? 0)
    }
  }

  // MARK: Requests

  private func answer(_ original: Request) async throws -> Response {
    let request = try await WireRequest(original)
    if kind == .asterisk, request.path == "/ari/events" { return try listen(request, original) }
    let isOrder = side.isOrder(request)
    let order = isOrder ? Order(at: configuration.clock.now(), parameters: side.parameters(of: request)) : nil
    let (number, fate, slowness) = state.withLock { state in
      state.requests += 1
      if let order { state.orders.append(order) }
      return (state.orders.count - 1, state.weather.fate(isOrder: isOrder), state.weather.faults.slowness)
    }
    switch fate {
    case .answered: return response(to: request, number)
    case .throttled: return Self.response(side.throttled)
    case .failed(let isDone):
      if isDone { _ = response(to: request, number) }
      return .html("<html><body>Bad Gateway</body></html>", status: Status(502))
    case .reset(let isDone):
      if isDone { _ = response(to: request, number) }
      throw ConnectionCut()
    case .slow(let isDoneAtOnce):
      let early = isDoneAtOnce ? response(to: request, number) : nil
      await configuration.clock.wait(for: slowness)
      // A client that has given up meanwhile gets its call all the same.
      return early ?? response(to: request, number)
    }
  }

  /// Does what a request asks for.
  ///
  /// - Parameters:
  ///   - request: The request.
  ///   - order: Where it stands among the orders, if it is one.
  /// - Returns: The answer.
  private func response(to request: WireRequest, _ order: Int) -> Response {
    let now = configuration.clock.now()
    let answer = state.withLock { state in
      let answer = side.answer(request, &state.board, Office(now: now, script: configuration.script))
      switch answer.effect {
      case .placed(let number, let script, let ringTime, let detects):
        let steps = Switchboard.steps(of: script, ringTime: ringTime, detects: detects)
        state.pending += 1
        state.orders[order].reference = state.board[number].reference
        // It begins under the lock, so that nobody ends the call before it is followed.
        state.lives[number] = Task { await self.follow(number, script, steps) }
      case .ended(let number): state.lives[number]?.cancel()
      case .later(let number, let step, let script, let after):
        state.pending += 1
        Task {
          await self.configuration.clock.wait(for: after)
          await self.take(step, of: number, script)
          self.finish()
        }
      case .redirected(let number, let url):
        state.pending += 1
        Task {
          let script = CallPlot(.answered(.human, hangsUpAfter: nil))
          await self.take(.redirect(url), of: number, script)
          await self.configuration.clock.wait(for: .seconds(1))
          self.end(number)
          self.finish()
        }
      case nil: break
      }
      return answer
    }
    return Self.response(answer)
  }

  private static func response(_ answer: WireAnswer) -> Response {
    let status = Status(answer.status)
    var response = answer.json.map { Response.json($0.serializedBytes(), status: status) } ?? Response(status)
    if answer.status == 401 { response.fields["WWW-Authenticate"] = "Basic realm=\"API\"" }
    return response
  }

  // MARK: Calls

  /// Lets happen to a call what its script says, and tells of it.
  private func follow(_ number: Int, _ script: CallPlot, _ steps: [(after: Duration, step: Switchboard.Step)]) async {
    for (after, step) in steps {
      if after > .zero { await configuration.clock.wait(for: after) }
      guard await take(step, of: number, script) else {
        await report(.end(.cancelled), of: number, script)
        break
      }
    }
    state.withLock { $0.lives[number] = nil }
    finish()
  }

  /// Hangs up a call that was answered; whoever follows it tells of its end.
  private func end(_ number: Int) {
    let now = configuration.clock.now()
    state.withLock { state in
      guard state.board.happen(.end(.completed), to: number, answeredBy: nil, recordDelay: .zero, at: now) else {
        return
      }
      state.lives[number]?.cancel()
    }
  }

  /// Lets a step happen, and tells of it; false if the call is over.
  @discardableResult
  private func take(_ step: Switchboard.Step, of number: Int, _ script: CallPlot) async -> Bool {
    let now = configuration.clock.now()
    var answeredBy: AnsweredBy?
    if case .answered(let by, _) = script.ending { answeredBy = by }
    let happened = state.withLock { [answeredBy] state in
      state.board.happen(
        step, to: number, answeredBy: answeredBy, recordDelay: state.weather.recordDelay(), at: now)
    }
    if happened { await report(step, of: number, script) }
    return happened
  }

  private func report(_ step: Switchboard.Step, of number: Int, _ script: CallPlot) async {
    let callbacks = side.callbacks(for: step, of: state.withLock { $0.board[number] }, script: script)
    for callback in callbacks {
      let ways = state.withLock { state in
        state.board.note(callback, of: number)
        let ways = state.weather.ways()
        state.pending += ways.count { $0 > .zero || kind == .asterisk }
        return ways
      }
      if kind == .asterisk {
        tell(callback, of: number, on: ways)
        continue
      }
      for way in ways {
        // A task of its own, as the one that follows the call is cancelled when it is hung up.
        let task = Task {
          if way > .zero { await configuration.clock.wait(for: way) }
          await tell(callback)
          if way > .zero { finish() }
        }
        if way == .zero { await task.value }
      }
    }
  }

  // MARK: Events

  /// Opens the WebSocket on which what happens is told.
  private func listen(_ request: WireRequest, _ original: Request) throws -> Response {
    guard request.authorization == side.authorization else {
      return Self.response(WireAnswer(401, ["message": "Authentication required"]))
    }
    guard let application = request["app"], !application.isEmpty, let lines = state.withLock({ $0.lines }) else {
      return Self.response(WireAnswer(400, ["message": "Missing parameter app"]))
    }
    return try .webSocket(for: original) { socket in try await lines.serve(application, on: socket) }
  }

  /// Tells of an event on the connection of its application, so often; or cuts the connection.
  private func tell(_ callback: ScriptedCallback, of number: Int, on ways: [Duration]) {
    let (lines, application) = state.withLock { ($0.lines, AsteriskSide.application(of: $0.board[number])) }
    if ways.isEmpty {
      lines?.cut()
      lose(number)
    }
    for way in ways where lines?.tell(application, callback["text"] ?? "", of: number, after: way) != true {
      lose(number)
      finish()
    }
  }

  /// Cuts the connections on which events are told, as far as there are any. What is on its way is lost.
  public func cutEvents() { state.withLock { $0.lines }?.cut() }

  /// Notes that nobody heard of an event.
  private func lose(_ number: Int) { state.withLock { $0.board.change(number) { $0.lostEvents += 1 } } }

  /// Notes that something is no longer under way.
  private func finish() {
    let waiters = state.withLock { state in
      state.pending -= 1
      guard state.pending == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
