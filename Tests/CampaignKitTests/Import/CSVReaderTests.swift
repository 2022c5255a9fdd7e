import CampaignKit
import Testing

@Suite struct CSVReaderTests {
  private func records(
    _ text: String, _ change: (inout CSVReader.Configuration) -> Void = { _ in }
  ) throws(CSVError) -> [[String]] {
    var configuration = CSVReader.Configuration()
    change(&configuration)
    return try CSVReader.records(in: Array(text.utf8), configuration)
  }

  // MARK: Text

  @Test func readsUTF16WithAndWithoutMark() throws {
    let text = "phone,name\r\n1,\"Zoë, 🎉\"\r\n"
    let expected = [["phone", "name"], ["1", "Zoë, 🎉"]]
    for isBigEndian in [false, true] {
      let bytes = text.utf16.flatMap { unit -> [UInt8] in
        let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
        return isBigEndian ? pair : pair.reversed()
      }
      let mark: [UInt8] = isBigEndian ? [0xFE, 0xFF] : [0xFF, 0xFE]
      #expect(try CSVReader.records(in: mark + bytes) == expected)
      #expect(try CSVReader.records(in: bytes) == expected)
    }
  }

  @Test func readsWindowsCharacters() throws {
    #expect(try CSVReader.records(in: [0x80, 44, 0x93, 0x9F, 0x81, 10]) == [["€", "“Ÿ\u{81}"]])
  }

  /// A mark says that a file is UTF-8, and yet a field may not be.
  @Test func keepsBytesThatAreNotWhatTheMarkSays() throws {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("é,".utf8) + [0xE9, 10]
    #expect(try CSVReader.records(in: bytes) == [["é", "é"]])
  }

  @Test func refusesWhatIsNotTheEncodingThatWasTold() throws {
    var configuration = CSVReader.Configuration()
    configuration.encoding = .utf8
    let error = #expect(throws: CSVError.self) {
      try CSVReader.records(in: Array("a,b\nc,".utf8) + [0xE9, 10], configuration)
    }
    #expect(error?.code == .invalidText)
    #expect(error?.row == 2)
    #expect(error?.column == 2)
    #expect(error?.offset == 6)
  }

  @Test func tellsOfHalvesOfPairs() throws {
    let bytes: [UInt8] = [0xFE, 0xFF, 0, 97, 0, 44, 0xD8, 0, 0, 10]
    #expect(try CSVReader.records(in: bytes) == [["a", "\u{FFFD}"]])
    var strict = CSVReader.Configuration()
    strict.mode = .strict
    let error = #expect(throws: CSVError.self) { try CSVReader.records(in: bytes, strict) }
    #expect(error?.code == .invalidText)
    #expect(error?.offset == 6)
  }

  // MARK: Quotes

  @Test func takesQuotesBehindAClosingOneAsTextWhenTheFieldEndsWithOne() throws {
    #expect(try records("\"say \"hi\" now\",2") == [["say \"hi\" now", "2"]])
    #expect(try records("\"x\"y,2") == [["xy", "2"]])
    #expect(try records("\"a\"\"b\"c\"d,2") == [["a\"bc\"d", "2"]])
  }

  @Test func tellsOfAGuess() throws {
    var reader = CSVReader()
    reader.append(Array("a,b\n1,\"x\"y\n3,4\n".utf8))
    reader.finish()
    #expect(try reader.next())
    #expect(reader.problem == nil)
    #expect(try reader.next())
    #expect(reader.problem?.code == .textAfterQuote)
    #expect(reader.problem?.row == 2)
    #expect(reader.problem?.column == 2)
    #expect(reader.problem?.offset == 9)
    #expect(try reader.next())
    #expect(reader.problem == nil)
    #expect(try !reader.next())
  }

  @Test(
    arguments: [
      ("a,b\n5' 10\" tall,2\n", CSVError.Code.quoteInField, 2, 1, 9),
      ("a,b\n1,\"x\"y\n", .textAfterQuote, 2, 2, 9),
      ("a,b\n1,2,3\n", .raggedRecord, 2, nil, 4),
      ("a,b\n1,\"2\n", .unterminatedQuote, 2, 2, 6),
    ] as [(String, CSVError.Code, Int, Int?, Int)])
  func refusesWhenStrict(text: String, code: CSVError.Code, row: Int, column: Int?, offset: Int) throws {
    let error = #expect(throws: CSVError.self) {
      try records(text) { configuration in
        configuration.mode = .strict
        configuration.delimiter = .comma
      }
    }
    #expect(error?.code == code)
    #expect(error?.row == row)
    #expect(error?.column == column)
    #expect(error?.offset == offset)
  }

  @Test func refusesAnOpenQuoteWithItsPlace() throws {
    let error = #expect(throws: CSVError.self) { try records("a,b\n1,2\n3,\"never closed\n5,6\n") }
    #expect(error?.code == .unterminatedQuote)
    #expect(error?.row == 3)
    #expect(error?.column == 2)
    #expect(error?.offset == 10)
  }

  @Test func countsThePlaceInTheFileWhateverTheEncoding() throws {
    let text = "é🎉,b\n1,\"open"
    let bytes: [UInt8] = [0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let error = #expect(throws: CSVError.self) { try CSVReader.records(in: bytes) }
    #expect(error?.offset == 2 + 2 * 8)
  }

  @Test func staysFailed() throws {
    var reader = CSVReader()
    reader.append(Array("a\n\"b".utf8))
    reader.finish()
    #expect(try reader.next())
    let first = #expect(throws: CSVError.self) { try reader.next() }
    let second = #expect(throws: CSVError.self) { try reader.next() }
    #expect(first == second)
  }

  // MARK: Bounds

  @Test func refusesRecordsBeyondTheBound() throws {
    let text = "a,b\n" + String(repeating: "x", count: 100) + "\n"
    #expect(try records(text) { $0.maximumRecordBytes = 100 }.count == 2)
    let error = #expect(throws: CSVError.self) { try records(text) { $0.maximumRecordBytes = 99 } }
    #expect(error?.code == .recordTooLong)
    #expect(error?.row == 2)
    #expect(error?.offset == 4)
  }

  @Test func refusesFieldsBeyondTheBound() throws {
    #expect(try records("a,b,c") { $0.maximumColumns = 3 } == [["a", "b", "c"]])
    let error = #expect(throws: CSVError.self) { try records("a,b,c") { $0.maximumColumns = 2 } }
    #expect(error?.code == .tooManyColumns)
    #expect(try records("1\n2\n") { $0.maximumColumns = 1 } == [["1"], ["2"]])
  }

  /// A field of megabytes that comes in small pieces is looked at once, and not again with each piece.
  @Test func readsLongFieldsInSmallPieces() throws {
    let field = [UInt8](repeating: 120, count: 3 << 20)
    var reader = CSVReader()
    reader.append(Array("a,b\n1,\"".utf8))
    for start in stride(from: 0, to: field.count, by: 512) { reader.append(Array(field[start..<start + 512])) }
    reader.append(Array("\"\n".utf8))
    reader.finish()
    #expect(try reader.next())
    #expect(try reader.next())
    #expect(reader.withBytes(at: 1) { $0.count } == field.count)
    #expect(try !reader.next())
  }

  @Test func readsNothing() throws {
    #expect(try records("") == [])
    #expect(try CSVReader.records(in: [0xEF, 0xBB, 0xBF]) == [])
    #expect(try CSVReader.records(in: [0xFF, 0xFE]) == [])
  }

  // MARK: The delimiter

  @Test(arguments: [
    ("sep=|\na,b|c\n", CSVDelimiter.pipe, [["a,b", "c"]]),
    ("sep=;\r\na;b\r\n", .semicolon, [["a", "b"]]),
    (
      "name;address, city;zip\nA;x, y;1\nB;z, w;2\n", .semicolon,
      [["name", "address, city", "zip"], ["A", "x, y", "1"], ["B", "z, w", "2"]]
    ),
    ("phone|name\n1|a, b\n", .pipe, [["phone", "name"], ["1", "a, b"]]),
    ("phone\n1\n", .comma, [["phone"], ["1"]]),
  ])
  func findsTheDelimiter(text: String, delimiter: CSVDelimiter, expected: [[String]]) throws {
    var reader = CSVReader()
    reader.append(Array(text.utf8))
    reader.finish()
    #expect(reader.delimiter == delimiter)
    #expect(try records(text) == expected)
  }

  @Test func refusesDelimitersThatMeanSomethingElse() {
    for byte in [34, 10, 13, 0x80, 0xFF] as [UInt8] { #expect(CSVDelimiter(byte) == nil) }
    #expect(CSVDelimiter(0x1F) != nil)
  }

  // MARK: The record

  @Test func lendsFieldsAsTheyStand() throws {
    var reader = CSVReader()
    reader.append(Array("1,{\"a\":1,\"b\":2},x\n".utf8))
    reader.finish()
    #expect(try reader.next())
    #expect(reader.count == 4)
    #expect(reader.withRawBytes(of: 1..<3) { String(decoding: $0, as: UTF8.self) } == "{\"a\":1,\"b\":2}")
    #expect(reader.withRawBytes(of: 3..<9) { String(decoding: $0, as: UTF8.self) } == "x")
    #expect(reader.withRawBytes(of: 7..<9) { $0.isEmpty })
    #expect(reader.text(at: 3) == "x")
    #expect(reader.text(at: 4) == "")
    #expect(reader.text(at: -1) == "")
  }

  @Test func tellsNothingBetweenRecords() throws {
    var reader = CSVReader()
    reader.append(Array("a,b\n".utf8))
    reader.finish()
    #expect(reader.count == 0)
    #expect(try reader.next())
    #expect(reader.count == 2)
    #expect(try !reader.next())
    #expect(reader.count == 0)
    #expect(reader.fields == [])
  }
}

@Suite struct CSVWriterTests {
  private func text(_ fields: [String], guardsFormulas: Bool = false) -> String {
    var writer = CSVWriter(guardsFormulas: guardsFormulas)
    writer.write(fields)
    return String(decoding: writer.take(), as: UTF8.self)
  }

  @Test func quotesWhatMustBe() {
    #expect(text(["a", "b c", ""]) == "a,b c,\r\n")
    #expect(text(["a,b", "say \"hi\"", "x\ny", "\r"]) == "\"a,b\",\"say \"\"hi\"\"\",\"x\ny\",\"\r\"\r\n")
    #expect(text([""]) == "\"\"\r\n")
    #expect(text([]) == "")
  }

  @Test(arguments: [
    ("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+1+1", "'+1+1"), ("-2-3", "'-2-3"), ("\tx", "'\tx"),
    ("＝1", "'＝1"), ("+", "'+"), ("+1 415", "'+1 415"), ("+1.2.3", "'+1.2.3"),
    ("+14155552671", "+14155552671"), ("-12.50", "-12.50"), ("Ann", "Ann"), ("'=x", "'=x"),
    ("x;=1", "x;'=1"), ("a;-1;@b", "a;-1;'@b"), ("a\t=1;+2 ", "a\t'=1;'+2 "),
  ])
  func guardsFormulas(field: String, expected: String) {
    #expect(text([field], guardsFormulas: true) == expected + "\r\n")
    #expect(text([field]) == field + "\r\n")
  }

  @Test func givesWhatWasWrittenOnce() {
    var writer = CSVWriter(delimiter: .tab)
    writer.write(["a", "b"])
    #expect(writer.take() == Array("a\tb\r\n".utf8))
    #expect(writer.take() == [])
  }
}
