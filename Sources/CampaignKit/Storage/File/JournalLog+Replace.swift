extension JournalLog {
  /// Puts a snapshot in the place of all batches before `position`.
  ///
  /// In the order that makes it safe at every step:
  ///
  /// 1. The next journal file is made, with its room, and the old one is made durable, both beside appends.
  /// 2. Between two batches the little that came meanwhile is made durable, and appends go to the new journal. This is
  ///    the only moment that appends wait for.
  /// 3. The snapshot is written under a temporary name, made durable and renamed, and the folder is made durable.
  /// 4. Files that hold nothing but batches before `position` are removed, and older snapshots.
  ///
  /// After a failed write or synchronization, when the log takes no appends, they start again only after step 3:
  /// what the old journal holds is not known, so only the complete snapshot can take its place. `position` must
  /// then include the batch that failed. The same happens when the snapshot stands in for a batch that was never
  /// appended.
  ///
  /// If this throws, appends go on as before, and a later call starts afresh.
  public func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    let replacement = try begin(before: position)
    defer { state.withLock { $0?.isReplacing = false } }
    do {
      switch replacement.kind {
      case .besideAppends: try replaceBesideAppends(replacement, write)
      case .afterFailure, .standIn: try replaceAll(replacement, write)
      }
    } catch let error as NamedSnapshot {
      throw error.error
    }
    removeReplaced(before: position, by: replacement.snapshot.generation)
  }

  private struct Replacement: Sendable {
    enum Kind {
      case besideAppends
      /// The log takes no appends since something failed.
      case afterFailure
      /// The snapshot contains a batch that was never appended. The log takes no appends meanwhile.
      case standIn
    }

    var kind: Kind
    var journal: FileHeader
    var snapshot: FileHeader
  }

  private func begin(before position: UInt64) throws(LogError) -> Replacement {
    try withState { state throws(LogError) in
      guard !state.isReplacing else {
        throw LogError(.misused, "The log is being replaced already.", file: folder)
      }
      let kind = try kind(before: position, state)
      try demandPlace(&state)
      state.generation = try next(after: state.generation)
      switch kind {
      case .besideAppends: try demandJournal(&state)
      case .afterFailure: break
      case .standIn:
        let error = LogError(
          .failed, "A snapshot that contains batch \(state.end) is being written, which was not appended.", file: folder
        )
        state.failure = State.Failure(error: error, covers: position)
      }
      state.isReplacing = true
      let snapshot = FileHeader(
        kind: .snapshot, storeID: state.storeID, generation: state.generation, position: position, durable: position,
        salt: configuration.random(), blockSize: UInt64(configuration.snapshotBlock))
      // After a failure nothing may be said about the old journal, hence `durable: 0`. Otherwise position and
      // durable are filled in when the log switches.
      let journal = FileHeader(
        kind: .journal, storeID: state.storeID, generation: state.generation, position: position, durable: 0,
        salt: configuration.random())
      return Replacement(kind: kind, journal: journal, snapshot: snapshot)
    }
  }

  private func kind(before position: UInt64, _ state: State) throws(LogError) -> Replacement.Kind {
    if let failure = state.failure {
      // More is fine: the owner may have gone on in memory while the log refused its batches.
      guard position >= failure.covers else { throw failure.refusal }
      return .afterFailure
    }
    if position > state.end, position - state.end == 1 { return .standIn }
    guard state.start <= position, position <= state.end else {
      throw LogError(
        .misused,
        "A snapshot of \(position) batches was given; \(state.start) to \(state.end), or one more, are possible.",
        file: folder)
    }
    return .besideAppends
  }

  /// Makes sure that the journal is still in the folder. If it is not, the next snapshot has to take the place of all.
  private func demandJournal(_ state: inout State) throws(LogError) {
    do throws(LogError) {
      guard try !state.active.file.isStill(at: state.active.path) else { return }
      throw LogError(.failed, "The journal was removed from the folder while it was open.", file: state.active.path)
    } catch {
      throw state.fail(error, covers: state.end)
    }
  }

  // MARK: Beside appends

  private func replaceBesideAppends(
    _ replacement: Replacement, _ write: (any SnapshotSink) throws -> Void
  ) throws {
    let next = try prepareJournal(replacement.journal)
    do throws(LogError) {
      try synchronizeAhead()
      try switchTo(next)
    } catch {
      // Where the header may have been written, this has been done, durably.
      try? fileSystem.remove(next.path)
      throw error
    }
    try writeSnapshot(replacement.snapshot, write)
  }

  /// Makes durable what the active journal holds, while appends go on, until only little is left for the switch.
  private func synchronizeAhead() throws(LogError) {
    let enough: UInt64 = 1 << 20
    for _ in 0..<4 {
      let (journal, durable, end) = try withState { state throws(LogError) in
        (state.active, state.durable, state.end)
      }
      guard durable < end else { return }
      do throws(LogError) {
        // Opened anew, because the system tells of a write that failed only once for each opening: an append that is
        // made durable at the same time must hear of it as well.
        let file = try fileSystem.open(journal.path, .readWrite)
        try file.synchronizeData(.aheadOfSwitch)
        try file.close()
      } catch {
        throw try withState { state throws(LogError) in
          state.fail(error, covers: max(state.end, state.failure?.covers ?? 0))
        }
      }
      let rest = try withState { state throws(LogError) in
        state.durable = max(state.durable, end)
        return state.active.end - journal.end
      }
      if rest < enough { return }
    }
  }

  /// Lets appends go to `next` from now on.
  private func switchTo(_ next: JournalFile) throws(LogError) {
    try withState { state throws(LogError) in
      if let failure = state.failure { throw failure.refusal }
      // First, so that no batch in the new file can outlive one in the old file.
      try state.synchronize(.beforeSwitch)
      var header = next.header
      header.position = state.end
      header.durable = state.end
      let journal = JournalFile(
        file: next.file, path: next.path, header: header, end: next.end, position: state.end)
      do throws(LogError) {
        try start(journal)
      } catch {
        try abandon(journal, error, &state)
        throw error
      }
      state.earlier.append(state.active)
      state.adopt(journal, configuration)
    }
  }

  /// Takes back a journal whose header may or may not be on the device.
  ///
  /// If it stayed, and appends went on in the old file, there would be two files that claim the next batches.
  private func abandon(_ journal: JournalFile, _ cause: LogError, _ state: inout State) throws(LogError) {
    do throws(LogError) {
      try fileSystem.remove(journal.path)
      try fileSystem.synchronizeDirectory(folder, .abandonedJournal)
    } catch {
      throw state.fail(cause, covers: state.end)
    }
  }

  // MARK: In the place of everything

  private func replaceAll(_ replacement: Replacement, _ write: (any SnapshotSink) throws -> Void) throws {
    let position = replacement.snapshot.position
    do {
      let next = try prepareJournal(replacement.journal)
      do {
        try start(next)
        try writeSnapshot(replacement.snapshot, write)
      } catch {
        if !(error is NamedSnapshot) { try? fileSystem.remove(next.path) }
        throw error
      }
      try withState { state throws(LogError) in
        state.earlier = []
        state.adopt(next, configuration)
        state.end = position
        state.durable = position
        state.failure = nil
      }
    } catch {
      try withState { state throws(LogError) in
        if error is NamedSnapshot {
          // The snapshot may be what the next opening finds. Its journal has to stay, and no later snapshot may
          // contain less.
          let covers = state.failure?.covers ?? 0
          state.failure?.covers = max(covers, position)
        } else if replacement.kind == .standIn {
          state.failure = nil
        }
      }
      throw error
    }
  }

  // MARK: The snapshot

  /// An error that came when the snapshot may have got its name already.
  private struct NamedSnapshot: Error {
    var error: LogError
  }

  private func writeSnapshot(_ header: FileHeader, _ write: (any SnapshotSink) throws -> Void) throws {
    let part = path(.unfinishedSnapshot(header.generation))
    do {
      let file = try fileSystem.open(part, .createNew)
      let writer = try SnapshotWriter(file, header)
      try write(writer)
      try writer.finish()
      try file.synchronizeData(.snapshotData)
      try file.close()
    } catch {
      try? fileSystem.remove(part)
      throw error
    }
    do throws(LogError) {
      try fileSystem.rename(part, to: path(.snapshot(header.generation)))
      try fileSystem.synchronizeDirectory(folder, .snapshotName)
    } catch {
      throw NamedSnapshot(error: error)
    }
  }

  /// Removes what the snapshot has replaced. It is complete, so a file that stays does no harm, and the next
  /// replacement or the next opening tries again.
  private func removeReplaced(before position: UInt64, by generation: UInt64) {
    let oldest = try? withState { state throws(LogError) in
      state.start = position
      let journals = state.earlier + [state.active]
      let base = journals.lastIndex { $0.header.position <= position } ?? 0
      state.earlier = Array(journals[base...].dropLast())
      return min(journals[base].header.generation, generation)
    }
    guard let oldest, let names = try? fileSystem.list(folder) else { return }
    for name in names {
      switch FileName(name) {
      case .journal(let number) where number < oldest: try? fileSystem.remove(folder + "/" + name)
      case .snapshot(let number) where number < generation: try? fileSystem.remove(folder + "/" + name)
      case .unfinishedSnapshot: try? fileSystem.remove(folder + "/" + name)
      default: break
      }
    }
  }
}

extension JournalLog.State {
  fileprivate mutating func adopt(_ journal: JournalFile, _ configuration: JournalLog.Configuration) {
    active = journal
    room = UInt64(FileHeader.size) + configuration.preallocation
    isMarked = false
    hasOpenCut = false
  }
}
