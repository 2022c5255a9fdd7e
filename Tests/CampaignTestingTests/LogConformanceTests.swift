import CampaignKit
import CampaignTesting
import Foundation
import Testing

/// Makes journals in folders of the temporary directory; each goes away with its place.
struct DiskJournalHarness: LogHarness {
  private final class Folder: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)").path

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  func makePlace() -> LogPlace {
    let folder = Folder()
    return LogPlace { JournalLog(folder: folder.path, configuration: smallJournal) }
  }
}

/// Makes journals in files that can lose power.
struct LossyJournalHarness: LogHarness {
  func makePlace() -> LogPlace {
    .files(folder: "/log") { JournalLog(folder: "/log", configuration: smallJournal, fileSystem: $0) }
  }
}

private var smallJournal: JournalLog.Configuration {
  var configuration = JournalLog.Configuration()
  configuration.preallocation = 64 << 10
  return configuration
}

@Suite struct LogConformanceTests {
  @Test(arguments: LogConformance.all)
  func aJournalOnDiskKeeps(_ promise: LogConformance.Promise) throws {
    try promise.check(DiskJournalHarness())
  }

  @Test(arguments: LogConformance.all + LogConformance.power + LogConformance.damage)
  func aJournalWithoutPowerKeeps(_ promise: LogConformance.Promise) throws {
    try promise.check(LossyJournalHarness())
  }

  @Test(arguments: LogConformance.all + LogConformance.power + LogConformance.damage)
  func aLogInMemoryKeeps(_ promise: LogConformance.Promise) throws {
    try promise.check(MemoryHarness())
  }

  @Test func namesAreUnique() {
    let names = (LogConformance.all + LogConformance.power + LogConformance.damage).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test func allPromisesAreRun() throws {
    #expect(try LogConformance.run(MemoryHarness()).count == 32)
    #expect(try LogConformance.run(DiskJournalHarness()).map(\.name) == LogConformance.all.map(\.name))
  }

  /// Each fault is noticed by the promise that it breaks, and by none that comes before that one.
  @Test(arguments: MemoryLog.Fault.allCases)
  func finds(_ fault: MemoryLog.Fault) {
    let failure = #expect(throws: ConformanceFailure.self) {
      try LogConformance.run(MemoryHarness(fault: fault))
    }
    #expect(failure?.promise == Self.broken[fault], "\(failure?.description ?? "nothing was noticed")")
  }

  private static let broken: [MemoryLog.Fault: String] = [
    .readsBackwards: "batches come back whole and in order",
    .ignoresStart: "reading starts at the batch that is asked for",
    .forgetsReaderError: "an error of the reader ends the reading",
    .losesLastByte: "batches come back whole and in order",
    .takesAnyOrder: "a batch out of order is refused and changes nothing",
    .takesEmpty: "an empty batch is refused and changes nothing",
    .answersUnopened: "a place has one owner at a time",
    .letsManyIn: "a place has one owner at a time",
    .forgetsOnClose: "batches that are not made durable are there after a close",
    .losesDurable: "a durable batch survives the loss of power, and so do all before it",
    .synchronizesNothing: "what was synchronized survives the loss of power",
    .cutsInTheMiddle: "a durable batch survives the loss of power, and so do all before it",
    .dropsWhatIsMeanwhile: "appends go on while a snapshot is written",
    .keepsHalfSnapshot: "a snapshot that cannot be written changes nothing",
    .keepsOldSnapshot: "a snapshot stands for the batches before it and for no other",
    .dropsAllOnReplace: "a snapshot stands for the batches before it and for no other",
    .takesAnySnapshot: "a snapshot of batches that are not there is refused and changes nothing",
    .handsOutDamage: "bytes that were changed are never handed out",
    .hidesDamage: "bytes that were changed are never handed out",
    .refusesStandIn: "a snapshot may stand in for one batch that was never appended",
    .countsNoStandIn: "a snapshot may stand in for one batch that was never appended",
    .expectsStandIn: "a batch can be appended when a snapshot that was to stand in for it cannot be written",
    .replacesInTwoSteps: "the power may go at any instant",
  ]
}

/// Journals on files of which one synchronization does nothing.
private struct ForgetfulHarness: LogHarness {
  var point: SyncPoint

  func makePlace() -> LogPlace {
    let point = point
    return .files(folder: "/log") { files in
      let forgetful = FaultyFileSystem(files)
      forgetful.ignore(point)
      return JournalLog(folder: "/log", configuration: smallJournal, fileSystem: forgetful)
    }
  }
}

extension LogConformanceTests {
  /// The rest needs a failing device, or stands in for another: the journal's own tests leave those out.
  @Test(
    arguments: Set(SyncPoint.all).subtracting([.abandonedJournal, .reopenedFolder, .close, .closeMark, .beforeSwitch]))
  func notices(_ point: SyncPoint) {
    #expect(throws: ConformanceFailure.self) {
      for seed in 1..<6 as Range<UInt64> {
        for promise in LogConformance.power { try promise.check(ForgetfulHarness(point: point), seed: seed) }
      }
    }
  }
}
