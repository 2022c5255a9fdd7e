/// What the columns of a do-not-call list mean.
struct SuppressionColumns: Sendable {
  /// The names of the columns; made up where the file has none.
  let header: [String]
  let hasHeader: Bool
  /// Where numbers and prefixes stand: all numbers of a person who is not to be called are theirs.
  private(set) var patterns: [Int] = []
  private(set) var reason: Int?
  private(set) var source: Int?
  private(set) var added: Int?
  private(set) var expiry: Int?
  private(set) var country: Int?

  /// Finds out what they are by the first records.
  ///
  /// - Parameters:
  ///   - first: The reader, which stands at the first record.
  ///   - isNumber: Whether a field can be read as a number or prefix, of the default region or, with `false`, without
  ///     one.
  /// - Throws: An ``ImportError`` where it is not sure which columns have numbers.
  init(
    _ first: borrowing CSVReader, _ isNumber: (UnsafeRawBufferPointer, Bool) -> Bool
  ) throws(ImportError) {
    let names = first.fields
    if !names.contains(where: NumberShape.holdsNumber), let named = Self(named: names) {
      self = named
      return
    }
    hasHeader = false
    var scout = copy first
    var counts: [(filled: Int, read: Int, international: Int)] = []
    for _ in 0..<200 {
      for column in 0..<scout.count {
        if column == counts.count { counts.append((0, 0, 0)) }
        let text = scout.text(at: column)
        guard !text.allSatisfy(\.isWhitespace) else { continue }
        counts[column].filled += 1
        guard !NumberShape.holdsDay(text) else { continue }
        scout.withBytes(at: column) { bytes in
          if isNumber(bytes, true) { counts[column].read += 1 }
          if isNumber(bytes, false) { counts[column].international += 1 }
        }
      }
      guard (try? scout.next()) == true else { break }
    }
    header = ["number"] + (1..<max(1, counts.count)).map { "column \($0 + 1)" }
    patterns =
      counts.count == 1
      ? [0] : counts.indices.filter { counts[$0].read > 0 && 2 * counts[$0].read >= counts[$0].filled }
    guard !patterns.isEmpty else {
      let some = names.prefix(20).map { String($0.prefix(60)) }
      throw ImportError(
        .noPhoneColumn, "no column is known to hold phone numbers; the first row has \(some). Call one 'number'")
    }
    // Without a country code, an account or a day may look like a number.
    guard patterns.count == 1 || patterns.allSatisfy({ counts[$0].international == counts[$0].read }) else {
      let columns = patterns.map { "\($0 + 1)" }.joined(separator: ", ")
      throw ImportError(
        .noHeader,
        "each of the columns \(columns) could hold phone numbers; put a first row with names above, such as 'number'")
    }
  }

  /// Knows columns by their names; nil where no name is that of numbers.
  private init?(named names: [String]) {
    header = names
    hasHeader = true
    var guesses: [HeaderWords.Guess?] = []
    for (column, name) in names.enumerated() {
      var guess: HeaderWords.Guess?
      switch HeaderKey(name).text {
      case "reason", "why": reason = column
      case "source", "list": source = column
      case "addedat", "added", "since": added = column
      case "expiresat", "expires", "expiry", "until": expiry = column
      case "pattern", "prefix": guess = HeaderWords.Guess(field: .phone, rank: 0)
      default: guess = HeaderWords.meaning(of: name)
      }
      if guess?.field == .country { country = column }
      guesses.append(guess)
    }
    patterns = HeaderWords.phoneColumns(among: guesses).sorted()
    guard !patterns.isEmpty else { return nil }
  }
}
