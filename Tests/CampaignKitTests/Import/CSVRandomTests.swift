import CampaignKit
import Testing

/// Random input, which the plain reader reads too. The bytes are drawn so that most of them have a meaning.
@Suite struct CSVRandomTests {
  private static let alphabet: [[UInt8]] = [
    [34], [34], [34, 34], [44], [44], [10], [13], [13, 10], [59], [9], [0], [0x1A], [32], Array("abc".utf8),
    Array("é".utf8), [0xE9], Array("日本語".utf8), Array(String(repeating: "x", count: 61).utf8), [0xEF, 0xBB, 0xBF],
    Array("\"Smith, John\"".utf8), Array(",\"say \"\"hi\"\"\"\n".utf8),
  ]

  private func input(_ dice: inout Dice) -> [UInt8] {
    var bytes: [UInt8] = []
    // Few kinds of pieces at a time, so that rare sequences are not rare.
    let few = (0..<dice(2...6)).map { _ in dice.pick(Self.alphabet, or: []) }
    let pieces = dice.coin() ? Self.alphabet : few
    for _ in 0..<dice(0...60) { bytes += dice.pick(pieces, or: []) }
    return bytes
  }

  private enum Outcome: Equatable {
    case records([[[UInt8]]], [Int], CSVError?)
  }

  /// What the reader gives when the input comes in these pieces, whose number is drawn each time.
  private func read(
    _ bytes: [UInt8], _ configuration: CSVReader.Configuration, pieces: ((Int) -> Int)? = nil
  ) -> Outcome {
    var reader = CSVReader(configuration)
    var records: [[[UInt8]]] = []
    var offsets: [Int] = []
    var rest = bytes[...]
    do throws(CSVError) {
      while true {
        while try reader.next() {
          records.append((0..<reader.count).map { reader.withBytes(at: $0) { Array($0) } })
          offsets.append(reader.offset)
        }
        guard !rest.isEmpty else { break }
        let piece = rest.prefix(pieces?(rest.count) ?? rest.count)
        reader.append(Array(piece))
        rest = rest.dropFirst(piece.count)
      }
      reader.finish()
      while try reader.next() {
        records.append((0..<reader.count).map { reader.withBytes(at: $0) { Array($0) } })
        offsets.append(reader.offset)
      }
    } catch {
      return .records(records, offsets, error)
    }
    return .records(records, offsets, nil)
  }

  @Test func readsWhatThePlainReaderReads() {
    for seed in 0..<3000 as Range<UInt64> {
      var dice = Dice(seed)
      let bytes = input(&dice)
      var configuration = CSVReader.Configuration()
      configuration.delimiter = dice.pick([.comma, .semicolon, .tab], or: .comma)
      configuration.encoding = .windows1252
      let plainBytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? [] : bytes
      guard case .records(let records, _, let error) = read(plainBytes, configuration) else { continue }
      let expected = PlainCSV.records(in: plainBytes, delimiter: configuration.delimiter?.byte ?? 44)
      #expect((error == nil) == (expected != nil), "seed \(seed): \(bytes)")
      if let expected { #expect(records == expected, "seed \(seed): \(bytes)") }
      if error != nil { #expect(error?.code == .unterminatedQuote, "seed \(seed)") }
    }
  }

  /// However the input is cut, the records are the same, and so are the error and every place in the file.
  @Test func readsTheSameInAnyPieces() {
    for seed in 0..<2000 as Range<UInt64> {
      var dice = Dice(seed &+ 1_000_000)
      let bytes = input(&dice)
      var configuration = CSVReader.Configuration()
      if dice.coin() { configuration.delimiter = .comma }
      if dice.coin() { configuration.encoding = dice.pick([.utf8, .utf16BigEndian, .windows1252], or: .utf8) }
      if dice.coin() { configuration.mode = .strict }
      if dice.coin() { configuration.maximumRecordBytes = dice(1...80) }
      if dice.coin() { configuration.maximumColumns = dice(1...6) }
      let whole = read(bytes, configuration)
      #expect(read(bytes, configuration, pieces: { _ in 1 }) == whole, "seed \(seed), byte by byte: \(bytes)")
      var cuts = dice
      let cut = read(bytes, configuration, pieces: { count in cuts(1...max(1, count)) })
      #expect(cut == whole, "seed \(seed), in random pieces: \(bytes)")
    }
  }

  /// A file longer than what is looked at in the beginning, in pieces that are unlike each other.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func readsLongFilesTheSameInAnyPieces(seed: UInt64) {
    var dice = Dice(seed)
    var writer = CSVWriter(delimiter: seed.isMultiple(of: 2) ? .semicolon : .comma)
    var rows: [[String]] = []
    for row in 0..<3000 {
      rows.append(["\(row)", dice(0...20) == 0 ? dice.text() : "plain text of a row", "\(dice.word())", dice.text()])
      writer.write(rows[row])
    }
    let bytes = writer.take()
    let whole = read(bytes, CSVReader.Configuration())
    let expected = rows.map { $0.map { Array($0.utf8) } }
    if case .records(let records, _, let error) = whole {
      #expect(error == nil, "seed \(seed)")
      #expect(records == expected, "seed \(seed)")
    }
    var cuts = dice
    #expect(read(bytes, CSVReader.Configuration(), pieces: { _ in cuts(1...9000) }) == whole, "seed \(seed)")
  }

  /// What is written is read back the same.
  @Test func readsBackWhatIsWritten() throws {
    for seed in 0..<500 as Range<UInt64> {
      var dice = Dice(seed &+ 2_000_000)
      let delimiter: CSVDelimiter = dice.pick([.comma, .semicolon, .tab, .pipe], or: .comma)
      var writer = CSVWriter(delimiter: delimiter)
      let rows = (0..<dice(1...6)).map { _ in (0..<dice(1...5)).map { _ in dice.text() } }
      for row in rows { writer.write(row) }
      var configuration = CSVReader.Configuration()
      configuration.delimiter = delimiter
      configuration.encoding = .utf8
      #expect(try CSVReader.records(in: writer.take(), configuration) == rows, "seed \(seed)")
    }
  }
}
