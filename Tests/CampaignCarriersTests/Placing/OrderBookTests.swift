import CampaignKit
import Testing

@testable import CampaignCarriers

@Suite struct OrderBookTests {
  private func call(_ number: UInt32) -> Call.ID { Call.ID(high: 1, low: number) }

  private func begin(_ book: inout OrderBook) -> OrderBook.Standing? { book.begin(call(1)) }

  private func claim(_ book: inout OrderBook, _ number: UInt32) -> Bool { book.claim("CA1", for: call(number)) }

  @Test("An order is begun once, unless it failed for certain")
  func beginning() {
    var book = OrderBook()
    #expect(begin(&book) == nil)
    #expect(begin(&book) == .underWay)
    book.fail(call(1), isCertain: true, at: .zero)
    #expect(begin(&book) == nil)
    book.fail(call(1), isCertain: false, at: .seconds(1))
    #expect(begin(&book) == .doubtful(since: .seconds(1)))
    #expect(claim(&book, 1))
    #expect(begin(&book) == .placed("CA1"))
    book.fail(call(1), isCertain: true, at: .zero)
    #expect(book.reference(of: call(1)) == "CA1", "what is placed does not fail")
  }

  @Test("A name belongs to one call")
  func names() {
    var book = OrderBook()
    #expect(claim(&book, 1))
    #expect(claim(&book, 1))
    #expect(!claim(&book, 2))
    #expect(book.owner(of: "CA1") == call(1))
    #expect(book.reference(of: call(2)) == nil)
  }

  @Test("The oldest entries are forgotten, with their names")
  func forgetting() {
    var book = OrderBook(capacity: 100)
    for number in 0..<20_000 as Range<UInt32> {
      _ = book.begin(call(number))
      book.claim("CA\(number)", for: call(number))
    }
    #expect(book.owner(of: "CA19899") == nil)
    #expect(book.owner(of: "CA19900") == call(19_900))
    #expect(book.reference(of: call(0)) == nil)
  }
}
