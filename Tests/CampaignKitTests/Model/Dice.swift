import CampaignKit
import CampaignTesting

/// Random values for tests; the same ones again for the same seed, which a failing test prints.
struct Dice {
  var generator: SeededGenerator

  init(_ seed: UInt64) {
    generator = SeededGenerator(seed: seed)
  }

  mutating func callAsFunction(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
  mutating func word() -> UInt64 { generator.next() }
  mutating func coin() -> Bool { generator.next() & 1 == 0 }
  mutating func pick<Element>(_ elements: [Element], or fallback: Element) -> Element {
    elements.randomElement(using: &generator) ?? fallback
  }
  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }
  mutating func id<Entity>(_ entity: Entity.Type = Entity.self) -> Identifier<Entity> {
    Identifier(high: generator.next(), low: UInt32(truncatingIfNeeded: generator.next()))
  }
  mutating func moment() -> Timestamp {
    Timestamp(milliseconds: Int64.random(in: -62_167_219_200_000...253_402_300_799_999, using: &generator))
  }
  mutating func number() -> PhoneNumber {
    let digits = UInt64.random(in: 10_000_000_000...999_999_999_999, using: &generator)
    return PhoneNumber(digits: digits) ?? samplePhone
  }
  mutating func text() -> String {
    let letters = ["a", "B", "é", "e\u{301}", "ß", "İ", "日", "👩‍👩‍👧", " ", "\u{0}", "\"", "\\", "\n", "+", "K", "1"]
    return (0..<self(0...12)).map { _ in pick(letters, or: "x") }.joined()
  }
}

/// A number that is there without a question mark.
let samplePhone: PhoneNumber = {
  guard let number = PhoneNumber(digits: 14_155_552_671) else { preconditionFailure("the sample has eleven digits") }
  return number
}()
