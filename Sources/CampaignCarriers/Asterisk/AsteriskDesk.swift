import CampaignKit
import JSON
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
    feed = CallEventFeed(AsteriskCalls(api.names), clock: clock)
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
        // What opens and is lost at once has failed, too.
        case .lost(let held): failures = held >= Self.longEnough ? 0 : failures + 1
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
  /// How long a connection holds that was a good one.
  private static let longEnough = Duration.seconds(10)

  /// A quarter of a second, doubled with each failure in a row up to 16 seconds, of which half is drawn.
  static func wait(after failures: Int) -> Duration {
    .milliseconds(250 << min(max(failures, 0), mostFailures)) * Double.random(in: 0.5...1)
  }

  private enum Outcome {
    case lost(after: Duration)
    case failed, replaced
  }

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
    let openedAt = clock.elapsed
    let wasReplaced = await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.watch(socket) }
      // What is told meanwhile is heard, also when this takes long: nothing of it is told again.
      group.addTask { await self.catchUp() }
      defer { group.cancelAll() }
      return await read(socket)
    }
    link.close()
    settle { $0.connectionIsLost() }
    trouble.withLock {
      $0 = wasReplaced ? "another process has taken the name of the application" : "the connection was lost"
    }
    return wasReplaced ? .replaced : .lost(after: clock.elapsed - openedAt)
  }

  /// Reads events; returns whether another process has taken the place of this one.
  private func read(_ socket: any EventSocket) async -> Bool {
    while let message = await socket.next() {
      switch message {
      case .pong(let moment):
        settle { [elapsed = clock.elapsed] in $0.isHeard(until: min(elapsed, .nanoseconds(Int64(clamping: moment)))) }
      case .text(let text):
        switch AsteriskMessage(text, api.names) {
        case .event(let event): change { $0.hear(event) }
        case .played(let call, let isWhole): change { $0.played(call, isWhole: isWhole) }
        case .replaced: return true
        case .other: break
        }
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
    settle { $0.connectionIsOpen() }
    link.open()
  }

  private func hasCaughtUp() async -> Bool {
    let known = feed.withSource { calls, _ in calls.known }
    // The bridges first: a call that is put into one is there before it is.
    guard let bridges = await list(api.listingBridges()), let listed = await list(api.listing()) else { return false }
    let channels = listed.compactMap { AsteriskChannel($0, api.names) }
    let joined = bridges.compactMap { bridge -> (Call.ID, Set<AsteriskNames.Channel>)? in
      let channels = (bridge["channels"]?.array ?? []).compactMap { $0.string.flatMap(api.names.channel) }
      return bridge["id"]?.string.flatMap(api.names.call(ofBridge:)).map { ($0, Set(channels)) }
    }
    let bridged = Dictionary(joined) { $0.union($1) }
    change { [elapsed = clock.elapsed] in $0.catchUp(channels, bridges: bridged, of: known, at: elapsed) }
    // Asterisk tells of what this application has placed; to be told of the rest does no harm twice.
    for start in stride(from: 0, to: channels.count, by: 50) {
      guard await isSubscribed(to: channels[start..<min(start + 50, channels.count)].map(\.name)) else { return false }
    }
    return true
  }

  private func list(_ request: HTTPRequest) async -> [JSONValue]? {
    do throws(DialerError) {
      let answer = try await line.ask(request)
      if answer.status == 200, let listed = answer.json?.array { return listed }
      trouble.withLock { $0 = "Asterisk does not tell what it has (\(answer.status))" }
    } catch {
      trouble.withLock { $0 = error.message }
    }
    return nil
  }

  /// Asks to be told of channels. Asterisk stops at the first that is gone, so that then each is asked for by itself.
  private func isSubscribed(to channels: [AsteriskNames.Channel]) async -> Bool {
    do throws(DialerError) {
      let answer = try await line.ask(api.subscribing(to: channels))
      switch answer.status {
      case 200..<300: return true
      case 422 where AsteriskFault(answer).isCarriers: break
      default:
        trouble.withLock { $0 = "Asterisk does not tell of its channels (\(answer.status))" }
        return false
      }
    } catch {
      trouble.withLock { $0 = error.message }
      return false
    }
    guard channels.count == 1, let gone = channels.first else {
      for channel in channels {
        guard await isSubscribed(to: [channel]) else { return false }
      }
      return true
    }
    change { [elapsed = clock.elapsed] in $0.isGone(gone, at: elapsed) }
    return true
  }

  /// Gives a connection up on which nothing comes, not even the answer to a question.
  private func watch(_ socket: any EventSocket) async {
    var arrivals = 0
    var heardAt = clock.elapsed
    while !Task.isCancelled {
      let now = clock.elapsed
      if socket.arrivals != arrivals { (arrivals, heardAt) = (socket.arrivals, now) }
      if now - heardAt >= AsteriskSettings.patience { return socket.close() }
      // The answer tells that what was told until now has been heard.
      socket.ping(UInt64(max(0, now / .nanoseconds(1))))
      await clock.wait(for: AsteriskSettings.patience / 6)
    }
  }

  /// Does what is due: ends the calls that Asterisk does not have any more, and what could not be done is tried again.
  private func watchCalls() async {
    while !Task.isCancelled {
      await clock.wait(for: .seconds(5))
      guard link.isOpen else { continue }
      change { [elapsed = clock.elapsed] in $0.due(after: AsteriskSettings.patience, at: elapsed) }
    }
  }

  // MARK: What is to be done

  private func workOff() async {
    await withDiscardingTaskGroup { group in
      for await action in work { group.addTask { await self.perform(action) } }
    }
  }

  func perform(_ action: AsteriskCalls.Action) async {
    switch action {
    case .hangUp(let channel): await insist(action, api.hangingUp(channel))
    case .removeBridge(let call): await insist(action, api.removingBridge(call))
    case .recall(let call): await recall(call)
    case .detect(let call):
      // With 409 it was done before, and the answer to that was lost.
      if let context = api.settings.detectionContext, await isDone(api.detecting(call, in: context), or: 409) { return }
      change { $0.detectionFailed(call) }
    case .play(let media, let call):
      if await isDone(api.playing(media, to: call, as: api.names.playback(call))) {
        settle { $0.isPlayed(call) }
      } else {
        change { $0.played(call, isWhole: false) }
      }
    case .dismiss(let call, let message):
      await perform(.removeBridge(call))
      await perform(.play(message, to: call))
    case .seeWhetherPlayed(let call):
      guard let answer = await insist(action, api.askingForPlayback(call)) else { return }
      // Whether it was played to its end is not known.
      if answer.status == 404, AsteriskFault(answer).isCarriers { change { $0.played(call, isWhole: false) } }
    case .stopMusic(let call): await insist(action, api.stoppingMusic(of: call))
    case .join(let call):
      if api.settings.holdMusic != nil { await perform(.stopMusic(call)) }
      if await isDone(api.joining(.agent(call), to: call)) { return }
      await perform(.hangUp(.agent(call)))
    }
  }

  /// Asks what is to be done in a call that an earlier process has placed.
  private func recall(_ call: Call.ID) async {
    guard let answer = await insist(.recall(call), api.askingForPlan(of: call)) else { return }
    switch answer.status {
    // An earlier version has kept no plan.
    case 200..<300: break
    case 404 where AsteriskFault(answer).isCarriers: break
    case 409: return settle { $0.isAway(call) }
    default: return settle { _ = $0.undone.insert(.recall(call)) }
    }
    guard let playback = await insist(.recall(call), api.askingForPlayback(call)) else { return }
    let plan = answer.json?["value"]?.string.flatMap { AnswerPlan($0) } ?? AnswerPlan()
    change { $0.recall(call, plan, isPlaying: playback.status == 200) }
  }

  /// Asks for something that must be done at last; what Asterisk does not answer is due again.
  @discardableResult
  private func insist(_ action: AsteriskCalls.Action, _ request: HTTPRequest) async -> HTTPResponse? {
    do throws(DialerError) {
      return try await line.ask(request)
    } catch {
      settle { _ = $0.undone.insert(action) }
      return nil
    }
  }

  /// Whether something is done.
  ///
  /// - Parameters:
  ///   - request: Asks for it.
  ///   - done: The status that says that it was done before, when the answer to that was lost.
  /// - Returns: Whether it is done.
  func isDone(_ request: HTTPRequest, or done: Int? = nil) async -> Bool {
    do throws(DialerError) {
      let status = try await line.ask(request).status
      return (200..<300).contains(status) || status == done
    } catch {
      return false
    }
  }
}
