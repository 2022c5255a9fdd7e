/// The do-not-call entries of one account, or those for all.
struct SuppressionList: Sendable {
  var numbers = SuppressedNumbers()
  /// By the digits of the prefix.
  var prefixes: [UInt64: SuppressionTerms] = [:]

  var count: Int { numbers.count + prefixes.count }
  var isEmpty: Bool { count == 0 }

  func terms(of pattern: Suppression.Pattern) -> SuppressionTerms? {
    switch pattern {
    case .number(let number): numbers.terms(of: SuppressedNumbers.key(number.digits))
    case .prefix(let prefix): prefixes[prefix.start]
    }
  }

  mutating func set(_ pattern: Suppression.Pattern, _ terms: SuppressionTerms) {
    switch pattern {
    case .number(let number): numbers.set(SuppressedNumbers.key(number.digits), terms)
    case .prefix(let prefix): prefixes[prefix.start] = terms
    }
  }

  mutating func remove(_ pattern: Suppression.Pattern) {
    switch pattern {
    case .number(let number): _ = numbers.remove(SuppressedNumbers.key(number.digits))
    case .prefix(let prefix): prefixes[prefix.start] = nil
    }
  }

  /// An entry, and where it stands in the order of the patterns' texts.
  struct Element {
    /// Twice the key of the digits, and one more for a prefix: its star stands before every digit.
    var place: UInt64
    var terms: SuppressionTerms

    /// Nil for digits that no pattern has.
    var pattern: Suppression.Pattern? {
      let digits = SuppressedNumbers.digits(place >> 1)
      return place & 1 == 0
        ? PhoneNumber(digits: digits).map { .number($0) } : PhonePrefix(digits: digits).map { .prefix($0) }
    }
  }

  /// Entries in the order of their patterns, behind a place or after so many others.
  func elements(after place: UInt64? = nil, skipping: Int = 0, limit: Int) -> [Element] {
    guard limit > 0 else { return [] }
    let prefixes = prefixes.map { Element(place: SuppressedNumbers.key($0.key) << 1 | 1, terms: $0.value) }
      .filter { element in place.map { $0 < element.place } ?? true }.sorted { $0.place < $1.place }
    var next = prefixes.startIndex
    var skip = skipping
    var found: [Element] = []
    func take(_ element: Element) -> Bool {
      if skip > 0 { skip -= 1 } else { found.append(element) }
      return found.count < limit
    }
    var number = place.map { numbers.chunks.isEmpty ? 0 : numbers.chunk(for: $0 >> 1) } ?? 0
    while number < numbers.chunks.count {
      let chunk = numbers.chunks[number]
      number += 1
      // A chunk that lies before the page as a whole is passed over.
      if skip >= chunk.count, place == nil || (place ?? 0) >> 1 < chunk.first,
        next == prefixes.endIndex || prefixes[next].place >> 1 >= chunk.last
      {
        skip -= chunk.count
        continue
      }
      for index in chunk.words.indices {
        let entry = chunk[index]
        if let place, entry.key << 1 <= place { continue }
        while next < prefixes.endIndex, prefixes[next].place < entry.key << 1 {
          guard take(prefixes[next]) else { return found }
          next += 1
        }
        guard take(Element(place: entry.key << 1, terms: entry.terms)) else { return found }
      }
    }
    while next < prefixes.endIndex {
      guard take(prefixes[next]) else { return found }
      next += 1
    }
    return found
  }
}

extension Tables {
  /// The entry that holds for a number now: one for the number before one for a prefix, a longer prefix before a
  /// shorter, and one of the account before one for all.
  func suppression(
    of number: UInt64, for account: UInt32, at now: Int64
  ) -> (owner: UInt32, isPrefix: Bool, digits: UInt64, terms: SuppressionTerms)? {
    let own = suppressions[account]
    let all = suppressions[noRow]
    let key = SuppressedNumbers.key(number)
    if let terms = own?.numbers.terms(of: key), now < terms.expiresAt { return (account, false, number, terms) }
    if let terms = all?.numbers.terms(of: key), now < terms.expiresAt { return (noRow, false, number, terms) }
    guard !(own?.prefixes.isEmpty ?? true) || !(all?.prefixes.isEmpty ?? true) else { return nil }
    var digits = number
    while digits > 0 {
      if let terms = own?.prefixes[digits], now < terms.expiresAt { return (account, true, digits, terms) }
      if let terms = all?.prefixes[digits], now < terms.expiresAt { return (noRow, true, digits, terms) }
      digits /= 10
    }
    return nil
  }

  func suppression(_ pattern: Suppression.Pattern, of owner: UInt32, _ terms: SuppressionTerms) -> Suppression {
    Suppression(
      pattern, account: owner == noRow ? nil : accounts[Int(owner)].account.id, source: texts[terms.source] ?? "",
      reason: texts[terms.reason], addedAt: Timestamp(milliseconds: terms.addedAt),
      expiresAt: terms.expiresAt == .max ? nil : Timestamp(milliseconds: terms.expiresAt))
  }

  /// The owners of entries in the order of accounts, those for all last.
  var suppressionOwners: [UInt32] { suppressions.keys.sorted() }
}
