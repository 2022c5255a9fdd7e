import CampaignKit
import Locks

/// Watches a simulation from the carrier's side and from the side of those who give orders, and judges each step.
final class Observer: Sendable {
  let plan: SimulationPlan
  let time: VirtualTime
  let trace: Trace
  private let books: Locked<Books>

  init(_ plan: SimulationPlan, _ time: VirtualTime, _ trace: Trace) {
    self.plan = plan
    self.time = time
    self.trace = trace
    books = Locked(Books(plan))
  }

  var failure: SimulationFailure? { books.withLock { $0.failure } }

  /// Looks at the books.
  func read<Result: Sendable>(_ look: (borrowing Books) -> Result) -> Result { books.withLock { look($0) } }

  func fail(_ promise: String, _ message: String) { note { $0.fail(promise, message, at: time.elapsed) } }

  /// Writes something down, and tells of the first promise that is broken.
  private func note(_ change: (inout Books) -> Void) {
    let failure = books.withLock { books in
      guard books.failure == nil else { return nil as SimulationFailure? }
      change(&books)
      return books.failure
    }
    if let failure { trace.note("BROKEN \(failure)") }
  }

  // MARK: The carrier's side

  func place(_ order: CallOrder, attempt: Int?, by process: Int, ahead: Duration, carrier: CarrierBooks) {
    trace.note(
      "process \(process) orders \(trace.name(order.id)) to \(order.to)"
        + (order.campaign.map { " for \($0.name)" } ?? "") + (attempt.map { ", attempt \($0)" } ?? ""))
    note { books in
      books.compare(with: carrier)
      books.place(order, attempt: attempt, ahead: ahead, at: time.elapsed, wall: time.now())
    }
  }

  /// What really became of the orders so far.
  func compare(with carrier: CarrierBooks) { note { $0.compare(with: carrier) } }

  /// Takes down what a process was told of a call.
  func told(_ event: CallEvent, to process: Int) {
    let now = time.elapsed
    let id: Call.ID? =
      switch event.subject {
      case .call(let id): id
      case .carrier(_, let reference): books.withLock { $0.sequence.first { reference.hasSuffix("\($0)") } }
      }
    guard let id else { return }
    trace.note("process \(process) hears of \(trace.name(id)): \(event.kind.summary)")
    note { books in
      guard let ordered = books.orders[id] else { return }
      switch event.kind {
      case .answered(let by?) where by.isMachine, .detected(let by) where by.isMachine:
        books.orders[id]?.isMachine = true
      case .callbackAgreed(let moment): books.orders[id]?.callback = .some(moment)
      case .optedOut:
        let number = ordered.order.to.digits
        guard !books.optOuts.contains(where: { $0.number == number && $0.account == ordered.account }) else { return }
        books.optOuts.insert(Books.OptOut(account: ordered.account, number: number, process: process, at: now))
      default: break
      }
    }
  }

  // MARK: Processes

  func died(_ process: Int) {
    note { $0.optOuts = $0.optOuts.filter { $0.process != process } }
  }

  /// What is asked for may be written though its answer never comes; after a clock was set back, that ends the lease
  /// sooner than the one before.
  func asksFor(_ campaign: Campaign.ID, lasting duration: Duration) {
    let end = time.now() + duration
    note { books in
      guard let held = books.leases[campaign] else { return }
      books.leases[campaign]?.until = min(held.until, end)
    }
  }

  func acquired(_ lease: CampaignLease, by process: Int) {
    let now = time.now()
    note { books in
      // A clock that stands before a lease was set back; nobody waits for it to catch up.
      if let held = books.leases[lease.campaign], held.process != process, held.since <= now, now < held.until {
        books.fail(
          "P3", "process \(process) took a campaign that process \(held.process) holds until \(held.until)",
          at: time.elapsed)
      }
      books.leases[lease.campaign] = (process, now, lease.expiresAt)
    }
  }

  func renewed(_ leases: [CampaignLease], by process: Int) {
    let now = time.now()
    note { for lease in leases { $0.leases[lease.campaign] = (process, now, lease.expiresAt) } }
  }

  func released(_ campaign: Campaign.ID, by process: Int) {
    note { if $0.leases[campaign]?.process == process { $0.leases[campaign] = nil } }
  }

  func acknowledged(_ call: Call.ID) { note { _ = $0.acknowledged.insert(call) } }

  /// P3: an agent is given no more calls than they can take, whatever their callers were taken for.
  func connects(_ agent: Agent, having calls: Int) {
    guard calls > agent.maximumConcurrentCalls else { return }
    fail("P3", "\(agent.name) has \(calls) calls, and can take \(agent.maximumConcurrentCalls)")
  }

  func assigned(_ agent: Agent.ID, to id: Call.ID) { note { $0.orders[id]?.agent = agent } }

  // MARK: People

  /// A change of settings that was begun.
  struct Change: Sendable {
    fileprivate var setting: Books.Setting
    fileprivate var number: Int
  }

  func begin(_ setting: Books.Setting, _ value: Int) -> Change {
    let now = time.elapsed
    let number = books.withLock { $0.settings[setting, default: Timeline(0)].begin(value, at: now) }
    return Change(setting: setting, number: number)
  }

  func finish(_ change: Change, _ outcome: Timeline.Outcome) {
    let now = time.elapsed
    note { $0.settings[change.setting]?.finish(change.number, outcome, at: now) }
  }

  /// Entries of the do-not-call list that a process made by itself.
  func suppressed(_ entries: [Suppression]) {
    for entry in entries {
      guard case .number(let number) = entry.pattern else { continue }
      let account = entry.account.flatMap { id in books.withLock { $0.accounts[id] } }
      finish(begin(.suppressed(account: account, number.digits), 1), .done)
      note { $0.optOuts = $0.optOuts.filter { $0.number != number.digits || $0.account != account } }
    }
  }

  func added(_ leads: [Books.LeadKey]) { note { $0.leads.formUnion(leads) } }

  func rescheduled(_ lead: Books.LeadKey) { note { $0.rescheduled[lead] = time.elapsed } }

  func jumped(by duration: Duration) {
    note { $0.offsets.append((time.elapsed, ($0.offsets.last?.offset ?? .zero) + duration)) }
  }
}

extension CallEvent.Kind {
  /// A few words for a trace.
  var summary: String {
    switch self {
    case .placed: "placed"
    case .ringing: "rings"
    case .answered: "answered"
    case .detected(let by): "detected \(by)"
    case .messageLeft: "message left"
    case .callbackAgreed(let at): "callback agreed" + (at.map { " for \($0)" } ?? "")
    case .optedOut: "asks not to be called again"
    case .agentAbsent: "its agent does not come"
    case .ended(let end): "ended, \(end.outcome)"
    case .recording: "recording"
    case .cost: "cost"
    }
  }
}
