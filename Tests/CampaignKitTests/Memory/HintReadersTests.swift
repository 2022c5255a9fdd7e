import CampaignKit
import Testing

@Suite struct HintReadersTests {
  private static let account = Account.ID(high: 1, low: 1)

  @Test("Who has left does not pile up while there is nothing to tell, and who reads goes on to be told")
  func strikesOffWhoHasLeft() async {
    var readers = HintReaders()
    let reader = readers.add()
    for _ in 0..<10_000 {
      _ = readers.add()
      #expect(readers.count <= 65)
    }
    readers.tell(Self.account)
    #expect(readers.count == 1)
    readers.finish()
    #expect(await reader.reduce(into: []) { $0.append($1) } == [Self.account])
  }
}
