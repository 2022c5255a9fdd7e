import CampaignKit
import CampaignTesting
import Testing

/// Do-not-call lists as files.
@Suite struct SuppressionImporterTests {
  private func run(
    _ text: String, in scene: ImportScene, for account: Account.ID?, sink: (any RefusedRowSink)? = nil,
    _ change: (inout SuppressionImporter.Options) -> Void = { _ in }
  ) async throws(ImportError) -> SuppressionImportResult {
    var options = SuppressionImporter.Options()
    options.batchSize = 2
    change(&options)
    return try await SuppressionImporter(scene.store, options: options)
      .run(.bytes(Array(text.utf8), name: "list.csv"), for: account, refusals: sink)
  }

  private func entry(_ number: String, in scene: ImportScene) async throws -> Suppression? {
    try await scene.store.suppression(of: try #require(PhoneNumber(e164: number)), for: scene.account)
  }

  private func export(_ scene: ImportScene, of account: Account.ID?) async throws -> String {
    var bytes: [UInt8] = []
    for try await piece in SuppressionExport(scene.store, of: account) { bytes += piece }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func readsNumbersAndPrefixesWithWhatIsSaidOfThem() async throws {
    let scene = try await ImportScene()
    let result = try await run(
      """
      Number,Reason,Source,Added At,Expires
      (415) 555-2671,asked in a call,agent,2026-01-02T00:00:00Z,2099-01-01
      +1 900*,premium,,,
      nonsense,,,,
      +14155552672,,,,soon
      '+14155552673,,,,
      """, in: scene, for: scene.account
    ) { options in
      options.defaultRegion = "US"
      options.reason = "list of May"
      options.holdsFor = .seconds(100)
    }
    let now = scene.time.now()
    #expect(result.total == 5)
    #expect(result.added == 3)
    #expect(result.invalid == 2)
    #expect(result.refused.map(\.row) == [3, 4])
    #expect(result.refused.map(\.field) == ["Number", "Expires"])
    #expect(result.refused.map(\.value) == ["nonsense", "soon"])
    let asked = try #require(try await entry("+14155552671", in: scene))
    #expect(asked.reason == "asked in a call")
    #expect(asked.source == "agent")
    #expect(asked.addedAt == Timestamp("2026-01-02T00:00:00Z"))
    #expect(asked.expiresAt == Timestamp("2099-01-01T00:00:00Z"))
    let premium = try #require(try await entry("+19005552671", in: scene))
    #expect(premium.pattern.description == "+1900*")
    #expect(premium.source == "list.csv")
    #expect(premium.addedAt == now)
    #expect(premium.expiresAt == now + .seconds(100))
    #expect(try await entry("+14155552673", in: scene)?.reason == "list of May")
    scene.time.advance(by: .seconds(101))
    #expect(try await entry("+14155552673", in: scene) == nil)
  }

  @Test func readsAListWithoutAHeader() async throws {
    let scene = try await ImportScene()
    let result = try await run("+14155552671\n+14155552672\n+14155552672\n", in: scene, for: nil)
    #expect(result.total == 3)
    #expect(result.added == 3)
    #expect(try await entry("+14155552671", in: scene)?.account == nil)
    let page = try await scene.store.suppressions(of: nil, page: PageRequest())
    #expect(page.elements.count == 2)
  }

  @Test func refusesAFileWithoutNumbers() async throws {
    let scene = try await ImportScene()
    let error = await #expect(throws: ImportError.self) {
      try await run("name,plan\nAnn,basic\n", in: scene, for: scene.account)
    }
    #expect(error?.code == .noPhoneColumn)
    let empty = await #expect(throws: ImportError.self) { try await run("", in: scene, for: scene.account) }
    #expect(empty?.code == .emptyFile)
  }

  @Test func suppressesWaitingLeadsAndTellsOfLiveCalls() async throws {
    let scene = try await ImportScene()
    _ = try await scene.run("phone\n+14155552671\n+14155552672\n+14155552673\n")
    _ = try await scene.store.transition(scene.campaign, on: .start, reason: nil)
    let lease = try await scene.store.acquire(scene.campaign, by: "test", lasting: .seconds(60))
    let locality = try #require(try await scene.leads().first?.locality)
    let open = OpenLocality(locality, from: .distantPast, until: .distantFuture)
    let claim = try await scene.store.claim(ClaimRequest(lease: lease, count: 1, open: [open]))
    let result = try await run("+14155552671\n+14155552672\n", in: scene, for: scene.account)
    #expect(result.liveCalls == claim.calls.map(\.call))
    #expect(try await scene.leads().map(\.status) == [.calling, .suppressed, .waiting])
    let next = try await scene.store.claim(ClaimRequest(lease: lease, count: 5, open: [open]))
    #expect(next.calls.map(\.number.description) == ["+14155552673"])
  }

  @Test func tellsOfEveryRefusedRowAndKeepsTheFirst() async throws {
    let scene = try await ImportScene()
    let sink = RefusedRows()
    let text = "number\n" + (0..<7).map { "x\($0)\n" }.joined()
    let result = try await run(text, in: scene, for: nil, sink: sink) { $0.keptRefusals = 3 }
    #expect(result.refused.map(\.row) == [1, 2, 3])
    #expect(sink.rows.map(\.row) == Array(1...7))
  }

  @Test func isReadBackAsItWasWritten() async throws {
    let scene = try await ImportScene()
    let rows = (0..<2500).map { "+1415555\(1000 + $0),\"asked, twice\",agent,2026-01-02T00:00:00.000Z,\r\n" }
    let text =
      "number,reason,source,added_at,expires_at\r\n" + rows.joined()
      + "+1900*,,carrier,2026-01-02T00:00:00.000Z,2099-01-01T00:00:00.000Z\r\n"
    let result = try await run(text, in: scene, for: scene.account)
    #expect(result.added == 2501)
    let exported = try await export(scene, of: scene.account)
    #expect(exported == text)
    #expect(try await export(scene, of: nil) == "number,reason,source,added_at,expires_at\r\n")
  }

  @Test func notesTheAgeOfACopyOnceAllOfItIsIn() async throws {
    let scene = try await ImportScene()
    func copy() async throws -> Timestamp? {
      try await scene.store.account(scene.account)?.copiedLists["us.national"]
    }
    await #expect(throws: ImportError.self) {
      try await run("number\n+14155552671\n\"+1", in: scene, for: nil) { $0.registry = "us.national" }
    }
    #expect(try await copy() == nil)
    let made = scene.time.now() - .seconds(86_400)
    _ = try await run("+14155552671\n", in: scene, for: nil) { options in
      options.registry = "us.national"
      options.copiedAt = made
    }
    #expect(try await copy() == made)
    _ = try await run("+14155552671\n", in: scene, for: scene.account) { $0.registry = "us.national" }
    #expect(try await copy() == scene.time.now())
    // An older copy does not take the place of a newer one.
    try await scene.store.noteCopy(of: "us.national", made: made, for: scene.account)
    #expect(try await copy() == scene.time.now())
  }

  @Test func notesNoCopyOfWhichRowsWereRefused() async throws {
    let scene = try await ImportScene()
    func copy() async throws -> Timestamp? {
      try await scene.store.account(scene.account)?.copiedLists["us.national"]
    }
    for text in [
      "phone\n4155552671\n4155552672\n", "phone\n+14155552671\nx\n", "phone,mobile\n+14155552671,x\n", "phone\n",
    ] {
      let result = try await run(text, in: scene, for: scene.account) { $0.registry = "us.national" }
      #expect(!result.isCopyNoted)
      #expect(try await copy() == nil)
    }
    let result = try await run("phone\n+14155552671\nx\n", in: scene, for: scene.account) { options in
      options.registry = "us.national"
      options.allowsRefusalsInCopy = true
    }
    #expect(result.isCopyNoted)
    #expect(try await copy() != nil)
  }

  @Test func tellsOfEachNumberThatCannotBeRead() async throws {
    let scene = try await ImportScene()
    let result = try await run(
      "phone,mobile,fax phone\n+14155552671,0171 1234567,\n+14155552672,x,y\n+14155552673,,\n", in: scene,
      for: scene.account
    ) { $0.defaultRegion = "US" }
    #expect(result.added == 3)
    #expect(result.invalid == 0)
    #expect(result.refused.map(\.row) == [1, 2])
    #expect(result.refused.map(\.field) == ["mobile", "mobile"])
    #expect(result.refused.map(\.value) == ["0171 1234567", "x"])
    #expect(result.refused.last?.reason.contains("'y' in 'fax phone'") == true)
  }

  @Test func endsNoEntryEarlier() async throws {
    let scene = try await ImportScene()
    let now = scene.time.now()
    let prefix = try #require(Suppression.Pattern("+1900*"))
    let number = try #require(Suppression.Pattern("+14155552671"))
    let known = [number, prefix].map { Suppression($0, account: scene.account, source: "court", addedAt: now) }
    _ = try await scene.store.suppress(known)
    let text =
      "phone,expires_at\n+14155552671,2020-01-01\n+14155552671,2099-01-01\n+1900*,2099-01-01\n+14155552672,2099-01-01\n"
    let result = try await run(text, in: scene, for: scene.account)
    #expect(result.added == 3)
    #expect(result.refused.map(\.row) == [1])
    #expect(result.refused.map(\.field) == ["expires_at"])
    let left = try await scene.store.suppressions(for: [number, prefix], of: scene.account)
    #expect(Set(left.values) == Set(known))
    // Nor does a later row of the file, in the same piece or not.
    let twice = "phone,expires_at\n+14155552673,\n+14155552673,2099-01-01\n+14155552674,\n+14155552673,2098-01-01\n"
    #expect(try await run(twice, in: scene, for: scene.account).added == 4)
    let entry = try #require(try await entry("+14155552673", in: scene))
    #expect(entry.expiresAt == nil)
    // One that ends later is as good as new.
    #expect(try await run("phone,expires_at\n+14155552672,2100-01-01\n", in: scene, for: scene.account).added == 1)
    #expect(try await self.entry("+14155552672", in: scene)?.expiresAt == Timestamp("2100-01-01"))
  }

  /// Ten thousand rows go in together unless they are long.
  @Test func takesLongTextsInSmallPieces() async throws {
    let scene = try await ImportScene()
    let reason = String(repeating: "r", count: 3000)
    let sink = CountingSink()
    let rows = (0..<3000).map { "\($0 % 300 == 299 ? "x" : "+1415555\(1000 + $0)"),\(reason)\n" }
    let result = try await run("phone,reason\n" + rows.joined(), in: scene, for: scene.account, sink: sink) {
      $0.batchSize = 10_000
    }
    #expect(result.added == 2990)
    #expect(sink.calls.map(\.rows) == [6, 4])
    #expect(try await entry("+14155551000", in: scene)?.reason == String(repeating: "r", count: 1000))
  }
}
