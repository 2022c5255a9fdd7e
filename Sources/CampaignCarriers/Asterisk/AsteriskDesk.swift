import CampaignKit
import Locks

/// Follows Asterisk's events, asks it what they do not say, and does what they call for.
final class AsteriskDesk: Sendable {
  let api: AsteriskAPI
  let feed: CallEventFeed<AsteriskCalls>
  let line: CarrierLine
  let placing: PlacingDesk
  let link = EventLink()
  let clock: any EngineClock
  private let sockets: any EventSocketTransport
  private let work: AsyncStream<AsteriskCalls.Action>
  private let actions: AsyncStream<AsteriskCalls.Action>.Continuation
  private let trouble = Locked<String?>(nil)

  init(_ api: AsteriskAPI, transport: any HTTPTransport, sockets: any EventSocketTransport, clock: any EngineClock) {
    self.api = api
    self.sockets = sockets
    self.clock = clock
    feed = CallEventFeed(AsteriskCalls(), clock: clock)
    line = CarrierLine(transport, clock: clock, patience: CarrierSettings.patience)
    placing = PlacingDesk(line, api.settings.common)
    (work, actions) = AsyncStream.makeStream(of: AsteriskCalls.Action.self)
  }

  /// What keeps the events from being heard, the last time that they were not.
  var lastTrouble: String? { trouble.withLock { $0 } }

  /// Changes what is known of the calls, and does what that calls for.
  func change(_ body: @Sendable (inout AsteriskCalls) -> [AsteriskCalls.Action]) {
    for action in feed.withSource({ calls, _ in body(&calls) }) { actions.yield(action) }
  }

  // MARK: The connection

  /// Hears events until its task is cancelled, over one connection after the other.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.workOff() }
      group.addTask { await self.watchCalls() }
      var failures = 0
      while !Task.isCancelled {
        switch await hear() {
        case .lost: failures = 0
        case .failed: failures += 1
        // Two processes that want one name would take it from each other for ever, so this one is in no hurry.
        case .replaced: failures = Self.mostFailures
        }
        if Task.isCancelled { break }
        await clock.wait(for: Self.wait(after: failures))
      }
      group.cancelAll()
    }
  }

  private static let mostFailures = 6

  /// A quarter of a second, doubled with each failure in a row up to 16 seconds, of which half is drawn.
  static func wait(after failures: Int) -> Duration {
    .milliseconds(250 << min(max(failures, 0), mostFailures)) * Double.random(in: 0.5...1)
  }

  private enum Outcome { case lost, failed, replaced }

  /// Hears events over one connection, as long as it holds.
  private func hear() async -> Outcome {
    let socket: any EventSocket
    let events = api.events
    do throws(HTTPTransportError) {
      socket = try await sockets.open(events.url, fields: events.fields)
    } catch {
      trouble.withLock { $0 = error.message }
      return .failed
    }
    defer { socket.close() }
    let wasReplaced = await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.watch(socket) }
      // What is told meanwhile is heard, also when this takes long: nothing of it is told again.
      group.addTask { await self.catchUp() }
      defer { group.cancelAll() }
      return await read(socket)
    }
    link.close()
    change { [elapsed = clock.elapsed] calls in
      calls.connectionIsLost(at: elapsed)
      return []
    }
    trouble.withLock {
      $0 = wasReplaced ? "another process has taken the name of the application" : "the connection was lost"
    }
    return wasReplaced ? .replaced : .lost
  }

  /// Reads events; returns whether another process has taken the place of this one.
  private func read(_ socket: any EventSocket) async -> Bool {
    while let text = await socket.next() {
      switch AsteriskMessage(text) {
      case .event(let event): change { $0.hear(event) }
      case .played(let call, let isWhole): change { $0.played(call, isWhole: isWhole) }
      case .replaced: return true
      case .other: break
      }
    }
    return false
  }

  /// Learns which calls go on, however often it has to ask. From then on calls may be placed.
  private func catchUp() async {
    var failures = 0
    while await !hasCaughtUp() {
      failures += 1
      await clock.wait(for: Self.wait(after: failures))
      if Task.isCancelled { return }
    }
    if Task.isCancelled { return }
    trouble.withLock { $0 = nil }
    link.open()
  }

  private func hasCaughtUp() async -> Bool {
    let known = feed.withSource { calls, _ in calls.live }
    let answer: HTTPResponse
    do throws(DialerError) { answer = try await line.ask(api.listing()) } catch {
      trouble.withLock { $0 = error.message }
      return false
    }
    guard answer.status == 200, let listed = answer.json?.array else {
      trouble.withLock { $0 = "Asterisk does not tell its channels (\(answer.status))" }
      return false
    }
    let channels = listed.compactMap { AsteriskChannel($0) }
    change { [elapsed = clock.elapsed] in $0.catchUp(channels, of: known, at: elapsed) }
    // Asterisk tells of what this application has placed; to be told of the rest does no harm twice.
    for start in stride(from: 0, to: channels.count, by: 50) {
      let names = channels[start..<min(start + 50, channels.count)].map(\.name)
      _ = try? await line.ask(api.subscribing(to: names))
    }
    return true
  }

  /// Gives a connection up on which nothing comes, not even the answer to a question.
  private func watch(_ socket: any EventSocket) async {
    var heard = socket.arrivals
    var silent = 0
    while !Task.isCancelled {
      socket.ping()
      await clock.wait(for: AsteriskSettings.patience / 2)
      let arrivals = socket.arrivals
      silent = arrivals == heard ? silent + 1 : 0
      heard = arrivals
      if silent >= 2 { return socket.close() }
    }
  }

  /// Ends the calls that Asterisk does not have any more, and of whose end nothing came.
  private func watchCalls() async {
    while !Task.isCancelled {
      await clock.wait(for: .seconds(5))
      guard link.isOpen else { continue }
      change { [elapsed = clock.elapsed] in $0.giveUpMissing(after: AsteriskSettings.patience, at: elapsed) }
    }
  }

  // MARK: What is to be done

  private func workOff() async {
    await withDiscardingTaskGroup { group in
      for await action in work { group.addTask { await self.perform(action) } }
    }
  }

  private func perform(_ action: AsteriskCalls.Action) async {
    switch action {
    case .hangUp(let channel): _ = await isDone(api.hangingUp(channel))
    case .removeBridge(let call): _ = await isDone(api.removingBridge(call))
    case .detect(let call):
      if let context = api.settings.detectionContext, await isDone(api.detecting(call, in: context), or: 409) { return }
      change { $0.detectionFailed(call) }
    case .play(let media, let call):
      if await isDone(api.playing(media, to: call, as: AsteriskNames.playback(call))) { return }
      change { $0.played(call, isWhole: false) }
    case .join(let call):
      if await isDone(api.joining(.agent(call), to: call)) { return }
      _ = await isDone(api.hangingUp(.agent(call)))
    }
  }

  /// Whether something is done.
  ///
  /// - Parameters:
  ///   - request: Asks for it.
  ///   - done: The status that says that it was done before, when the answer to that was lost.
  /// - Returns: Whether it is done.
  private func isDone(_ request: HTTPRequest, or done: Int? = nil) async -> Bool {
    do throws(DialerError) {
      let status = try await line.ask(request).status
      return (200..<300).contains(status) || status == done
    } catch {
      return false
    }
  }
}
