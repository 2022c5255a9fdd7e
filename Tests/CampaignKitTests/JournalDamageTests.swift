import CampaignKit
import CampaignTesting
import Testing

/// Files that were cut or changed behind the journal's back.
@Suite struct JournalDamageTests {
  static let journal = "/log/journal-000000000001"
  static let frame = 32 + 40

  /// A closed log of five batches, the last two in one synchronization.
  private func closedLog(marked: Bool = true) throws -> (LossyFileSystem, JournalModel) {
    let disk = LossyFileSystem()
    var driver = JournalDriver(disk)
    try driver.open(isPowerLoss: false)
    for durably in [true, true, true, false, true] { try driver.append(durably: durably) }
    if marked { try driver.close() }
    return (disk.restart(), driver.model)
  }

  /// A disk with these files and nothing else.
  private func folder(_ files: [String: [UInt8]]) throws -> LossyFileSystem {
    let disk = LossyFileSystem()
    try disk.createDirectory("/log")
    for (path, bytes) in files { disk.setContents(bytes, of: path) }
    return disk
  }

  /// Opens, compares, appends, and opens again.
  private func use(_ disk: LossyFileSystem, _ model: JournalModel) throws -> (found: Int, repairs: [String]) {
    var next = JournalDriver(disk, era: 1, model: model)
    next.model.durable = 0
    next.model.isClosed = false
    let contents = try next.log.open()
    try next.model.check(next.log, contents, isPowerLoss: true)
    let found = next.model.batches.count
    try next.append(durably: true)
    try next.close()
    try next.open(isPowerLoss: false)
    try next.close()
    return (found, contents.repairs)
  }

  /// Cut anywhere, the log ends with the last whole batch before the cut.
  @Test(arguments: [true, false])
  func isCutAtEveryByte(keepsSize: Bool) throws {
    let (disk, model) = try closedLog()
    let bytes = try #require(disk.contents(of: Self.journal))
    let end = 512 + 5 * Self.frame + 32
    for length in 512 + 2 * Self.frame...end {
      // The frames behind the cut are gone, and with them all that they could witness.
      let rest = [UInt8](repeating: 0, count: keepsSize ? bytes.count - length : 0)
      let copy = try folder([Self.journal: bytes.prefix(length) + rest])
      let (found, repairs) = try use(copy, model)
      #expect(found == min(5, (length - 512) / Self.frame), "cut at \(length)")
      let isWhole = length == end || (length - 512) % Self.frame == 0
      #expect(repairs.isEmpty == isWhole || keepsSize, "cut at \(length): \(repairs)")
    }
  }

  /// No bit of a journal can change unnoticed.
  @Test(arguments: [true, false])
  func noticesEveryBit(isClosed: Bool) throws {
    let (disk, model) = try closedLog(marked: isClosed)
    let bytes = try #require(disk.contents(of: Self.journal))
    // Without a mark, nothing witnesses the last two batches: they were made durable together.
    let unwitnessed = isClosed ? 512 + 5 * Self.frame : 512 + 3 * Self.frame
    let end = 512 + 5 * Self.frame
    for offset in bytes.indices {
      // The empty rest is all alike: one bit of each byte will do, of every seventh byte further on.
      let bits = offset < end + 64 ? 0..<8 : offset % 7 == 0 ? offset % 8..<offset % 8 + 1 : 0..<0
      for bit in bits {
        var changed = bytes
        changed[offset] ^= 1 << UInt8(bit)
        let copy = try folder([Self.journal: changed])
        do {
          let (found, repairs) = try use(copy, model)
          // Only what nothing behind it witnesses may go, and not without a word.
          if found != min(5, (offset - 512) / Self.frame) || repairs.isEmpty || offset < unwitnessed {
            Issue.record("bit \(bit) of byte \(offset): \(found) batches, \(repairs)")
            return
          }
        } catch let error as LogError where error.code == .damaged {
          guard error.file == Self.journal, let place = error.offset, place <= UInt64(offset), offset < end else {
            Issue.record("bit \(bit) of byte \(offset): \(error)")
            return
          }
        }
      }
    }
  }

  /// No bit of a snapshot can change unnoticed, and no wrong byte is handed out.
  @Test func noticesEveryBitOfASnapshot() throws {
    let disk = LossyFileSystem()
    let snapshot = "/log/snapshot-000000000002"
    var driver = JournalDriver(disk, snapshotBlock: 64)
    try driver.open(isPowerLoss: false)
    for _ in 0..<5 { try driver.append(durably: true) }
    try driver.replace(lag: 0, appending: 1)
    try driver.close()
    let right = JournalModel.snapshot(driver.model.batches.prefix(5))
    let bytes = try #require(disk.contents(of: snapshot))
    let journal = try #require(disk.contents(of: "/log/journal-000000000002"))
    #expect(try disk.list("/log") == ["journal-000000000002", "lock", "snapshot-000000000002"])

    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let copy = try folder([snapshot: changed, "/log/journal-000000000002": journal])
      let log = JournalLog(folder: "/log", fileSystem: copy)
      var read: [UInt8] = []
      let error = #expect(throws: LogError.self) {
        _ = try log.open()
        try log.readSnapshot { read.append(contentsOf: $0) }
      }
      #expect(error?.code == .damaged && error?.file == snapshot && error?.offset != nil, "bit \(bit)")
      #expect(right.starts(with: read), "bit \(bit)")
    }
  }

  /// A snapshot cut anywhere is refused when the log is opened.
  @Test func refusesACutSnapshot() throws {
    let disk = LossyFileSystem()
    let snapshot = "/log/snapshot-000000000002"
    var driver = JournalDriver(disk, snapshotBlock: 64)
    try driver.open(isPowerLoss: false)
    for _ in 0..<5 { try driver.append(durably: true) }
    try driver.replace(lag: 0, appending: 1)
    try driver.close()
    let bytes = try #require(disk.contents(of: snapshot))
    for length in 0..<bytes.count {
      disk.setContents(Array(bytes.prefix(length)), of: snapshot)
      let error = #expect(throws: LogError.self) { try JournalLog(folder: "/log", fileSystem: disk).open() }
      #expect(error?.code == .damaged && error?.file == snapshot, "cut at \(length)")
    }
  }

  /// A missing file is a gap, whichever it is.
  @Test(arguments: [0, 2])
  func noticesMissingFiles(lag: Int) throws {
    let disk = LossyFileSystem()
    var driver = JournalDriver(disk)
    try driver.open(isPowerLoss: false)
    for _ in 0..<5 { try driver.append(durably: true) }
    try driver.replace(lag: lag, appending: 2)
    try driver.append(durably: true)
    var files: [String: [UInt8]] = [:]
    for name in try disk.list("/log") where name != "lock" { files["/log/" + name] = disk.contents(of: "/log/" + name) }
    #expect(files.count == (lag == 0 ? 2 : 3))
    for path in files.keys {
      var rest = files
      rest[path] = nil
      // The old journal goes back to the first batch: with it, the snapshot can be done without.
      if lag > 0, path.contains("snapshot") { continue }
      let log = try JournalLog(folder: "/log", fileSystem: folder(rest))
      let error = #expect(throws: LogError.self) { try log.open() }
      #expect(error?.code == .damaged, "\(path): \(String(describing: error))")
    }
    var next = JournalDriver(try folder(files), era: 1, model: driver.model)
    try next.open(isPowerLoss: false)
  }

  /// A file of another log does not belong here, even if everything in it is in order.
  @Test func refusesAFileOfAnotherLog() throws {
    let disk = LossyFileSystem()
    for seed in 1...2 as ClosedRange<UInt64> {
      var driver = JournalDriver(disk, seed: seed)
      if seed == 2 {
        let first = try #require(disk.contents(of: Self.journal))
        try disk.remove(Self.journal)
        try driver.open(isPowerLoss: false)
        try driver.append(durably: true)
        try driver.replace(lag: 0, appending: 0)
        try driver.close()
        disk.setContents(first, of: "/log/journal-000000000001")
      } else {
        try driver.open(isPowerLoss: false)
        try driver.append(durably: true)
        try driver.close()
      }
    }
    let error = #expect(throws: LogError.self) { try JournalLog(folder: "/log", fileSystem: disk).open() }
    #expect(error?.code == .damaged && error?.message.contains("another log") == true)
  }

  /// What a snapshot has replaced is not even looked at: it may be the bad sectors that made it necessary.
  @Test func ignoresWhatWasReplaced() throws {
    let disk = LossyFileSystem()
    var driver = JournalDriver(disk)
    try driver.open(isPowerLoss: false)
    for _ in 0..<3 { try driver.append(durably: true) }
    try driver.replace(lag: 0, appending: 1)
    try driver.replace(lag: 0, appending: 1)
    try driver.close()
    disk.setContents([1, 2, 3], of: Self.journal)
    disk.setContents([4, 5, 6], of: "/log/snapshot-000000000002")
    try driver.open(isPowerLoss: false)
    #expect(try disk.list("/log") == ["journal-000000000003", "lock", "snapshot-000000000003"])
  }

  /// Checking says where the damage is, and changes nothing.
  @Test func checksWithoutChanging() throws {
    let (disk, _) = try closedLog()
    let right = try JournalLog(folder: "/log", fileSystem: disk).check()
    #expect(right.isInOrder && right.contents == LogContents(end: 5))
    #expect(right.files.map(\.records) == [5] && right.files.map(\.bytes) == [UInt64(512 + 5 * Self.frame + 32)])

    var bytes = try #require(disk.contents(of: Self.journal))
    bytes[512 + Self.frame + 3] ^= 1
    disk.setContents(bytes, of: Self.journal)
    let count = disk.operations
    let wrong = try JournalLog(folder: "/log", fileSystem: disk).check()
    #expect(!wrong.isInOrder && wrong.contents == nil && wrong.damage?.offset == UInt64(512 + Self.frame))
    #expect(wrong.files.first?.records == 1 && wrong.files.first?.damage?.code == .damaged)
    #expect(disk.operations == count)
  }
}
