import CampaignKit
import Testing

/// Files that are wide, or wrong in every row, take no more memory or time than others.
@Suite struct ImportSizeTests {
  @Test func keepsNoFieldsOfRowsThatHaveTooMany() async throws {
    let scene = try await ImportScene()
    let row = String(repeating: ",", count: 30_000) + "\n"
    let sink = CountingSink()
    let result = try await scene.run("phone,name\n" + String(repeating: row, count: 100), sink: sink) {
      $0.batchSize = 4096
    }
    #expect(result.tally == ImportBatch.Tally(total: 100, invalid: 100))
    #expect(sink.calls.map(\.cells).max() == 0)
    #expect(result.refused.flatMap(\.cells) == [])
  }

  @Test func tellsOfLongRowsAFewAtATime() async throws {
    let scene = try await ImportScene()
    let row = "x,\(String(repeating: "n", count: 60_000))\n"
    let sink = CountingSink()
    let result = try await scene.run("phone,name\n" + String(repeating: row, count: 200), sink: sink) {
      $0.batchSize = 4096
    }
    #expect(sink.calls.reduce(0) { $0 + $1.rows } == 200)
    #expect(sink.calls.map(\.bytes).max() ?? 0 < 3 << 20)
    #expect(result.refused.count == 200)
    #expect(result.refused.joinedBytes < 5 << 20)
    #expect(result.refused.first?.cells.count == 2)
  }

  @Test func tellsOfWideDuplicatesAFewAtATime() async throws {
    let scene = try await ImportScene()
    let header = "phone" + (0..<500).map { ",c\($0)" }.joined()
    let row = "+14155552671" + String(repeating: ",", count: 500) + "\n"
    let sink = CountingSink()
    let result = try await scene.run("\(header)\n" + String(repeating: row, count: 400), sink: sink) {
      $0.batchSize = 4096
    }
    #expect(result.tally == ImportBatch.Tally(total: 400, duplicates: 399, inserted: 1, contactsCreated: 1))
    #expect(sink.calls.reduce(0) { $0 + $1.rows } == 399)
    #expect(sink.calls.map(\.cells).max() ?? 0 < 50_000)
  }

  @Test func keepsTheFirstMegabytesOfRefusedEntries() async throws {
    let scene = try await ImportScene()
    let row = "x,\(String(repeating: "n", count: 60_000))\n"
    let result = try await SuppressionImporter(scene.store)
      .run(.bytes(Array(("phone,name\n" + String(repeating: row, count: 200)).utf8), name: "list.csv"), for: nil)
    #expect(result.refused.count == 200)
    #expect(result.refused.joinedBytes < 5 << 20)
  }

  /// Columns that a row does not have cost nothing.
  @Test func readsShortRowsBelowAWideHeader() async throws {
    let scene = try await ImportScene()
    let header = "phone" + (0..<20_000).map { ",c\($0)" }.joined()
    let rows = (0..<1000).map { "+1415555\(1000 + $0)\n" }.joined()
    let result = try await scene.run("\(header)\n\(rows)") { $0.batchSize = 4096 }
    #expect(result.tally.inserted == 1000)
  }

  /// The place of a problem is not counted from the beginning for each.
  @Test func findsProblemsInUTF16() throws {
    let text = "phone,name\n" + String(repeating: "x,\"a\"b\n", count: 5_000)
    var bytes: [UInt8] = [0xFF, 0xFE]
    for unit in text.utf16 { bytes += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
    var reader = CSVReader()
    reader.append(bytes)
    reader.finish()
    var offsets: [Int] = []
    while try reader.next() { if let problem = reader.problem { offsets.append(problem.offset) } }
    #expect(offsets.count == 5_000)
    // The mark, the header, the rows before, and what stands before the text that follows the quote.
    let expected = (0..<5_000).map { 2 + 2 * (11 + 7 * $0 + 5) }
    #expect(offsets == expected)
  }
}

extension [RefusedRow] {
  fileprivate var joinedBytes: Int { reduce(0) { $0 + $1.cells.reduce(0) { $0 + $1.utf8.count } } }
}
