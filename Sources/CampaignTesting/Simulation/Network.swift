import CampaignKit
import Locks

/// The telephone network behind the carrier of a simulation: it takes orders, lets calls happen, tells of them, and
/// keeps its own books.
final class Network: Sendable {
  /// One order, as the network has it.
  private struct Line: Sendable {
    var order: CallOrder
    var story: CallStory
    var isTaken = false
    var isOver = false
    /// What has happened so far.
    var events: [CallEvent] = []
    var questions = 0
  }

  private struct State: Sendable {
    var lines: [Call.ID: Line] = [:]
    var ordered: [UInt64: Int] = [:]
    var downUntil = Duration.zero
    var listeners: [Int: AsyncStream<CallEvent>.Continuation] = [:]
  }

  /// The carrier's name.
  static let carrier = "network"

  let plan: SimulationPlan
  let time: VirtualTime
  let observer: Observer
  let crew: Crew
  private let state = Locked(State())

  init(_ plan: SimulationPlan, _ time: VirtualTime, _ observer: Observer, _ crew: Crew) {
    self.plan = plan
    self.time = time
    self.observer = observer
    self.crew = crew
  }

  var capabilities: DialerCapabilities {
    DialerCapabilities(
      callsPerSecond: plan.carrier.callsPerSecond, burst: plan.carrier.burst,
      detectsMachines: plan.carrier.detectsMachines, longestRequest: plan.carrier.longestRequest)
  }

  /// Refuses everything for a while.
  func fail(for duration: Duration) { state.withLock { $0.downUntil = time.elapsed + duration } }

  private var isDown: Bool { time.elapsed < state.withLock { $0.downUntil } }

  // MARK: Orders

  /// Takes an order, in the network's own time: whoever sent it may be gone before there is an answer.
  func place(_ order: CallOrder) async throws(DialerError) -> String {
    let work = Task(executorPreference: time) { () -> Swift.Result<String, DialerError> in
      do throws(DialerError) { return .success(try await self.handle(order)) } catch { return .failure(error) }
    }
    return try await work.value.get()
  }

  private func handle(_ order: CallOrder) async throws(DialerError) -> String {
    let story: CallStory? = state.withLock { state in
      guard state.lines[order.id] == nil else { return nil }
      let nth = state.ordered[order.to.digits, default: 0]
      state.ordered[order.to.digits] = nth + 1
      let story = CallStory(order, nth: nth, plan: plan)
      state.lines[order.id] = Line(order: order, story: story)
      return story
    }
    // The second order under a name is taken for the first.
    guard let story else { return CallStory.reference(order.id) }
    await time.wait(for: story.sending)
    if isDown { throw refuse(order, .unavailable) }
    switch story.arrival {
    case .taken: break
    case .refused(let code): throw refuse(order, code)
    case .lost:
      observer.void(order.id)
      await time.wait(for: story.answering)
      throw DialerError(.uncertain, "no answer")
    case .unanswered:
      take(order, story)
      await time.wait(for: story.answering)
      throw DialerError(.uncertain, "no answer")
    case .late(let delay):
      crew.begin {
        await self.time.wait(for: delay)
        self.take(order, story)
      }
      throw DialerError(.uncertain, "no answer in time")
    }
    take(order, story)
    await time.wait(for: story.answering)
    return CallStory.reference(order.id)
  }

  private func refuse(_ order: CallOrder, _ code: DialerError.Code) -> DialerError {
    observer.void(order.id)
    observer.trace.note("network refuses \(observer.trace.name(order.id)): \(code)")
    return DialerError(code, "drawn", retryAfter: code == .throttled ? .seconds(2) : nil)
  }

  // MARK: Calls

  private func take(_ order: CallOrder, _ story: CallStory) {
    state.withLock { $0.lines[order.id]?.isTaken = true }
    observer.trace.note("network takes \(observer.trace.name(order.id))")
    crew.begin {
      var passed = Duration.zero
      for step in story.steps {
        await self.time.wait(for: step.after - passed)
        guard !Task.isCancelled else { return }
        passed = step.after
        self.happen(step.kind, to: order.id, tellings: step.tellings, saysWhen: step.saysWhen)
      }
    }
  }

  private func happen(_ kind: CallEvent.Kind, to id: Call.ID, tellings: [Duration], saysWhen: Bool) {
    let event: CallEvent? = state.withLock { state in
      // What happens after the end is about the end.
      let isLate: Bool
      switch kind {
      case .recording, .cost: isLate = true
      default: isLate = false
      }
      guard let line = state.lines[id], line.isOver == isLate else { return nil }
      let subject: CallEvent.Subject =
        line.story.namesReference
        ? .carrier(Self.carrier, reference: CallStory.reference(id)) : .call(id)
      let event = CallEvent(kind, of: subject, at: saysWhen ? time.now() : nil)
      state.lines[id]?.events.append(event)
      if case .ended = kind { state.lines[id]?.isOver = true }
      return event
    }
    guard let event else { return }
    observer.happened(kind, to: id)
    for delay in tellings {
      crew.begin {
        await self.time.wait(for: delay)
        if !Task.isCancelled { self.tell(event, of: id) }
      }
    }
  }

  /// Tells one of the processes that listen.
  private func tell(_ event: CallEvent, of id: Call.ID) {
    let listener: (Int, AsyncStream<CallEvent>.Continuation)? = state.withLock { state in
      let listening = state.listeners.keys.sorted()
      guard !listening.isEmpty else { return nil }
      let chosen = listening[Int(time.elapsed.milliseconds % Int64(listening.count))]
      return state.listeners[chosen].map { (chosen, $0) }
    }
    guard let (process, continuation) = listener else { return }
    observer.told(event.kind, of: id, to: process)
    continuation.yield(event)
  }

  /// Listens for a process, until ``stopListening(_:)``.
  func listen(_ process: Int) -> AsyncStream<CallEvent> {
    let (stream, continuation) = AsyncStream.makeStream(of: CallEvent.self)
    state.withLock { $0.listeners[process] = continuation }
    return stream
  }

  func stopListening(_ process: Int) {
    state.withLock { $0.listeners.removeValue(forKey: process) }?.finish()
  }

  // MARK: Requests

  func hangUp(_ call: CallReference) async throws(DialerError) {
    await time.wait(for: .milliseconds(20))
    let line = state.withLock { $0.lines[call.call] }
    guard let line, line.isTaken, !line.isOver else { return }
    guard !isDown, line.story.hangsUp else { throw DialerError(.unavailable, "drawn") }
    let wasAnswered = line.events.contains { if case .answered = $0.kind { true } else { false } }
    happen(
      .ended(CallEnd(wasAnswered ? .completed : .cancelled)), to: call.call, tellings: [.milliseconds(40)],
      saysWhen: true)
  }

  func lookUp(_ call: CallReference, for process: Int) async throws(DialerError) -> CallFindings {
    await time.wait(for: .milliseconds(30))
    if isDown { throw DialerError(.unavailable, "drawn") }
    let line: Line? = state.withLock { state in
      state.lines[call.call]?.questions += 1
      return state.lines[call.call]
    }
    guard let line, line.isTaken else { return plan.carrier.canLookUp ? .absent : .unknown }
    guard line.questions > line.story.answersFrom else { return .unknown }
    for event in line.events { observer.told(event.kind, of: call.call, to: process) }
    return .found(line.events)
  }

  /// The calls that go on.
  var live: [Call.ID] {
    state.withLock { state in state.lines.values.filter { $0.isTaken && !$0.isOver }.map(\.order.id).sorted() }
  }
}
