import Locks

/// What became of something that a carrier has told.
public enum CallEventReceipt: Hashable, Sendable {
  /// The store has all that was heard of the call: acknowledge it.
  case kept
  /// There is no call of that identifier or name. An identifier is ours, so that is final. The call that has the
  /// carrier's name may not have been written yet, here or by another process: let a carrier that knows its own names
  /// alone tell it again.
  case unknown
  /// The store does not have it: let the carrier tell it again.
  case late
}

extension CampaignEngine {
  /// Takes in what a carrier tells of a call, and waits until the store has it: then it may be acknowledged.
  ///
  /// The end of a call is in the store once what should have come before it is known, or has been waited for
  /// (``EngineConfiguration/settling``). A wish not to be called again is in the store once the number is on the
  /// do-not-call list. What comes while the end of its call is being written is kept where it may still come after an
  /// end: that it rang, a callback, a recording and what the call cost.
  ///
  /// - Parameters:
  ///   - event: What the carrier tells; see ``take(_:)``.
  ///   - patience: How long it waits at most.
  /// - Returns: What to tell the carrier.
  public func keep(_ event: CallEvent, within patience: Duration = .seconds(10)) async -> CallEventReceipt {
    // A store that does not answer may not hear of a cancellation either. So the caller waits for neither task, and what
    // is left of them ends when the store does answer, or says that it cannot.
    let receipt = FirstAnswer<CallEventReceipt>()
    let keeping = configuration.clock.begin { receipt.give((try? await self.keep(event)) ?? .late) }
    let limit = configuration.clock.begin {
      await self.configuration.clock.wait(for: patience)
      receipt.give(.late)
    }
    defer {
      keeping.cancel()
      limit.cancel()
    }
    return await withTaskCancellationHandler {
      await receipt.value
    } onCancel: {
      receipt.give(.late)
    }
  }

  private func keep(_ event: CallEvent) async throws(StoreError) -> CallEventReceipt {
    let refusals = guarded.withLock { $0.state.refusals }
    guard let id = try await accept(event) else { return .unknown }
    guard await waitUntilKept(id) else { return .late }
    // It may have been given up before anybody waited for it.
    return guarded.withLock { $0.state.refusals } == refusals ? .kept : .late
  }

  /// Waits until the store has what was heard of a call; false when that was given up.
  ///
  /// Who cancels a task holds a lock of the runtime that resuming the task waits for. So the handler of the cancellation
  /// takes no lock that is held for long, and those who wait have one of their own.
  private func waitUntilKept(_ call: Call.ID) async -> Bool {
    let number = waiting.withLock { $0.nextNumber() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer = guarded.withLock { guarded -> Bool? in
          if guarded.state.isKept(call) { return true }
          return waiting.withLock { waiting -> Bool? in
            if Task.isCancelled { return false }
            waiting.add(continuation, number, for: call)
            return nil
          }
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      waiting.withLock { $0.remove(number, for: call) }?.resume(returning: false)
    }
  }

  /// Takes out those whose calls the store has now, or will not have.
  func takeAnswers(_ guarded: inout Guarded) -> [(waiter: CheckedContinuation<Bool, Never>, isKept: Bool)] {
    guard !guarded.state.written.isEmpty || !guarded.state.refused.isEmpty else { return [] }
    defer {
      guarded.state.written.removeAll(keepingCapacity: true)
      guarded.state.refused.removeAll(keepingCapacity: true)
    }
    return waiting.withLock { waiting in
      guard !waiting.isEmpty else { return [] }
      let refused = guarded.state.refused.flatMap { waiting.removeAll(for: $0) }.map { (waiter: $0, isKept: false) }
      let kept = guarded.state.written.filter { guarded.state.isKept($0) }.flatMap { waiting.removeAll(for: $0) }
      return refused + kept.map { (waiter: $0, isKept: true) }
    }
  }
}

extension EngineState {
  /// Whether the store has all that was heard of a call.
  func isKept(_ id: Call.ID) -> Bool {
    guard asides[id] == nil else { return false }
    guard let call = calls[id] else { return true }
    return !call.isWriting && call.verdict == nil && call.progress.ending == nil && call.news(carrier: carrier).isEmpty
  }
}

/// Those who wait until the store has what was heard of a call.
struct KeepingWaiters: Sendable {
  private var waiters: [Call.ID: [UInt64: CheckedContinuation<Bool, Never>]] = [:]
  private var count: UInt64 = 0

  var isEmpty: Bool { waiters.isEmpty }

  /// A number for one who may have to wait.
  mutating func nextNumber() -> UInt64 {
    count += 1
    return count
  }

  mutating func add(_ continuation: CheckedContinuation<Bool, Never>, _ number: UInt64, for call: Call.ID) {
    waiters[call, default: [:]][number] = continuation
  }

  mutating func remove(_ number: UInt64, for call: Call.ID) -> CheckedContinuation<Bool, Never>? {
    let continuation = waiters[call]?.removeValue(forKey: number)
    if waiters[call]?.isEmpty == true { waiters[call] = nil }
    return continuation
  }

  mutating func removeAll(for call: Call.ID) -> [CheckedContinuation<Bool, Never>] {
    Array((waiters.removeValue(forKey: call) ?? [:]).values)
  }
}
