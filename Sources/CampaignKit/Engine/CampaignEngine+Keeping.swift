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
  /// - Returns: Whether the store has all that was heard of the call, or knows no such call; false when it does not have
  ///   it after that time or cannot say, which the carrier may be told, so that it comes again.
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
    if case .optedOut = event.kind, let call = try await storage.call(id) {
      guard await optOut(call.to, call.account) else { return false }
    }
    return await waitUntilKept(id)
  }

  /// Waits until the store has what was heard of a call; false when that was given up.
  private func waitUntilKept(_ call: Call.ID) async -> Bool {
    let number = guarded.withLock { $0.waiting.nextNumber() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guarded.withLock { guarded in
          if Task.isCancelled || guarded.state.isKept(call) {
            continuation.resume(returning: !Task.isCancelled)
          } else {
            guarded.waiting.add(continuation, number, for: call)
          }
        }
      }
    } onCancel: {
      guarded.withLock { $0.waiting.giveUp(number, for: call) }
    }
  }
}

extension CampaignEngine.Guarded {
  /// Lets those go on who wait for calls that the store has now.
  mutating func wakeWaiting() {
    defer { state.written.removeAll(keepingCapacity: true) }
    guard !waiting.isEmpty else { return }
    for call in state.written where state.isKept(call) { waiting.wake(for: call) }
  }
}

extension EngineState {
  /// Whether the store has all that was heard of a call.
  func isKept(_ id: Call.ID) -> Bool {
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

  mutating func giveUp(_ number: UInt64, for call: Call.ID) {
    guard let continuation = waiters[call]?.removeValue(forKey: number) else { return }
    if waiters[call]?.isEmpty == true { waiters[call] = nil }
    continuation.resume(returning: false)
  }

  /// Lets those go on who wait for a call.
  mutating func wake(for call: Call.ID) {
    for continuation in (waiters.removeValue(forKey: call) ?? [:]).values { continuation.resume(returning: true) }
  }
}
