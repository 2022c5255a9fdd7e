import CampaignKit
import Testing

/// Which columns of a do-not-call list hold numbers.
@Suite struct SuppressionColumnTests {
  /// Imports a list, and gives the numbers that are on it then.
  private func listed(
    _ text: String, region: String? = nil
  ) async throws -> (result: SuppressionImportResult, numbers: [String]) {
    let scene = try await ImportScene()
    var options = SuppressionImporter.Options()
    options.defaultRegion = region
    let result = try await SuppressionImporter(scene.store, options: options)
      .run(.bytes(Array(text.utf8), name: "list.csv"), for: scene.account)
    let page = try await scene.store.suppressions(of: scene.account, page: PageRequest(limit: 1000))
    return (result, page.elements.map(\.pattern.description))
  }

  @Test(arguments: [
    "tel:+14155552671\ntel:+14155552672\n", "Phone: +14155552671\n+14155552672\n",
    "415-555-2671 (cell)\n+14155552672\n", "+14155552671,asked by phone\n+14155552672,asked by phone\n",
    "+14155552671,Mobile\n+14155552672,Mobile\n", "2024-01-15,+14155552671\n2024-01-16,+14155552672\n",
    "４１５５５５２６７１,mobile\n4155552672,mobile\n",
  ])
  func takesNoFirstRowWithANumberForAHeader(text: String) async throws {
    let (result, numbers) = try await listed(text, region: "US")
    #expect(result.total == 2)
    #expect(numbers.contains("+14155552672"))
    // What is not read is told.
    #expect(result.invalid == 2 - numbers.count)
    #expect(result.refused.map(\.row) == (numbers.count == 2 ? [] : [1]))
  }

  @Test func takesNoDaysForNumbers() async throws {
    let (result, numbers) = try await listed(
      "+49 30 1234567;2024-01-15\n030 7654321;2024-01-16\nxx;2024-01-17\n", region: "DE")
    #expect(result.added == 2)
    #expect(result.invalid == 1)
    #expect(result.refused.map(\.value) == ["xx"])
    #expect(numbers == ["+49301234567", "+49307654321"])
  }

  @Test func judgesColumnsByMoreThanTheFirstRow() async throws {
    let (result, numbers) = try await listed("+14155552671,\n+14155552672,+14155552673\n")
    #expect(result.added == 2)
    #expect(numbers == ["+14155552671", "+14155552672", "+14155552673"])
  }

  /// A number with its country code that comes late, in a column of which nobody could know.
  @Test func findsNumbersWhereverTheyStand() async throws {
    let rows = (0..<500).map { "+1415555\(1000 + $0),none\n" }.joined()
    let (result, numbers) = try await listed(rows + "+14155552671,+14155552672\n")
    #expect(result.added == 501)
    #expect(numbers.contains("+14155552672"))
  }

  @Test func refusesAListInWhichAnythingCouldBeANumber() async throws {
    let error = await #expect(throws: ImportError.self) {
      try await listed("+49 30 1234567;20240115\n030 7654321;20240116\n", region: "DE")
    }
    #expect(error?.code == .noHeader)
  }

  @Test func leavesOutVagueColumnsBesideSureOnes() async throws {
    let (_, numbers) = try await listed("Nummer;Telefon\n20240115;+49 30 1234567\n", region: "DE")
    #expect(numbers == ["+49301234567"])
  }

  @Test func readsNationalNumbersAsThoseOfTheirCountry() async throws {
    let (result, numbers) = try await listed("phone,country\n0171 2345678,DE\n020 7946 0018,\n", region: "GB")
    #expect(result.refused == [])
    #expect(numbers == ["+442079460018", "+491712345678"])
  }
}
