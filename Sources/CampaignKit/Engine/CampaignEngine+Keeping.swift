import Locks

extension CampaignEngine {
  /// Takes in what a carrier tells of a call, and waits until the store has it: then it may be acknowledged.
  ///
  /// The end of a call is in the store once what should have come before it is known, or has been waited for
  /// (``EngineConfiguration/settling``). A wish not to be called again is in the store once the number is on the
  /// do-not-call list.
  ///
  /// - Parameters:
  ///   - event: What the carrier tells; see ``take(_:)``.
  ///   - patience: How long it waits at most.
  /// - Returns: Whether the store has all that was heard of the call, or there is no such call; false when it does not
  ///   have it after that time, and for a carrier's name that is not known while there is a live call without one. The
  ///   carrier may be told so, and tell it again.
  public func keep(_ event: CallEvent, within patience: Duration = .seconds(10)) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      group.addTask { (try? await self.keep(event)) ?? false }
      group.addTask {
        await self.configuration.clock.wait(for: patience)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private func keep(_ event: CallEvent) async throws(StoreError) -> Bool {
    guard let id = try await accept(event) else { return true }
    return await waitUntilKept(id)
  }

  /// Waits until the store has what was heard of a call; false when that was given up.
  ///
  /// Who cancels a task holds a lock of the runtime that resuming the task waits for. So a handler of a cancellation takes
  /// no lock under which anybody is resumed, and those who wait have one of their own.
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

  /// Lets those go on who wait for calls that the store has now.
  func wakeWaiting(_ guarded: inout Guarded) {
    guard !guarded.state.written.isEmpty else { return }
    let kept = waiting.withLock { waiting in
      waiting.isEmpty
        ? [] : guarded.state.written.filter { guarded.state.isKept($0) }.flatMap { waiting.removeAll(for: $0) }
    }
    guarded.state.written.removeAll(keepingCapacity: true)
    for continuation in kept { continuation.resume(returning: true) }
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
