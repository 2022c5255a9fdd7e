import CampaignKit
import CampaignTesting
import Testing

@Suite struct LeadImporterTests {
  static let sample = """
    phone,name
    +14155552671,Ann
    +14155552671,Ann again
    +14155552672,Bob
    nonsense,Carl
    +14155552673,Dora
    +14155552674,Emil
    +14155552675,Fay
    """

  @Test func countsEachRowOnce() async throws {
    let scene = try await ImportScene()
    let now = scene.time.now()
    let number = try #require(PhoneNumber(e164: "+14155552673"))
    _ = try await scene.store.suppress([
      Suppression(.number(number), account: scene.account, source: "test", addedAt: now)
    ])
    let result = try await scene.run(Self.sample)
    #expect(result.outcome == .completed)
    let tally = ImportBatch.Tally(
      total: 7, invalid: 1, duplicates: 1, suppressed: 1, inserted: 4, contactsCreated: 4)
    #expect(result.tally == tally)
    #expect(result.batch?.tally == tally)
    #expect(result.batch?.status == .completed)
    #expect(result.valid == 4)
    #expect(result.contactsSkipped == 2)
    #expect(result.refused.map(\.row) == [2, 4, 5])
    #expect(result.refused.map(\.kind) == [.duplicate, .invalid, .doNotCall])
    #expect(result.refused.map(\.value) == ["+14155552671", "nonsense", "+14155552673"])
    #expect(result.refused.map(\.field) == ["phone", "phone", "phone"])
    #expect(result.refused.map(\.cells.last) == ["Ann again", "Carl", "Dora"])
    let leads = try await scene.leads()
    #expect(leads.map(\.person.firstName) == ["Ann", "Bob", "Emil", "Fay"])
    #expect(leads.allSatisfy { $0.importBatch == result.batch?.id })
  }

  @Test func linksContactsThatAreThere() async throws {
    let scene = try await ImportScene()
    let other = try await scene.otherCampaign()
    _ = try await scene.run(Self.sample)
    let result = try await scene.run(Self.sample, into: other)
    #expect(result.tally.inserted == 5)
    #expect(result.tally.contactsCreated == 0)
    let first = try await scene.leads().map(\.contact)
    #expect(try await scene.leads(of: other).map(\.contact) == first)
  }

  @Test func changesNothingTheSecondTime() async throws {
    let scene = try await ImportScene()
    let first = try await scene.run(Self.sample)
    let before = try await StoreSupport.export(scene.store)
    let second = try await scene.run(Self.sample)
    #expect(second.outcome == .repeated)
    #expect(second.tally == first.tally)
    #expect(second.batch?.id == first.batch?.id)
    #expect(try await StoreSupport.export(scene.store) == before)
  }

  /// The same file read in another way is another import, as when a mapping was wrong the first time.
  @Test func readsTheSameFileInAnotherWay() async throws {
    let scene = try await ImportScene()
    let text = "a,b\n+14155552671,+14155552672\n"
    #expect(try await scene.run(text) { $0.columns = .header(["a": "phone"]) }.tally.inserted == 1)
    let other = try await scene.run(text) { $0.columns = .header(["b": "phone"]) }
    #expect(other.outcome == .completed)
    #expect(other.tally.inserted == 1)
  }

  /// Where repeats are not known, each row is told of; and what was deleted meanwhile comes back.
  @Test func readsTheSameFileAgainIfItIsTold() async throws {
    let scene = try await ImportScene()
    for _ in 0..<2 {
      let first = try await scene.run(Self.sample) { $0.knowsRepeats = false }
      #expect(first.outcome == .completed)
      #expect(first.tally.inserted == 5)
      let second = try await scene.run(Self.sample) { $0.knowsRepeats = false }
      #expect(second.outcome == .completed)
      #expect(second.tally == ImportBatch.Tally(total: 7, invalid: 1, duplicates: 6))
      #expect(second.refused.map(\.row) == Array(1...7))
      #expect(try await scene.store.deleteLeads(of: scene.campaign) == 5)
    }
  }

  @Test func countsPrioritiesFromTheUsualOne() async throws {
    let scene = try await ImportScene()
    let text = """
      phone,priority
      +14155552671,1
      +14155552672,3
      +14155552673,
      +14155552674,high
      +14155552675,-2147483648
      """
    let result = try await scene.run(text) { $0.usualPriority = 1 }
    #expect(try await scene.leads().map(\.priority) == [0, 2, 0, -1])
    #expect(result.refused.map(\.row) == [5])
    #expect(try await scene.run(text).outcome == .completed)
  }

  @Test func canBeTakenBackAndRepeated() async throws {
    let scene = try await ImportScene()
    let first = try await scene.run(Self.sample)
    let id = try #require(first.batch?.id)
    #expect(try await LeadImporter(scene.store).undo(id).status == .undone)
    #expect(try await scene.leads() == [])
    let error = await #expect(throws: ImportError.self) { try await LeadImporter(scene.store).undo(id) }
    #expect(error?.code == .notUndoable)
    let second = try await scene.run(Self.sample)
    #expect(second.outcome == .completed)
    #expect(second.tally.inserted == 5)
    #expect(second.tally.contactsCreated == 0)
  }

  /// A file whose leads were all removed is as good as new.
  @Test func canBeRepeatedOnceItsLeadsAreGone() async throws {
    let scene = try await ImportScene()
    let first = try await scene.run(Self.sample)
    _ = try await scene.run("phone\n+14155559999\n")
    #expect(try await scene.run(Self.sample).outcome == .repeated)
    #expect(try await scene.store.deleteLeads(of: scene.campaign) == 6)
    _ = try await scene.run("phone\n+14155559998\n")
    let second = try await scene.run(Self.sample)
    #expect(second.outcome == .completed)
    #expect(second.tally.inserted == first.tally.inserted)
    #expect(try await scene.run(Self.sample).outcome == .repeated)
    #expect(try await scene.leads().count == 6)
  }

  @Test func cannotBeTakenBackOnceALeadWasCalled() async throws {
    let scene = try await ImportScene()
    let id = try #require(try await scene.run(Self.sample).batch?.id)
    _ = try await scene.store.transition(scene.campaign, on: .start, reason: nil)
    let lease = try await scene.store.acquire(scene.campaign, by: "test", lasting: .seconds(60))
    let locality = try #require(try await scene.leads().first?.locality)
    let open = OpenLocality(locality, from: .distantPast, until: .distantFuture)
    let claim = try await scene.store.claim(ClaimRequest(lease: lease, count: 1, open: [open]))
    #expect(claim.calls.count == 1)
    let error = await #expect(throws: ImportError.self) { try await LeadImporter(scene.store).undo(id) }
    #expect(error?.code == .notUndoable)
    #expect(try await scene.leads().count == 5)
  }

  /// A store that takes leads with their texts, as one that is not ours, gets the same.
  @Test func givesOtherStoresTheSameLeads() async throws {
    let text = """
      phone,mobile,first_name,company,country,notes,plan,städte,ext,not_before,priority
      +14155552671,+14155552672,Ann,"Ada, ""the"" Co",US,line,"a ""quote"" and \\",Köln,12,2026-05-05,high
      +14155552673,,,,,,,,,,
      """
    let scene = try await ImportScene()
    let time = ManualTime(scene.time.now())
    let other = PlainStore(time: time)
    try await other.insert(Account(id: scene.account, name: "Acme", createdAt: time.now()))
    _ = try await other.insert(
      Campaign(id: scene.campaign, account: scene.account, name: "Renewals", createdAt: time.now()))
    let result = try await LeadImporter(other).run(.bytes(Array(text.utf8), name: "a.csv"), into: scene.campaign)
    #expect(try await scene.run(text).tally == result.tally)
    let theirs = try await other.leads(LeadQuery(.campaign(scene.campaign)), page: PageRequest()).elements
    let ours = try await scene.leads()
    #expect(ours.count == 2)
    #expect(ours.map(\.fields) == theirs.map(\.fields))
    #expect(ours.map(\.person) == theirs.map(\.person))
    #expect(ours.map(\.notes) == theirs.map(\.notes))
    #expect(ours.map(\.priority) == theirs.map(\.priority))
    #expect(ours.map(\.nextAttemptAt) == theirs.map(\.nextAttemptAt))
    #expect(ours.map(\.locality) == theirs.map(\.locality))
    let mine = try #require(try await scene.store.contact(ours[0].contact, of: scene.account))
    let yours = try #require(try await other.contact(theirs[0].contact, of: scene.account))
    #expect(mine.phoneExtension == "12")
    #expect(mine.furtherNumbers == yours.furtherNumbers)
    #expect(mine.phoneExtension == yours.phoneExtension)
  }

  @Test func countsNumbersThatWereAddedElsewhereLately() async throws {
    let scene = try await ImportScene()
    let other = try await scene.otherCampaign()
    _ = try await scene.run("phone\n+14155552671\n", into: other)
    scene.time.advance(by: .seconds(10 * 86_400))
    let text = "phone\n+14155552671\n+14155552672\n"
    let late = try await scene.run(text) { options in
      options.recent = .seconds(30 * 86_400)
      options.isDryRun = true
    }
    #expect(late.tally == ImportBatch.Tally(total: 2, duplicates: 1, inserted: 1, contactsCreated: 1))
    let result = try await scene.run(text) { $0.recent = .seconds(30 * 86_400) }
    #expect(result.tally == late.tally)
    #expect(result.refused.map(\.kind) == [.recent])
    #expect(try await scene.run("phone\n+14155552671\n") { $0.recent = .seconds(86_400) }.tally.inserted == 1)
  }

  @Test func putsMarkedNumbersOnTheList() async throws {
    let scene = try await ImportScene()
    let text = "phone,do_not_call\n+14155552671,yes\n+14155552672,no\n+14155552673,\n"
    let result = try await scene.run(text)
    #expect(result.tally == ImportBatch.Tally(total: 3, suppressed: 1, inserted: 2, contactsCreated: 2))
    let number = try #require(PhoneNumber(e164: "+14155552671"))
    let entry = try await scene.store.suppression(of: number, for: scene.account)
    #expect(entry?.source == "import leads.csv")
  }

  @Test func putsEveryNumberOfAMarkedPersonOnTheList() async throws {
    let scene = try await ImportScene()
    // The second number is a lead of its own before, and the third comes again behind.
    let text =
      "phone,mobile,work_phone,do_not_call\n+14155552672,,,\n+14155552671,+14155552672,+14155552673,yes\n+14155552673,,,\n"
    #expect(try await scene.run(text) { $0.isDryRun = true }.tally.inserted == 1)
    let result = try await scene.run(text)
    #expect(result.tally.inserted == 1 && result.tally.suppressed == 2)
    for digits in ["1", "2", "3"] {
      let number = try #require(PhoneNumber(e164: "+1415555267" + digits))
      #expect(try await scene.store.suppression(of: number, for: scene.account) != nil, "\(digits)")
    }
    let leads = try await scene.store.leads(LeadQuery(.account(scene.account)), page: PageRequest()).elements
    #expect(leads.map(\.status) == [.suppressed])
  }

  // MARK: Dry runs

  @Test func saysWhatWouldBeAndChangesNothing() async throws {
    for seed in 0..<30 as Range<UInt64> {
      var dice = Dice(seed)
      let scene = try await ImportScene()
      let other = try await scene.otherCampaign()
      func text() -> String {
        "phone,name,dnc\n"
          + (0..<dice(0...30)).map { _ in
            "\(dice(0...9) == 0 ? "x" : "+141555526\(dice(10...40))"),n,\(dice(0...9) == 0 ? "yes" : "")\n"
          }.joined()
      }
      _ = try await scene.run(text())
      _ = try await scene.run(text(), into: other)
      let file = text() + "+14155559999,last,\n"
      func change(_ options: inout LeadImporter.Options) {
        if seed.isMultiple(of: 2) { options.recent = .seconds(60) }
      }
      let before = try await StoreSupport.export(scene.store)
      let dry = try await scene.run(file) { options in
        change(&options)
        options.isDryRun = true
      }
      #expect(try await StoreSupport.export(scene.store) == before, "seed \(seed)")
      let real = try await scene.run(file, change)
      #expect(dry.outcome == .dryRun)
      #expect(dry.batch == nil)
      #expect(dry.tally == real.tally, "seed \(seed)")
      #expect(dry.refused == real.refused, "seed \(seed)")
    }
  }

  // MARK: What goes wrong

  @Test(arguments: [
    ("", ImportError.Code.emptyFile), ("\n\n", .emptyFile), ("name,plan\nAnn,gold\n", .noPhoneColumn),
    ("+14155552671,Ann\n", .noHeader), ("phone,name\n+14155552671,\"Ann\n", .unreadable),
    ("{\\rtf1\\ansi phone,name}", .notCSV), ("PK\u{3}\u{4}phone,name\n", .notCSV), ("<HTML>phone", .notCSV),
  ])
  func refusesWhatIsNoList(text: String, code: ImportError.Code) async throws {
    let scene = try await ImportScene()
    let error = await #expect(throws: ImportError.self) { try await scene.run(text) }
    #expect(error?.code == code)
    #expect(try await scene.leads() == [])
  }

  @Test func refusesWhatIsNotThere() async throws {
    let scene = try await ImportScene()
    let campaign = await #expect(throws: ImportError.self) {
      try await scene.run(Self.sample, into: Campaign.ID(high: 9, low: 9))
    }
    #expect((campaign?.cause as? StoreError)?.code == .notFound)
    let file = await #expect(throws: ImportError.self) {
      try await LeadImporter(scene.store).run(.file("/no/such/file", in: LossyFileSystem()), into: scene.campaign)
    }
    #expect(file?.code == .sourceFailed)
  }

  /// However far the place is at which a file cannot be read, nothing of it is taken.
  @Test func takesNothingOfAFileWithAnOpenQuote() async throws {
    let scene = try await ImportScene()
    let before = try await StoreSupport.export(scene.store)
    let text = "phone,name\n+14155552671,A\n+14155552672,B\n+14155552673,C\n+14155552674,\"D\n"
    let error = await #expect(throws: ImportError.self) { try await scene.run(text) }
    #expect(error?.code == .unreadable)
    #expect((error?.cause as? CSVError)?.row == 5)
    // The cause is told once.
    #expect("\(try #require(error))".split(separator: "never closed").count == 2)
    #expect(try await StoreSupport.export(scene.store) == before)
  }

  @Test func goesOnAfterItWasCancelled() async throws {
    let scene = try await ImportScene()
    // The sink cancels the import when it hears of the first refused row.
    let cancelled = Task {
      try await scene.run(Self.sample, sink: CancellingSink())
    }
    let error = await #expect(throws: ImportError.self) { try await cancelled.value }
    #expect(error?.code == .cancelled)
    let sink = RefusedRows()
    let result = try await scene.run(Self.sample, sink: sink)
    #expect(result.resumedAfter > 0)
    #expect(result.tally == ImportBatch.Tally(total: 7, invalid: 1, duplicates: 1, inserted: 5, contactsCreated: 5))
    #expect(sink.rows.map(\.row) == [2, 4])
  }

  private struct CancellingSink: RefusedRowSink {
    func take(_ rows: [RefusedRow], header: [String]) { withUnsafeCurrentTask { $0?.cancel() } }
  }

  @Test func tellsWhenTheRefusedRowsCannotBeKept() async throws {
    struct Full: Error {}
    struct FullSink: RefusedRowSink {
      func take(_ rows: [RefusedRow], header: [String]) throws { throw Full() }
    }
    let scene = try await ImportScene()
    let error = await #expect(throws: ImportError.self) { try await scene.run(Self.sample, sink: FullSink()) }
    #expect(error?.code == .sinkFailed)
    #expect(error?.cause is Full)
  }

  // MARK: Telling

  @Test func tellsOfAllRefusedRowsAndKeepsTheFirst() async throws {
    let scene = try await ImportScene()
    let rows = (0..<100).map { "\($0.isMultiple(of: 3) ? "x" : "+1415555\(2000 + $0 / 2)"),n\($0)" }
    let sink = RefusedRows()
    let result = try await scene.run("phone,name\n" + rows.joined(separator: "\n"), sink: sink) { options in
      options.keptRefusals = 5
    }
    #expect(result.refused == Array(sink.rows.prefix(5)))
    #expect(sink.rows.count == result.tally.invalid + result.tally.duplicates)
    #expect(sink.rows.map(\.row) == sink.rows.map(\.row).sorted())
    #expect(result.tally.total == 100)
    #expect(result.tally.invalid == 34)
    for row in sink.rows { #expect(row.cells.last == "n\(row.row - 1)") }
  }

  @Test func writesRefusedRowsAsAFile() throws {
    var table = RefusedRowTable()
    let row = RefusedRow(
      row: 15, field: "phone", value: "=1+1", kind: .invalid, reason: "Invalid, so", cells: ["=1+1", "Ann"])
    table.add([row], header: ["phone", "name"])
    table.add([row], header: ["phone", "name"])
    let text = String(decoding: table.take(), as: UTF8.self)
    let line = "15,invalid,phone,'=1+1,\"Invalid, so\",'=1+1,Ann\r\n"
    #expect(text == "row,kind,field,value,reason,phone,name\r\n" + line + line)
  }

  @Test func tellsHowFarItIs() async throws {
    let scene = try await ImportScene()
    let progress = ImportProgress(time: scene.time)
    let time = scene.time
    let bytes = Array(Self.sample.utf8)
    var options = LeadImporter.Options()
    options.batchSize = 2
    struct Ticking: RefusedRowSink {
      let time: ManualTime
      func take(_ rows: [RefusedRow], header: [String]) { time.advance(by: .seconds(1)) }
    }
    let result = try await LeadImporter(scene.store, options: options)
      .run(.bytes(bytes, name: "x"), into: scene.campaign, reporting: progress, refusals: Ticking(time: time))
    #expect(result.tally.total == 7)
    var steps: [ImportProgress.Step] = []
    for await step in progress { steps.append(step) }
    // Nobody listened meanwhile, so the last is all there is.
    #expect(steps.count == 1)
    let last = try #require(steps.last)
    #expect(last.isOver)
    #expect(last.rows == 7)
    #expect(last.bytes == bytes.count)
    #expect(last.totalBytes == bytes.count)
    #expect(last.rowsPerSecond == 3.5)
    #expect(last.remaining == .zero)
    #expect(progress.latest == last)
  }

  @Test func endsItsProgressWhenItFails() async throws {
    let scene = try await ImportScene()
    let progress = ImportProgress(time: scene.time)
    await #expect(throws: ImportError.self) {
      try await LeadImporter(scene.store).run(.bytes([], name: "x"), into: scene.campaign, reporting: progress)
    }
    var steps = 0
    for await step in progress {
      steps += 1
      #expect(step.isOver)
    }
    #expect(steps == 1)
  }
}
