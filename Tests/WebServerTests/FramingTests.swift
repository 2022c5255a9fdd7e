import Testing

@testable import WebServer

/// Where requests end, and what is no request: over sockets, and against the parser in every cut.
@Suite struct FramingTests {
  @Test func thereAreEnoughCases() {
    #expect(FramingCase.all.count >= 120)
    #expect(Set(FramingCase.all.map(\.name)).count == FramingCase.all.count)
  }

  @Test("X-24, X-25, X-26: answers as the standards demand", arguments: FramingCase.all)
  func answersAsTheStandardsDemand(_ framing: FramingCase) throws {
    let fixture = try LoopFixture()
    let answers = try fixture.answers(to: framing.input + FramingCase.probe)
    #expect(answers.map(\.status).filter { $0 != 100 } == framing.statuses, "\(answers)")
    // What must be closed says so, and what stays open answers the probe.
    let isLast = framing.statuses.last == 200 && answers.last?.text.hasPrefix("GET /probe") == true
    #expect(isLast == (answers.last?.fields["connection"] == nil), "\(answers)")
  }

  @Test("X-26: the same byte by byte", arguments: FramingCase.all.filter { $0.input.utf8.count < 1000 })
  func answersTheSameByteByByte(_ framing: FramingCase) throws {
    let fixture = try LoopFixture()
    let answers = try fixture.answers(to: framing.input + FramingCase.probe, in: 1)
    #expect(answers.map(\.status).filter { $0 != 100 } == framing.statuses, "\(answers)")
  }

  @Test(arguments: FramingCase.all.filter { $0.input.utf8.count < 1000 })
  func readsTheSameInEveryCut(_ framing: FramingCase) {
    let bytes = Array((framing.input + FramingCase.probe).utf8)
    let whole = Reading.of([bytes])
    #expect(Reading.of(bytes.map { [$0] }) == whole)
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(Reading.of(pieces) == whole, "cut at \(cut)")
    }
  }

  @Test(arguments: FramingCase.all.filter { (1000..<60_000).contains($0.input.utf8.count) })
  func readsLongInputTheSameByteByByte(_ framing: FramingCase) {
    let bytes = Array((framing.input + FramingCase.probe).utf8)
    #expect(Reading.of(bytes.map { [$0] }) == Reading.of([bytes]))
  }
}
