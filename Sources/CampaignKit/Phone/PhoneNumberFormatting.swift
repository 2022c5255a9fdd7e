extension PhoneNumber {
  /// The number as people of its country write it, such as `(415) 555-2671`.
  ///
  /// A number that no plan has is written in digits only.
  public var national: String {
    guard let (country, codeLength) = CountryFacts.first(of: DigitString(digits)) else { return String(digits) }
    let rest = DigitString(digits).dropFirst(codeLength)
    return rest.written(layout(rest, of: country, isInternational: false))
  }

  /// The number as it is written for readers anywhere, such as `+1 415-555-2671`.
  public var international: String {
    guard let (country, codeLength) = CountryFacts.first(of: DigitString(digits)) else { return description }
    let rest = DigitString(digits).dropFirst(codeLength)
    return "+\(country.callingCode) " + rest.written(layout(rest, of: country, isInternational: true))
  }

  /// Where the layout of a national number is; 0 if it has none.
  private func layout(_ rest: DigitString, of country: CountryFacts, isInternational: Bool) -> Int {
    let label = NumberingFacts.label(of: rest, from: country.layouts)
    return NumberingFacts.word(NumberingTables.layouts + 2 * label + (isInternational ? 1 : 0))
  }
}

extension DigitString {
  /// The digits in the groups of a layout, the first of which are as long as the others allow.
  fileprivate func written(_ layout: Int) -> String {
    var text = ""
    guard layout != 0 else {
      text.append(self)
      return text
    }
    let template = NumberingFacts.text(NumberingFacts.word(layout))
    for byte in template {
      let group = Int(byte) - Int(UInt8(ascii: "a"))
      if group >= 0, group < 9 {
        text.append(self.group(group, of: layout))
      } else {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return text
  }

  private func group(_ wanted: Int, of layout: Int) -> DigitString {
    let count = NumberingFacts.word(layout + 1)
    var needed = (0..<count).reduce(0) { $0 + NumberingFacts.word(layout + 2 + $1) & 31 }
    var rest = self
    for group in 0..<count {
      let bounds = NumberingFacts.word(layout + 2 + group)
      needed -= bounds & 31
      let length = Swift.max(0, Swift.min(bounds >> 5, rest.count - needed))
      if group == wanted { return rest.prefix(length) }
      rest = rest.dropFirst(length)
    }
    return DigitString()
  }
}

extension String {
  fileprivate mutating func append(_ digits: DigitString) {
    var rest = digits
    while let digit = rest.popFirst() { unicodeScalars.append(Unicode.Scalar(UInt8(48 + digit))) }
  }
}
