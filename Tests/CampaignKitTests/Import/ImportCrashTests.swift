import CampaignKit
import CampaignTesting
import Testing

/// An import on a disk that loses power, and the same import again.
@Suite struct ImportCrashTests {
  /// A file with everything in it: good rows, wrong ones, repeated and marked ones.
  private static func file(_ seed: UInt64) -> [UInt8] {
    var dice = Dice(seed)
    var text = "phone,name,plan,dnc\n"
    for row in 0..<60 {
      let phone = dice(0...7) == 0 ? "x" : "+1415555\(dice(2000...2040))"
      text += "\(phone),n\(row),p\(dice(0...3)),\(dice(0...9) == 0 ? "yes" : "")\n"
    }
    return Array(text.utf8)
  }

  private static func options(_ batchSize: Int) -> LeadImporter.Options {
    var options = LeadImporter.Options()
    options.batchSize = batchSize
    return options
  }

  private struct Found: Equatable {
    var leads: [String]
    var tally: ImportBatch.Tally
    var suppressions: [String]
    var refused: [RefusedRow]
  }

  private static func found(
    in store: LocalStore, _ campaign: Campaign.ID, _ account: Account.ID, _ refused: [RefusedRow]
  ) async throws -> Found {
    let leads = try await store.leads(LeadQuery(.campaign(campaign)), page: PageRequest(limit: 1000)).elements
    let batches = try await store.importBatches(of: campaign)
    #expect(batches.map(\.status) == [.completed])
    return Found(
      leads: leads.map { "\($0.ordinal) \($0.number) \($0.person.firstName ?? "") \($0.fields) \($0.status)" },
      tally: batches.first?.tally ?? ImportBatch.Tally(),
      suppressions: try await store.suppressions(of: account, page: PageRequest(limit: 1000)).elements
        .map(\.pattern.description),
      refused: refused)
  }

  /// Wherever the power goes, the import that is repeated ends like one that was never cut off, and tells of the same
  /// rows. The second run takes other numbers of rows together.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func endsLikeACleanImport(seed: UInt64) async throws {
    let source = ImportSource.bytes(Self.file(seed), name: "leads.csv")
    let disk = LossyFileSystem()
    let clean = try await ImportScene(on: disk)
    let prepared = disk.operations
    let sink = RefusedRows()
    _ = try await LeadImporter(clean.store, options: Self.options(7)).run(source, into: clean.campaign, refusals: sink)
    let expected = try await Self.found(in: clean.store, clean.campaign, clean.account, sink.rows)
    #expect(expected.tally.total == 60)
    #expect(expected.tally.invalid > 0 && expected.tally.duplicates > 0 && expected.tally.suppressed > 0)
    #expect(disk.operations > prepared + 10)
    var resumed = 0
    for operation in prepared...disk.operations {
      let broken = LossyFileSystem()
      broken.powerOff(after: operation)
      let scene = try await ImportScene(on: broken)
      let first = try? await LeadImporter(scene.store, options: Self.options(7)).run(source, into: scene.campaign)
      // Without power nothing ends well, unless the power went after the end.
      #expect(first == nil || operation >= disk.operations - 1, "seed \(seed), operation \(operation)")
      let configuration = StoreSupport.configuration(scene.time, seed: 3)
      let store = try StoreSupport.open(broken.crash(seed: seed &* 1000 &+ UInt64(operation)), configuration)
      let again = RefusedRows()
      let result = try await LeadImporter(store, options: Self.options(5))
        .run(source, into: scene.campaign, refusals: again)
      if result.resumedAfter > 0 { resumed += 1 }
      if result.outcome == .repeated { continue }
      let found = try await Self.found(in: store, scene.campaign, scene.account, again.rows)
      #expect(found == expected, "seed \(seed), power lost after operation \(operation)")
      if found != expected { return }
    }
    #expect(resumed > 5, "many of them go on in the middle")
  }

  /// A disk that fails for a while: the import says so, and goes on afterwards without a lead too many or too few.
  @Test func goesOnAfterTheDiskFailed() async throws {
    let source = ImportSource.bytes(Self.file(9), name: "leads.csv")
    let clean = try await ImportScene()
    let sink = RefusedRows()
    _ = try await LeadImporter(clean.store, options: Self.options(7)).run(source, into: clean.campaign, refusals: sink)
    let expected = try await Self.found(in: clean.store, clean.campaign, clean.account, sink.rows)
    let kinds: [FaultyFileSystem.Kind] = [.write, .synchronize]
    for kind in kinds {
      for failure in FaultyFileSystem.Failure.allCases {
        for number in 1...8 {
          let disk = FaultyFileSystem(LossyFileSystem())
          let scene = try await ImportScene(on: disk)
          disk.fail(kind, number: disk.count(kind) + number, with: failure, persistently: true)
          let importer = LeadImporter(scene.store, options: Self.options(7))
          let error = await #expect(throws: ImportError.self) { try await importer.run(source, into: scene.campaign) }
          #expect(error?.code == .storeFailed)
          disk.heal()
          try await scene.store.setDefaultAccountLimit(7)
          let again = RefusedRows()
          _ = try await importer.run(source, into: scene.campaign, refusals: again)
          let found = try await Self.found(in: scene.store, scene.campaign, scene.account, again.rows)
          #expect(found == expected, "\(kind) \(number), \(failure)")
        }
      }
    }
  }

  /// A file whose content changes while it is read does not count as imported.
  @Test func noticesThatTheFileChanged() async throws {
    let disk = LossyFileSystem()
    let path = "/leads.csv"
    disk.setContents(Self.file(1), of: path)
    let scene = try await ImportScene()
    struct Changing: RefusedRowSink {
      let disk: LossyFileSystem
      let path: String
      func take(_ rows: [RefusedRow], header: [String]) {
        if let contents = disk.contents(of: path) { disk.setContents(contents + Array("x".utf8), of: path) }
      }
    }
    var options = Self.options(2)
    options.csv.delimiter = .comma
    let error = await #expect(throws: ImportError.self) {
      try await LeadImporter(scene.store, options: options)
        .run(.file(path, in: disk), into: scene.campaign, refusals: Changing(disk: disk, path: path))
    }
    #expect(error?.code == .sourceChanged)
  }
}
