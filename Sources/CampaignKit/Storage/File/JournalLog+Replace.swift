extension JournalLog {
  /// Puts a snapshot in the place of all batches before `position`.
  ///
  /// In the order that makes it safe at every step:
  ///
  /// 1. The next journal file is made, with its room, beside appends.
  /// 2. Between two batches the old journal is made durable and appends go to the new one. This is the only
  ///    moment that appends wait for.
  /// 3. The snapshot is written under a temporary name, made durable and renamed, and the folder is made durable.
  /// 4. Files that hold nothing but batches before `position` are removed, and older snapshots.
  ///
  /// After a failed write or synchronization, when the log takes no appends, they start again only after step 3:
  /// what the old journal holds is not known, so only the complete snapshot can take its place. `position` must
  /// then include the batch that failed.
  ///
  /// If this throws, appends go on as before, and a later call starts afresh.
  public func replace(before position: UInt64, with write: (any SnapshotSink) throws -> Void) throws {
    let replacement = try begin(before: position)
    defer { state.withLock { $0?.isReplacing = false } }

    let next = try prepareJournal(replacement.journal)
    if replacement.isAfterFailure {
      do {
        try start(next)
        try writeSnapshot(replacement.snapshot, write)
      } catch {
        if isNamed(error) {
          // The snapshot may be what the next opening finds. Its journal has to stay, and no later snapshot may
          // contain less.
          try withState { state throws(LogError) in
            let covers = state.failure?.covers ?? 0
            state.failure?.covers = max(covers, position)
          }
        } else {
          try? fileSystem.remove(next.path)
        }
        throw underlying(error)
      }
      try withState { state throws(LogError) in
        state.earlier = []
        state.adopt(next, configuration)
        state.end = position
        state.durable = position
        state.failure = nil
      }
    } else {
      try switchTo(next)
      do {
        try writeSnapshot(replacement.snapshot, write)
      } catch {
        throw underlying(error)
      }
    }
    removeReplaced(before: position, by: replacement.snapshot.generation)
  }

  private struct Replacement: Sendable {
    var journal: FileHeader
    var snapshot: FileHeader
    var isAfterFailure: Bool
  }

  private func begin(before position: UInt64) throws(LogError) -> Replacement {
    try withState { state throws(LogError) in
      guard !state.isReplacing else {
        throw LogError(.misused, "The log is being replaced already.", file: folder)
      }
      if let failure = state.failure {
        // More is fine: the owner may have gone on in memory while the log refused its batches.
        guard position >= failure.covers else { throw failure.refusal }
      } else if position < state.start || position > state.end {
        throw LogError(
          .misused,
          "A snapshot of \(position) batches was given; \(state.start) to \(state.end) are possible.", file: folder)
      }
      state.generation += 1
      state.isReplacing = true
      let snapshot = FileHeader(
        kind: .snapshot, storeID: state.storeID, generation: state.generation, position: position, durable: position,
        salt: configuration.random(), blockSize: UInt64(configuration.snapshotBlock))
      // After a failure nothing may be said about the old journal, hence `durable: 0`. Otherwise position and
      // durable are filled in when the log switches.
      let journal = FileHeader(
        kind: .journal, storeID: state.storeID, generation: state.generation, position: position, durable: 0,
        salt: configuration.random())
      return Replacement(journal: journal, snapshot: snapshot, isAfterFailure: state.failure != nil)
    }
  }

  /// Lets appends go to `next` from now on.
  private func switchTo(_ next: JournalFile) throws(LogError) {
    try withState { state throws(LogError) in
      do throws(LogError) {
        if let failure = state.failure { throw failure.refusal }
        // First, so that no batch in the new file can outlive one in the old file.
        try state.synchronize(.beforeSwitch)
      } catch {
        try? fileSystem.remove(next.path)
        throw error
      }
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

  /// An error that came when the snapshot may have got its name already.
  private struct NamedSnapshot: Error {
    var error: LogError
  }

  private func isNamed(_ error: any Error) -> Bool {
    error is NamedSnapshot
  }

  private func underlying(_ error: any Error) -> any Error {
    (error as? NamedSnapshot)?.error ?? error
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
