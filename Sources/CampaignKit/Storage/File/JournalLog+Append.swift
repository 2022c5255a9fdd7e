extension JournalLog {
  /// Appends a batch with one write, and one `fdatasync` if it is to be durable.
  ///
  /// The batch is copied once, into its frame. From time to time the call reserves more room first; see
  /// ``Configuration/preallocation``.
  public func append(_ batch: [UInt8], at position: UInt64, durably: Bool) throws(LogError) {
    try withState { state throws(LogError) in
      if let failure = state.failure { throw failure.refusal }
      guard position == state.end else {
        throw LogError(.misused, "Batch \(position) was appended where \(state.end) is next.", file: folder)
      }
      guard (1...JournalFrame.maximumLength).contains(batch.count) else {
        throw LogError(
          .misused, "A batch has 1 to \(JournalFrame.maximumLength) bytes, not \(batch.count).", file: folder)
      }
      // A durable append waits for the device anyway; others look only now and then.
      if durably || !state.hasRoom(for: batch.count) { try demandPlace(&state) }
      try state.append(batch, configuration)
      if durably { try state.synchronize(.append) }
    }
  }

  /// Makes every batch that was appended survive the loss of power. Costs nothing when all of them do.
  public func synchronize() throws(LogError) {
    try withState { state throws(LogError) in
      if let failure = state.failure { throw failure.refusal }
      try demandPlace(&state)
      try state.synchronize(.synchronize)
    }
  }
}

extension JournalLog.State {
  /// Whether a batch of that length fits into the room that is reserved.
  func hasRoom(for length: Int) -> Bool {
    active.end + UInt64(JournalFrame.size(length: length)) <= room
  }

  mutating func append(_ batch: [UInt8], _ configuration: JournalLog.Configuration) throws(LogError) {
    try write(.batch, batch, configuration)
    active.position += 1
    end += 1
    isMarked = false
  }

  /// Makes all batches durable.
  mutating func synchronize(_ point: SyncPoint) throws(LogError) {
    guard durable < end || hasOpenCut else { return }
    do throws(LogError) {
      try active.file.synchronizeData(point)
      durable = end
      hasOpenCut = false
    } catch {
      throw fail(error, covers: end)
    }
  }

  /// Writes what an orderly close leaves behind.
  mutating func finish(_ configuration: JournalLog.Configuration) throws(LogError) {
    if let failure { throw failure.refusal }
    try synchronize(.close)
    guard !isMarked else { return }
    do throws(LogError) {
      try write(.close, [], configuration)
    } catch {
      // Without room for the mark nothing is lost. What follows makes durable that no part of it stays.
      guard error.code == .full, failure == nil else { throw error }
    }
    try active.file.synchronizeData(.closeMark)
  }

  /// Remembers that the active file can no longer be relied on.
  ///
  /// A full device is not worth trying again here, unlike where a write has left nothing behind.
  mutating func fail(_ error: LogError, covers: UInt64) -> LogError {
    var error = error
    if error.code == .full { error.code = .failed }
    failure = Failure(error: error, covers: covers)
    return error
  }

  private mutating func write(
    _ kind: JournalFrame.Kind, _ payload: [UInt8], _ configuration: JournalLog.Configuration
  ) throws(LogError) {
    let needed = active.end + UInt64(JournalFrame.size(length: payload.count))
    if !hasRoom(for: payload.count) { try reserve(needed, configuration.preallocation) }
    JournalFrame.encode(
      kind, payload, position: end, durable: durable, salt: active.header.salt, into: &frame)
    do throws(LogError) {
      try active.file.write(frame, at: active.end)
    } catch {
      guard error.code == .full else { throw fail(error, covers: end + 1) }
      // A part of the frame may be there. It must not stay behind a shorter frame that is written next.
      do throws(LogError) {
        try active.file.truncate(to: active.end)
        room = active.end
        hasOpenCut = true
      } catch let second {
        throw fail(second, covers: end + 1)
      }
      throw error
    }
    active.end = needed
    // An unusually large batch should not keep its memory for ever.
    if frame.capacity > 4 << 20 { frame = [] }
  }

  /// Reserves room for a frame and what may follow it, or at least for the frame.
  private mutating func reserve(_ needed: UInt64, _ step: UInt64) throws(LogError) {
    do throws(LogError) {
      do throws(LogError) {
        let ample = (needed + step + 4095) & ~4095
        try active.file.preallocate(ample)
        room = ample
      } catch {
        guard error.code == .full else { throw error }
        try active.file.preallocate(needed)
        room = needed
      }
    } catch {
      throw error.code == .full ? error : fail(error, covers: end + 1)
    }
  }
}

extension JournalLog.State.Failure {
  /// The answer to whoever comes after the failure.
  var refusal: LogError {
    var refusal = error
    refusal.message =
      "The journal takes nothing since an earlier failure. Replace it with a snapshot of the first \(covers) "
      + "batches, or close and open it. The failure was: " + error.message
    return refusal
  }
}
