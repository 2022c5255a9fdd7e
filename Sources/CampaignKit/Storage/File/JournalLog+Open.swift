extension JournalLog {
  func takeLock() throws(LogError) -> any OpenFile {
    let path = folder + "/" + FileName.lock
    let lock = try fileSystem.open(path, .create)
    do throws(LogError) {
      try lock.lock()
    } catch {
      guard error.code == .locked else { throw error }
      let holder = holder(lock).map { $0 == currentProcess() ? "this process" : "process \($0)" } ?? "another process"
      throw LogError(
        .locked,
        "The log is open in \(holder). Only one may have it: end the other one, or use another folder. The lock goes "
          + "away with its holder; there is nothing to delete.", file: path)
    }
    // For whoever is refused. The lock holds without it, so a full device is no reason to stop.
    let text = Array("\(currentProcess())\n".utf8)
    try? lock.write(text, at: 0)
    try? lock.truncate(to: UInt64(text.count))
    return lock
  }

  /// Makes sure that the folder is still the one that was opened. Otherwise what is written is lost with it, or harms
  /// a log that somebody else has put in its place.
  func demandPlace(_ state: inout State) throws(LogError) {
    do throws(LogError) {
      guard try !state.lock.isStill(at: folder + "/" + FileName.lock) else { return }
      throw LogError(
        .gone,
        "The folder was removed or replaced while the log was open. Put back what was there, or close the log and "
          + "restore the folder from a backup.", file: folder)
    } catch {
      if state.failure == nil { state.failure = State.Failure(error: error, covers: state.end) }
      throw error
    }
  }

  /// The next number of a file.
  func next(after generation: UInt64) throws(LogError) -> UInt64 {
    guard generation < FileName.greatest else {
      throw LogError(
        .failed,
        "A file in the folder has the number \(generation), and there is none above it. Remove that file if "
          + "it is not the log's.", file: folder)
    }
    return generation + 1
  }

  private func holder(_ lock: any OpenFile) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = bytes.withUnsafeMutableBytes { try? lock.read(into: $0, at: 0) }
    return Int32(String(decoding: bytes.prefix(count ?? 0).prefix { $0 != 0x0A }, as: UTF8.self))
  }

  /// Reads the folder and makes it ready for appends.
  func start(_ lock: any OpenFile) throws(LogError) -> (State, LogContents) {
    let names = try fileSystem.list(folder)
    let found = try JournalRecovery(folder: folder, fileSystem: fileSystem, names: names)
    for name in found.unfinished { try fileSystem.remove(folder + "/" + name) }

    var state: State
    if let last = found.journals.last, let scan = found.last, let storeID = found.storeID {
      let (active, room) = try reopen(last, scan, isTorn: found.isTorn)
      state = State(
        storeID: storeID, lock: lock, snapshot: found.snapshot, start: found.snapshot?.header.position ?? 0,
        earlier: Array(found.journals.dropLast()), active: active, room: room, end: last.position,
        durable: last.position, generation: found.generation)
      state.isMarked = scan.isClosed && !found.isTorn
    } else {
      state = try create(lock, generation: next(after: found.generation))
    }

    // The names found may be in memory only, if a process died before it synchronized them. This comes before
    // anything that they replace is removed.
    try fileSystem.synchronizeDirectory(folder, .reopenedFolder)
    // Nothing depends on these any more; whatever cannot be removed is tried again next time.
    for name in found.obsolete { try? fileSystem.remove(folder + "/" + name) }
    return (
      state, LogContents(snapshot: found.snapshot?.header.position, end: state.end, repairs: found.repairs)
    )
  }

  private func reopen(
    _ last: JournalFile, _ scan: JournalScan, isTorn: Bool
  ) throws(LogError) -> (JournalFile, room: UInt64) {
    let file = try fileSystem.open(last.path, .readWrite)
    // Cutting comes first and is made durable before anything is written where the cut is. Otherwise a new
    // batch could end where an old frame begins, and a second crash bring that one back to life.
    if isTorn { try file.truncate(to: scan.end) }
    // What no later frame takes for durable may be in memory only, and a synchronization that failed in another
    // process may have marked it clean there. Writing it again makes the next one real.
    try rewrite(file, from: scan.unproven, to: scan.end)
    try file.synchronizeData(isTorn ? .cut : .reopenedJournal)
    let active = JournalFile(
      file: file, path: last.path, header: last.header, end: scan.end, position: scan.position)
    return (active, room: try file.size())
  }

  private func rewrite(_ file: any OpenFile, from start: UInt64, to end: UInt64) throws(LogError) {
    let window = try FileWindow(file)
    var offset = start
    while offset < end {
      let count = Int(min(UInt64(FileWindow.defaultPiece), end - offset))
      guard let bytes = try window.bytes(at: offset, count: count) else { break }
      try file.write(bytes, at: offset)
      offset += UInt64(count)
    }
  }

  /// Makes the first journal of a new log.
  private func create(_ lock: any OpenFile, generation: UInt64) throws(LogError) -> State {
    // Done even if the folder was there: the process that created it may have died before this.
    try fileSystem.synchronizeDirectory(parent, .parentFolder)
    let storeID = StoreID(high: configuration.random(), low: configuration.random())
    let active = try prepareJournal(
      FileHeader(
        kind: .journal, storeID: storeID, generation: generation, position: 0, durable: 0,
        salt: configuration.random()))
    try start(active)
    return State(
      storeID: storeID, lock: lock, snapshot: nil, start: 0, earlier: [], active: active,
      room: UInt64(FileHeader.size) + configuration.preallocation, end: 0, durable: 0, generation: generation)
  }

  private var parent: String {
    guard let slash = folder.lastIndex(of: "/") else { return "." }
    return slash == folder.startIndex ? "/" : String(folder[..<slash])
  }

  /// Creates a journal file with its room, which exists after a crash but is not part of the log yet.
  func prepareJournal(_ header: FileHeader) throws(LogError) -> JournalFile {
    let path = path(.journal(header.generation))
    let file = try fileSystem.open(path, .createNew)
    do throws(LogError) {
      try file.preallocate(UInt64(FileHeader.size) + configuration.preallocation)
      try fileSystem.synchronizeDirectory(folder, .journalName)
    } catch {
      try? fileSystem.remove(path)
      throw error
    }
    return JournalFile(
      file: file, path: path, header: header, end: UInt64(FileHeader.size), position: header.position)
  }

  /// Makes a prepared journal part of the log.
  func start(_ journal: JournalFile) throws(LogError) {
    try journal.file.write(journal.header.encoded(), at: 0)
    try journal.file.synchronizeData(.journalHeader)
  }
}
