/// What reading through a log's folder has found; see ``JournalLog/check()``.
public struct JournalCheck: Sendable, Hashable {
  /// What was found in one file.
  public struct File: Sendable, Hashable {
    /// The file's name in the folder.
    public var name: String
    /// How many batches of a journal, or blocks of a snapshot, are in order.
    public var records: Int
    /// The bytes from the start of the file up to the end of the last record that is in order.
    public var bytes: UInt64
    /// What is wrong with this file by itself.
    public var damage: LogError?
  }

  /// All files of the log, in the order of their names.
  public var files: [File]
  /// What opening the log would return, with the repairs it would make; nil when it would be refused.
  public var contents: LogContents?
  /// Why opening the log would be refused.
  public var damage: LogError?

  /// Whether the log can be opened and every file is in order.
  public var isInOrder: Bool {
    damage == nil && files.allSatisfy { $0.damage == nil } && contents?.repairs.isEmpty == true
  }
}

extension JournalLog {
  /// Reads everything in the folder and checks it, without changing anything.
  ///
  /// Nothing is opened for writing and no lock is taken. While another process appends, the end that is found
  /// may be one that is just being written; check a log that is closed, or a copy.
  ///
  /// - Returns: What is in each file, and what opening the log would find.
  /// - Throws: A ``LogError`` when the folder cannot be read. Damage is part of the result.
  public func check() throws(LogError) -> JournalCheck {
    let names = try fileSystem.list(folder).sorted()
    var check = JournalCheck(files: [])
    for name in names {
      guard let parsed = FileName(name) else { continue }
      let path = folder + "/" + name
      var file = JournalCheck.File(name: name, records: 0, bytes: 0)
      do {
        switch parsed {
        case .journal(let number): try self.check(journal: path, number, &file)
        case .snapshot(let number): try self.check(snapshot: path, number, &file)
        case .unfinishedSnapshot: break
        }
      } catch {
        file.damage = error as? LogError ?? LogError(.failed, "\(error)", file: path)
      }
      check.files.append(file)
    }
    do throws(LogError) {
      let found = try JournalRecovery(folder: folder, fileSystem: fileSystem, names: names)
      check.contents = LogContents(
        snapshot: found.snapshot?.header.position, end: found.journals.last?.position ?? 0, repairs: found.repairs)
    } catch {
      check.damage = error
    }
    return check
  }

  private func check(journal path: String, _ number: UInt64, _ file: inout JournalCheck.File) throws(LogError) {
    let opened = try fileSystem.open(path, .read)
    let window = try FileWindow(opened, piece: FileHeader.size)
    guard let bytes = try window.bytes(at: 0, count: FileHeader.size) else {
      throw .damagedFile("The journal is shorter than its header.", path, window.size)
    }
    switch FileHeader.decode(bytes, as: .journal) {
    case .newer(let version): throw .newerFormat(version, path)
    case .damaged: throw .damagedFile("The journal's header is not the one that was written.", path, 0)
    case .header(let header):
      let scan = try JournalScan(header, opened)
      file.records = scan.batches
      file.bytes = scan.end
      guard header.generation == number else {
        throw .damagedFile("The header says generation \(header.generation): the file was renamed.", path, 0)
      }
      if scan.firstNonzero != nil {
        throw .damagedFile(
          "\(scan.tornBytes) bytes behind the last batch, with \(scan.laterFrames) whole frames among them, do not "
            + "continue the log: damage, or the end of an unfinished write.", path, scan.end)
      }
    }
  }

  private func check(snapshot path: String, _ number: UInt64, _ file: inout JournalCheck.File) throws {
    let reader = try SnapshotReader(fileSystem.open(path, .read), path: path, generation: number)
    file.bytes = UInt64(FileHeader.size)
    var read = file
    defer { file = read }
    try reader.read { block in
      read.records += 1
      read.bytes += UInt64(SnapshotLayout.blockHeaderSize + block.count)
    }
    read.bytes += UInt64(SnapshotLayout.footerSize)
  }
}
