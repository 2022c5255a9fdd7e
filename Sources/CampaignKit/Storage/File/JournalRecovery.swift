/// A journal file with a header that is in order.
struct JournalFile: Sendable {
  let file: any OpenFile
  let path: String
  let header: FileHeader
  /// Where the next frame goes, or went, before the next file was started.
  var end: UInt64
  /// The number of the first batch that is not in this file.
  var position: UInt64

  /// Hands out the batches from `first` on, checking each again.
  func read(
    from first: UInt64, _ body: (_ position: UInt64, _ batch: UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let window = try FileWindow(file)
    var offset = UInt64(FileHeader.size)
    var next = header.position
    while offset < end {
      guard let (frame, bytes) = try window.frame(at: offset, salt: header.salt), frame.position == next else {
        throw LogError.damagedFile("Batch \(next) is not the one that was written.", path, offset)
      }
      if frame.kind == .batch {
        if next >= first {
          try body(next, bytes.part(JournalFrame.headerSize..<JournalFrame.headerSize + frame.length))
        }
        next += 1
      }
      offset += UInt64(frame.size)
    }
  }
}

/// What the files of a folder amount to, found without changing any of them.
struct JournalRecovery {
  var storeID: StoreID?
  var snapshot: SnapshotReader?
  /// The journals that hold what comes after the snapshot, in order; empty only in a folder without a log.
  var journals: [JournalFile] = []
  /// The last journal's scan.
  var last: JournalScan?
  /// Whether something must be cut off behind the last journal's end.
  var isTorn = false
  /// Names of journals that were never used, in a way that they could be taken for used ones later.
  var unfinished: [String] = []
  /// Names of files that newer ones have replaced.
  var obsolete: [String] = []
  var repairs: [String] = []
  /// The highest generation in the folder.
  var generation: UInt64 = 0

  private let folder: String
  private let fileSystem: any FileSystem

  init(folder: String, fileSystem: any FileSystem, names: [String]) throws(LogError) {
    self.folder = folder
    self.fileSystem = fileSystem
    var journalNumbers: [UInt64] = []
    var snapshotNumbers: [UInt64] = []
    for name in names.compactMap({ FileName($0) }) {
      switch name {
      case .journal(let number):
        journalNumbers.append(number)
        generation = max(generation, number)
      case .snapshot(let number):
        snapshotNumbers.append(number)
        generation = max(generation, number)
      case .unfinishedSnapshot(let number):
        obsolete.append(name.text)
        generation = max(generation, number)
      }
    }
    try readSnapshot(snapshotNumbers.sorted())
    let candidates = try readHeaders(journalNumbers.sorted())
    let used = try choose(candidates)
    try scan(used)
  }

  private func path(_ name: FileName) -> String {
    folder + "/" + name.text
  }

  private mutating func check(_ header: FileHeader, _ path: String, _ number: UInt64) throws(LogError) {
    guard header.generation == number else {
      throw .damagedFile("The header says generation \(header.generation): the file was renamed.", path, 0)
    }
    guard storeID == nil || storeID == header.storeID else {
      throw .damagedFile("The file belongs to another log.", path, 0)
    }
    storeID = header.storeID
  }

  /// The newest snapshot counts: it got its name only when it was complete, so an older one is never a
  /// substitute for it.
  private mutating func readSnapshot(_ numbers: [UInt64]) throws(LogError) {
    guard let newest = numbers.last else { return }
    obsolete += numbers.dropLast().map { FileName.snapshot($0).text }
    let path = path(.snapshot(newest))
    let reader = try SnapshotReader(fileSystem.open(path, .read), path: path, generation: newest)
    try check(reader.header, path, newest)
    snapshot = reader
  }

  /// Opens the journals and reads their headers, newest first, leaving out those that were never started and
  /// those that the snapshot has replaced: these may be on bad sectors, which is why it was made.
  private mutating func readHeaders(_ numbers: [UInt64]) throws(LogError) -> [JournalFile] {
    let start = snapshot?.header.position ?? 0
    let newest = snapshot?.header.generation ?? 0
    var found: [JournalFile] = []
    for number in numbers.reversed() {
      if let last = found.last, last.header.generation <= newest, last.header.position <= start {
        // Removed later, so a file that got here from another log must not be taken for one.
        let path = path(.journal(number))
        if let file = try? fileSystem.open(path, .read), case .header(let header) = try? decodeHeader(file) {
          try check(header, path, number)
        }
        obsolete.append(FileName.journal(number).text)
        continue
      }
      let path = path(.journal(number))
      let file = try fileSystem.open(path, .read)
      switch try decodeHeader(file) {
      case .newer(let version): throw .newerFormat(version, path)
      case .header(let header):
        try check(header, path, number)
        found.append(
          JournalFile(
            file: file, path: path, header: header, end: UInt64(FileHeader.size), position: header.position))
      case .damaged:
        // A frame is written only when the header is durable: with nothing behind it, the header was torn.
        // A snapshot of the same number, though, is made only after the journal was started. Should a journal
        // that held something have become all zeros, the gap in the numbers of the batches shows it.
        let isEmpty = try firstNonzero(in: file, from: UInt64(FileHeader.size)) == nil
        guard isEmpty, number != newest else {
          throw .damagedFile("The journal's header is not the one that was written.", path, 0)
        }
        unfinished.append(FileName.journal(number).text)
        // One that is all zeros is only room that was reserved, and as little news as a temporary file.
        if try firstNonzero(in: file, from: 0) != nil {
          repairs.append("\(FileName.journal(number).text) was never started; it is empty and is removed.")
        }
      }
    }
    return found.reversed()
  }

  private func decodeHeader(_ file: any OpenFile) throws(LogError) -> FileHeader.Decoded {
    let window = try FileWindow(file, piece: FileHeader.size)
    let bytes = try window.bytes(at: 0, count: FileHeader.size)
    return bytes.map { FileHeader.decode($0, as: .journal) } ?? .damaged
  }

  private func firstNonzero(in file: any OpenFile, from start: UInt64) throws(LogError) -> UInt64? {
    let window = try FileWindow(file)
    var offset = start
    while offset < window.size {
      let count = Int(min(UInt64(FileWindow.defaultPiece), window.size - offset))
      guard let bytes = try window.bytes(at: offset, count: count) else { return nil }
      if let nonzero = bytes.firstNonzero() { return offset + UInt64(nonzero) }
      offset += UInt64(count)
    }
    return nil
  }

  /// Finds the journals that hold what comes after the snapshot.
  private mutating func choose(_ found: [JournalFile]) throws(LogError) -> [JournalFile] {
    let start = snapshot?.header.position ?? 0
    let number = snapshot?.header.generation ?? 0
    if let snapshot, !found.contains(where: { $0.header.generation == number }) {
      throw .damagedFile(
        "\(FileName.journal(number).text), which was started together with this snapshot, is missing.",
        snapshot.path, 0)
    }
    guard !found.isEmpty else { return [] }
    guard let base = found.lastIndex(where: { $0.header.position <= start }) else {
      throw .damagedFile(
        "The journal starts with batch \(found[0].header.position), and there is no snapshot of what came before.",
        found[0].path, 0)
    }
    let oldest = min(found[base].header.generation, max(number, 1))
    obsolete += found.prefix(base).filter { $0.header.generation < oldest }.map {
      FileName.journal($0.header.generation).text
    }
    return Array(found[base...])
  }

  private mutating func scan(_ found: [JournalFile]) throws(LogError) {
    for (index, var journal) in found.enumerated() {
      let scan = try JournalScan(journal.header, journal.file)
      journal.end = scan.end
      journal.position = scan.position

      if let previous = journals.last, let before = last {
        if journal.header.position != previous.position || !isStarted(journal.header) {
          // A journal that follows a log with a failed write is used only when its snapshot is complete.
          let rest = found[index...]
          guard try areUnused(rest, from: previous.position) else {
            throw .damagedFile(
              "Batch \(previous.position) cannot be read, but \(FileName.journal(journal.header.generation).text) "
                + "follows with batch \(journal.header.position).", previous.path, before.end)
          }
          for next in rest {
            let name = FileName.journal(next.header.generation).text
            unfinished.append(name)
            repairs.append("\(name) belongs to a replacement that was not finished; it is empty and is removed.")
          }
          break
        }
        if before.firstNonzero != nil {
          repairs.append(
            "\(previous.path) has \(before.tornBytes) bytes that are not zero behind its last batch, at byte "
              + "\(before.end); no batch is missing.")
        }
      }
      journals.append(journal)
      last = scan
    }
    try judgeEnd()
  }

  /// Whether these journals belong to replacements that were not finished, so that no batch can be in them.
  private func areUnused(_ journals: ArraySlice<JournalFile>, from position: UInt64) throws(LogError) -> Bool {
    for journal in journals {
      if isStarted(journal.header) || journal.header.position < position { return false }
      if try JournalScan(journal.header, journal.file).batches > 0 { return false }
    }
    return true
  }

  /// Whether a journal may hold batches: it was started after a log that was durable, or its snapshot is there.
  private func isStarted(_ header: FileHeader) -> Bool {
    header.durable == header.position || header.generation <= snapshot?.header.generation ?? 0
  }

  /// Tells a torn end from damage.
  private mutating func judgeEnd() throws(LogError) {
    guard let journal = journals.last, let last else { return }
    if last.laterDurable > last.position {
      throw .damagedFile(
        "Batch \(last.position) is not the one that was written: frames behind it say that \(last.laterDurable) "
          + "batches were durable.", journal.path, last.end)
    }
    if let snapshot, last.position < snapshot.header.position {
      throw .damagedFile(
        "The journal ends before batch \(last.position); the snapshot contains \(snapshot.header.position) batches.",
        journal.path, last.end)
    }
    guard last.firstNonzero != nil else { return }
    isTorn = true
    let frames = last.laterFrames == 0 ? "" : ", among them \(last.laterFrames) whole frames that were not durable"
    repairs.append(
      "\(journal.path) is cut at byte \(last.end), where batch \(last.position) would begin: "
        + "\(last.tornBytes) bytes of an unfinished write are removed\(frames).")
  }
}
