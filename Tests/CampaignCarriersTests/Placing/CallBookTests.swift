import CampaignKit
import Testing

@testable import CampaignCarriers

@Suite struct CallBookTests {
  private func call(_ number: Int) -> Call.ID { Call.ID(high: 1, low: UInt32(number)) }

  @Test("The oldest calls are forgotten, and it is told which")
  func forgets() {
    var book = CallBook<Int>(capacity: 100)
    for number in 0..<20_000 {
      let forgotten = book.note(number, of: call(number))
      #expect(forgotten?.call == (number < 100 ? nil : call(number - 100)))
      #expect(forgotten?.note == (number < 100 ? nil : number - 100))
    }
    #expect(book.count == 100)
    #expect(book[call(19_899)] == nil && book[call(19_900)] == 19_900)
  }

  @Test("A call that was struck out and is noted again is as new, and takes no other's place")
  func strikes() {
    var book = CallBook<Int>(capacity: 3)
    for number in 0..<3 { book.note(number, of: call(number)) }
    // It is refused for certain and comes again, so often that what is left of it would fill the book.
    for number in 0..<20_000 {
      book.strike(call(0))
      #expect(book.note(number, of: call(0)) == nil)
    }
    #expect(book[call(1)] == 1 && book[call(2)] == 2)
    #expect(book.note(3, of: call(3))?.call == call(1))
    #expect(book.note(4, of: call(4))?.call == call(2))
    #expect(book[call(0)] == 19_999, "what was noted again is the newest of the three")
  }

  @Test("To note something else of a call makes it no younger")
  func changes() {
    var book = CallBook<Int>(capacity: 2)
    for number in 0..<2 { book.note(number, of: call(number)) }
    book.note(7, of: call(0))
    #expect(book[call(0)] == 7)
    #expect(book.note(2, of: call(2))?.call == call(0))
  }
}
