extension CampaignEngine {
  /// Takes in what a carrier tells of a call, and waits until the store has it: then it may be acknowledged.
  ///
  /// The end of a call is in the store once what should have come before it is known, or has been waited for
  /// (``EngineConfiguration/settling``).
  ///
  /// - Parameters:
  ///   - event: What the carrier tells; see ``take(_:)``.
  ///   - patience: How long it waits at most.
  /// - Returns: Whether the store has all that was heard of the call, or knows no such call; false when it does not have
  ///   it after that time, which the carrier may be told, so that it comes again.
  public func keep(_ event: CallEvent, within patience: Duration = .seconds(10)) async -> Bool {
    guard await take(event), let call = await call(of: event.subject) else { return true }
    let number = guarded.withLock { $0.waiting.number(unless: $0.state.isKept(call)) }
    guard let number else { return true }
    return await withTaskGroup(of: Bool.self) { group in
      group.addTask { await self.wait(number, until: call) }
      group.addTask {
        await self.configuration.clock.wait(for: patience)
        return false
      }
      defer { group.cancelAll() }
      return await group.next() ?? false
    }
  }

  private func call(of subject: CallEvent.Subject) async -> Call.ID? {
    switch subject {
    case .call(let id): id
    case .carrier(let carrier, let reference): try? await storage.call(carrier: carrier, reference: reference)?.id
    }
  }

  /// Waits until the store has what was heard of a call; false when that was given up.
  private func wait(_ number: UInt64, until call: Call.ID) async -> Bool {
    await withTaskCancellationHandler {
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
      guarded.withLock { $0.waiting.giveUp(number) }
    }
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
  private var waiters: [UInt64: (call: Call.ID, continuation: CheckedContinuation<Bool, Never>)] = [:]
  private var count: UInt64 = 0

  /// A number for one who has to wait; nil for one who need not.
  mutating func number(unless isKept: Bool) -> UInt64? {
    guard !isKept else { return nil }
    count += 1
    return count
  }

  mutating func add(_ continuation: CheckedContinuation<Bool, Never>, _ number: UInt64, for call: Call.ID) {
    waiters[number] = (call, continuation)
  }

  mutating func giveUp(_ number: UInt64) { waiters.removeValue(forKey: number)?.continuation.resume(returning: false) }

  /// Lets those go on whose call the store has.
  mutating func wake(_ isKept: (Call.ID) -> Bool) {
    guard !waiters.isEmpty else { return }
    for (number, waiter) in waiters where isKept(waiter.call) {
      waiters[number] = nil
      waiter.continuation.resume(returning: true)
    }
  }
}
