import Locks

extension CampaignEngine {
  /// Runs campaigns until ``stop()`` is called.
  ///
  /// It then starts no further call, waits until everything that is under way has been written down, gives its
  /// campaigns back, and returns. Live calls go on; whoever runs their campaigns next follows them to their end. What
  /// the store refuses is tried again for as long as a lease lasts (``EngineConfiguration/lease``), and then left to
  /// the next owner.
  ///
  /// Cancelling its task does the same, but nothing is tried again that fails then, and whatever waits for an answer
  /// of the carrier or the store learns of the cancellation. What could not be written down is found by the next owner
  /// as it would be after a crash.
  ///
  /// An engine runs once; whoever wants to go on makes another one.
  ///
  /// - Throws: ``EngineError/Code/hasRun`` when it runs or ran already.
  public func run() async throws(EngineError) {
    let isFirst = guarded.withLock { guarded in
      defer { guarded.hasRun = true }
      return !guarded.hasRun
    }
    guard isFirst else { throw EngineError(.hasRun, "an engine runs once; make another one to go on") }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.keepDeadlines() }
      group.addTask { await self.hear() }
      group.addTask { await self.watch() }
      await withDiscardingTaskGroup { work in
        while let jobs = await jobs.next() {
          for job in jobs { work.addTask { await self.perform(job) } }
        }
      }
      group.cancelAll()
    }
    await giveBack()
  }

  /// Lets ``run()`` come to its end.
  public func stop() {
    feed(.stop(patience: configuration.lease))
  }

  /// Wakes the state up when its deadlines come, and stops it once the run is cancelled.
  private func keepDeadlines() async {
    while !Task.isCancelled {
      alarm.prepare()
      let (_, next) = act { guarded in
        guarded.state.elapsed = configuration.clock.elapsed
        guarded.state.wake(at: self.now, &guarded.decided)
      }
      // A clock may jump, so no wait is longer than a tick.
      await alarm.wait(until: next, atMost: configuration.tick)
    }
    feed(.stop(patience: .zero))
  }

  /// Listens to the carrier.
  private func hear() async {
    var events = dialer.events().makeAsyncIterator()
    while let batch = await events.nextBatch(atMost: 512) { take(batch) }
  }

  /// Gives all campaigns back.
  private func giveBack() async {
    let leases = guarded.withLock { $0.state.runs.values.map(\.lease).sorted { $0.campaign < $1.campaign } }
    for lease in leases { try? await storage.release(lease) }
  }
}

/// A wait for the earliest moment that anybody names.
final class Alarm: Sendable {
  private struct Wait: Sendable {
    var until = Timestamp.distantFuture
    var waiter: CheckedContinuation<Void, Never>?
    var hasRung = false
  }

  private let clock: any EngineClock
  private let wait = Locked(Wait())

  init(clock: any EngineClock) {
    self.clock = clock
  }

  /// Prepares for a wait: it will not miss a moment that is named before it begins.
  func prepare() {
    wait.withLock { $0 = Wait() }
  }

  /// Names a moment; a wait for a later one ends.
  func set(_ moment: Timestamp) {
    let waiter = wait.withLock { wait -> CheckedContinuation<Void, Never>? in
      guard moment < wait.until else { return nil }
      wait.until = moment
      wait.hasRung = true
      defer { wait.waiter = nil }
      return wait.waiter
    }
    waiter?.resume()
  }

  /// Waits until a moment, or until somebody names an earlier one.
  func wait(until moment: Timestamp, atMost longest: Duration) async {
    let duration = min(max(moment - clock.now(), .zero), longest)
    wait.withLock { if !$0.hasRung { $0.until = moment } }
    guard duration > .zero else { return await Task.yield() }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.clock.wait(for: duration) }
      group.addTask { await self.rung() }
      await group.next()
      ring()
      group.cancelAll()
    }
  }

  private func rung() async {
    await withCheckedContinuation { waiter in
      let hasRung = wait.withLock { wait in
        if !wait.hasRung { wait.waiter = waiter }
        return wait.hasRung
      }
      if hasRung { waiter.resume() }
    }
  }

  private func ring() {
    let waiter = wait.withLock { wait in
      wait.hasRung = true
      defer { wait.waiter = nil }
      return wait.waiter
    }
    waiter?.resume()
  }
}
