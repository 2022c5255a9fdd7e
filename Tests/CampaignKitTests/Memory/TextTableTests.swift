import Testing

@testable import CampaignKit

@Suite struct TextTableTests {
  @Test(arguments: [151, 152] as [UInt64])
  func textsReadBack(seed: UInt64) {
    var dice = Dice(seed)
    var table = TextTable()
    var numbers: [(text: String?, number: UInt32)] = []
    for _ in 0..<500 {
      let text = dice(0...9) == 0 ? nil : dice.text()
      let isKnown = text.map { table.known($0) != nil } ?? true
      let count = table.texts.count
      let number = table.number(of: text)
      #expect((table.texts.count == count) == isKnown)
      #expect((number == 0) == (text == nil))
      numbers.append((text, number))
    }
    let copy = TextTable(texts: table.texts)
    for (text, number) in numbers {
      #expect(table[number] == text && copy[number] == text, "seed \(seed)")
      if let text { #expect(table.known(text) == number && copy.known(text) == number, "seed \(seed)") }
    }
  }

  @Test func anEmptyTextIsNotNone() {
    var table = TextTable()
    let number = table.number(of: "")
    #expect(number != 0 && table[number] == "" && table[0] == nil && table[99] == nil && table[.max] == nil)
    #expect(TextTable(texts: []).texts == [""])
  }
}

@Suite struct LocalityTableTests {
  @Test(arguments: [153, 154] as [UInt64])
  func localitiesReadBack(seed: UInt64) {
    var dice = Dice(seed)
    var table = LocalityTable()
    var numbers: [Locality: UInt32] = [:]
    for _ in 0..<500 {
      let locality = Locality(
        jurisdiction: dice.pick([nil, "", "US", "US-FL"], or: nil),
        timeZones: (0..<dice(0...2)).map { _ in dice.pick(["a", "b", ""], or: "a") })
      let number = table.number(of: locality)
      #expect(numbers[locality] ?? number == number, "seed \(seed)")
      numbers[locality] = number
    }
    #expect(Set(numbers.values) == Set(0..<UInt32(table.localities.count)))
    let copy = LocalityTable(localities: table.localities)
    for (locality, number) in numbers {
      #expect(table[number] == locality && copy[number] == locality)
      #expect(table.known(locality) == number && copy.known(locality) == number)
    }
    #expect(table[.max] == .unknown)
  }
}
