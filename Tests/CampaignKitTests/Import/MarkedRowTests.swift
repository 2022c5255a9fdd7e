import CampaignKit
import Testing

/// Rows that say that a person is not to be called.
@Suite struct MarkedRowTests {
  private func isListed(_ number: String, in scene: ImportScene) async throws -> Bool {
    try await scene.store.suppression(of: try #require(PhoneNumber(e164: number)), for: scene.account) != nil
  }

  /// Whatever else is wrong with it.
  @Test(arguments: [
    ("priority,metadata", "banana,"), ("priority,metadata", ",\"{\"\"a\"\":}\""), ("timezone,not_before", "Mars/Base,"),
    ("timezone,not_before", ",soon"),
  ])
  func putsAWrongRowOnTheList(columns: String, cells: String) async throws {
    for dnc in [
      "phone,mobile,\(columns),dnc\n+14155552671,+14155552672,\(cells),yes\n",
      "dnc,phone,mobile,\(columns)\nyes,+14155552671,+14155552672,\(cells)\n",
    ] {
      let scene = try await ImportScene()
      let result = try await scene.run(
        dnc + dnc.split(separator: "\n")[1].replacing("yes", with: "no").replacing("2671", with: "2675"))
      #expect(result.tally == ImportBatch.Tally(total: 2, invalid: 2))
      #expect(result.refused.first?.reason.contains("are on the do-not-call list all the same") == true)
      #expect(try await isListed("+14155552671", in: scene))
      #expect(try await isListed("+14155552672", in: scene))
      #expect(try await !isListed("+14155552675", in: scene))
    }
  }

  @Test func keepsRowsWithItsNumberFromBecomingLeads() async throws {
    let text = """
      phone,priority,dnc
      +14155552671,,
      +14155552672,banana,yes
      +14155552672,,
      +14155552671,banana,yes
      +14155552673,,
      +14155552673,banana,yes
      """
    for size in [1, 2, 3, 100] {
      let scene = try await ImportScene()
      let dry = try await scene.run(text) { ($0.isDryRun, $0.batchSize) = (true, size) }
      let result = try await scene.run(text) { $0.batchSize = size }
      #expect(result.tally == ImportBatch.Tally(total: 6, invalid: 3, suppressed: 1, inserted: 2, contactsCreated: 2))
      #expect(dry.tally == result.tally)
      #expect(dry.refused == result.refused)
      #expect(try await scene.leads().map(\.status) == [.suppressed, .suppressed])
    }
  }

  @Test func tellsOfNumbersThatCannotBeRead() async throws {
    let scene = try await ImportScene()
    let result = try await scene.run(
      "phone,mobile,priority,dnc\n+14155552671,0171 1234567,,yes\n+14155552672,x,banana,yes\n+14155552673,,,yes\n")
    #expect(result.refused.map(\.row) == [1, 2, 3])
    #expect(result.refused.map { $0.reason.contains("cannot be read") } == [true, true, false])
    #expect(result.refused[0].reason.contains("'0171 1234567' in 'mobile'"))
  }

  /// A contact has a hundred further numbers at most; the list has all.
  @Test func putsMoreNumbersOnTheListThanAContactHas() async throws {
    let numbers = (0..<120).map { "+1415555\(1000 + $0)" }
    let header = (0..<120).map { "phone \($0)" }.joined(separator: ",")
    let row = numbers.joined(separator: ",")
    let scene = try await ImportScene()
    _ = try await scene.run("\(header),dnc\n\(row),yes\n")
    for number in numbers { #expect(try await isListed(number, in: scene)) }
    // And what a lead does not call is kept as text.
    let other = try await ImportScene()
    _ = try await other.run("\(header),dnc\n\(row),\n")
    let lead = try #require(try await other.leads().first)
    #expect(lead.fields.count == 19)
    #expect(lead.fields["phone 119"]?.string == numbers[119])
  }

  @Test func leavesAnEntryThatIsThereAsItIs() async throws {
    let scene = try await ImportScene()
    let pattern = try #require(Suppression.Pattern("+14155552671"))
    let known = Suppression(
      pattern, account: scene.account, source: "legal", reason: "court order 12", addedAt: scene.time.now())
    _ = try await scene.store.suppress([known])
    _ = try await scene.run("phone,dnc\n+14155552671,yes\n")
    #expect(try await scene.store.suppressions(for: [pattern], of: scene.account) == [pattern: known])
  }
}
