import JSON
import Testing

/// The grammar of RFC 8259, case by case.
@Suite struct GrammarTests {
  /// Documents with what they read as; the compact form they are written in again stands first.
  private static let valid: [(compact: String, written: String)] = [
    ("null", "null"), ("true", " true\t"), ("false", "\r\nfalse\n"),
    ("[]", "[]"), ("[]", "[ \n\t\r]"), ("{}", "{ }"), ("[[]]", " [ [ ] ] "), ("[{}]", "[{}]"), ("[[],[]]", "[[] , []]"),
    ("0", "0"), ("-0", "-0"), ("-1", "-1"), ("[0]", "[0]"), ("123", "123"), ("-0.0", "-0.0"), ("1.0", "1.0"),
    ("0.5", "0.5"), ("1.10", "1.10"), ("1e1", "1e1"), ("1E1", "1E1"), ("1e+2", "1e+2"), ("1e-2", "1e-2"),
    ("0e1", "0e1"), ("0e+1", "0e+1"), ("0E0", "0E0"), ("20e1", "20e1"), ("123.456e78", "123.456e78"),
    ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "9223372036854775808"), ("12345678901234567890", "12345678901234567890"),
    ("1e400", "1e400"), ("-1e400", "-1e400"), ("1e-400", "1e-400"),
    ("1e99999999999999999999", "1e99999999999999999999"),
    ("0.1000000000000000055511151231257827", "0.1000000000000000055511151231257827"),
    ("-0.000000000000000000000000000000000000000000000001", "-0.000000000000000000000000000000000000000000000001"),
    (#""""#, #""""#), (#""a""#, #""a""#), (#"" ""#, #"" ""#), (#""\"\\/\b\f\n\r\t""#, #""\"\\\/\b\f\n\r\t""#),
    (#""a""#, #""\u0061""#), (#""\u0000""#, #""\u0000""#), (#""\u001f""#, #""\u001F""#), ("\"\u{7F}\"", "\"\u{7F}\""),
    ("\"é\"", #""\u00e9""#), ("\"é\"", #""\u00E9""#), ("\"€\"", #""\u20ac""#), ("\"😀\"", #""\ud83d\ude00""#),
    ("\"😀\"", #""\uD83D\uDE00""#), ("\"\u{10FFFF}\"", #""\udbff\udfff""#), ("\"\u{FFFF}\"", #""\uffff""#),
    ("\"\u{FEFF}\"", #""\uFEFF""#), ("\"\u{2028}\u{2029}\"", "\"\u{2028}\u{2029}\""), ("\"日本語\"", "\"日本語\""),
    (#""\\u0041""#, #""\\u0041""#), (#""// no /* comment */""#, #""// no /* comment */""#),
    (#"{"a":1}"#, #" { "a" : 1 } "#), (#"{"":0}"#, #"{"":0}"#), (#"{"b":1,"a":2}"#, #"{"b":1, "a":2}"#),
    (#"{"a b":[1,{"c":null}]}"#, #"{"a\u0020b":[1,{"c":null}]}"#),
    ("[1,\"2\",null,true,false]", "[1,\"2\",null , true,false]"),
    ("[[[[1]]]]", "[[[[1]]]]"), (#"{"a":{"b":{"c":{}}}}"#, #"{"a":{"b":{"c":{}}}}"#),
    (#"{"a":1,"A":2}"#, #"{"a":1,"A":2}"#), (#"{"a\u0000b":1}"#, #"{"a\u0000b":1}"#),
  ]

  @Test(arguments: valid)
  func reads(_ compact: String, _ written: String) throws {
    let value = try JSONValue(parsing: written)
    #expect(value.serialized() == compact)
    #expect(try JSONValue(parsing: compact) == value)
    #expect(try JSONScanner.end(ofValueAt: 0, in: Array(compact.utf8)) == compact.utf8.count)
  }

  private static let invalid: [(text: String, code: JSONError.Code)] = [
    ("", .unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd),
    ("[1,", .unexpectedEnd), ("{\"a\"", .unexpectedEnd), ("{\"a\":", .unexpectedEnd), ("{\"a\":1", .unexpectedEnd),
    ("{\"a\":1,", .unexpectedEnd), ("\"", .unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd),
    ("\"\\\"", .unexpectedEnd), ("\"\\u", .unexpectedEnd), ("\"\\u12", .unexpectedEnd), ("\"\\ud83d", .unexpectedEnd),
    ("\"\\ud83d\\", .unexpectedEnd), ("\"\\ud83d\\u", .unexpectedEnd), ("\"\\ud83d\\ude0", .unexpectedEnd),
    ("tru", .unexpectedEnd), ("n", .unexpectedEnd), ("-", .unexpectedEnd), ("1.", .unexpectedEnd),
    ("1e", .unexpectedEnd),
    ("1e+", .unexpectedEnd), ("[\"a\",4", .unexpectedEnd), ("[[[[", .unexpectedEnd),
    ("]", .unexpectedByte), ("}", .unexpectedByte), (",", .unexpectedByte), (":", .unexpectedByte),
    ("*", .unexpectedByte),
    ("[,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 2]", .unexpectedByte),
    ("[1:2]", .unexpectedByte), ("[1}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte),
    ("[\"a\" \"b\"]", .unexpectedByte),
    ("{1:1}", .unexpectedByte), ("{a:1}", .unexpectedByte), ("{'a':1}", .unexpectedByte), ("{null:1}", .unexpectedByte),
    ("{\"a\" 1}", .unexpectedByte), ("{\"a\",1}", .unexpectedByte), ("{\"a\"::1}", .unexpectedByte),
    ("{\"a\":}", .unexpectedByte), ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{,}", .unexpectedByte),
    ("{[]:1}", .unexpectedByte),
    ("{\"a\":1,,\"b\":2}", .unexpectedByte), ("{\"a\"}", .unexpectedByte), ("[\"a\":1]", .unexpectedByte),
    ("True", .unexpectedByte), ("TRUE", .unexpectedByte), ("nul1", .unexpectedByte), ("falze", .unexpectedByte),
    ("NaN", .unexpectedByte), ("nan", .unexpectedByte), ("Infinity", .unexpectedByte), ("undefined", .unexpectedByte),
    ("'a'", .unexpectedByte), ("// a\n1", .unexpectedByte), ("/* a */ 1", .unexpectedByte), ("# a\n1", .unexpectedByte),
    ("[1,// a\n2]", .unexpectedByte), ("+1", .unexpectedByte), (".5", .unexpectedByte), ("[\u{A0}1]", .unexpectedByte),
    ("[\u{C}]", .unexpectedByte), ("[\u{B}1]", .unexpectedByte), ("\u{0}", .unexpectedByte),
    ("\u{2060}1", .unexpectedByte),
    ("[0x10]", .unexpectedByte), ("[1a]", .unexpectedByte), ("[1.5.2]", .unexpectedByte), ("[1+2]", .unexpectedByte),
    ("[1e5e5]", .unexpectedByte), ("[truefalse]", .unexpectedByte), ("\\u0031", .unexpectedByte),
    ("[1", .unexpectedEnd),
    ("[1,]", .trailingComma), ("[1 , ]", .trailingComma), ("{\"a\":1,}", .trailingComma), ("[[],]", .trailingComma),
    ("1 2", .trailingText), ("{}{}", .trailingText), ("[]]", .trailingText), ("{}}", .trailingText),
    ("1,", .trailingText),
    ("null null", .trailingText), ("nulls", .trailingText), ("\"a\" b", .trailingText), ("1 // a", .trailingText),
    ("1\u{0}", .trailingText), ("[]#", .trailingText), ("1_000", .trailingText), ("{}\u{FEFF}", .trailingText),
    ("-a", .invalidNumber), ("--1", .invalidNumber), ("-+1", .invalidNumber), ("-.5", .invalidNumber),
    ("01", .invalidNumber),
    ("-01", .invalidNumber), ("00", .invalidNumber), ("1.e1", .invalidNumber), ("1.a", .invalidNumber),
    ("[1.]", .invalidNumber),
    ("[1e]", .invalidNumber), ("[1e+]", .invalidNumber), ("[1ea]", .invalidNumber), ("[1e+-1]", .invalidNumber),
    ("[1e0.5e]", .unexpectedByte), ("-Infinity", .invalidNumber), ("[-]", .invalidNumber), ("[012]", .invalidNumber),
    ("\"\u{1}\"", .controlCharacter), ("\"a\nb\"", .controlCharacter), ("\"\t\"", .controlCharacter),
    ("\"\u{0}\"", .controlCharacter), ("\"\u{1F}\"", .controlCharacter), ("{\"a\u{0}\":1}", .controlCharacter),
    ("\"12345678\u{1F}\"", .controlCharacter), ("\"\\\n\"", .invalidEscape),
    ("\"\\a\"", .invalidEscape), ("\"\\x41\"", .invalidEscape), ("\"\\'\"", .invalidEscape),
    ("\"\\0\"", .invalidEscape),
    ("\"\\U0041\"", .invalidEscape), ("\"\\u00g0\"", .invalidEscape), ("\"\\u 041\"", .invalidEscape),
    ("\"\\u12\"", .invalidEscape),
    ("\"\\é\"", .invalidEscape), ("{\"\\a\":1}", .invalidEscape), ("\"\\ud83d\\u00\"", .invalidEscape),
    ("\"\\ud83d\"", .loneSurrogate), ("\"\\ud83da\"", .loneSurrogate), ("\"\\ude00\"", .loneSurrogate),
    ("\"\\ud83d\\n\"", .loneSurrogate), ("\"\\ud83d\\ud83d\"", .loneSurrogate), ("\"\\ude00\\ud83d\"", .loneSurrogate),
    ("\"\\ud83d\\u0041\"", .loneSurrogate), ("\"\\udfff\"", .loneSurrogate), ("{\"\\ud800\":1}", .loneSurrogate),
    ("\u{FEFF}1", .byteOrderMark), ("\u{FEFF}", .byteOrderMark), ("\u{FEFF}{}", .byteOrderMark),
    ("{\"a\":1,\"a\":2}", .duplicateKey), ("{\"a\":1,\"\\u0061\":1}", .duplicateKey),
    ("{\"é\":1,\"e\u{301}\":1}", .duplicateKey), ("[{\"a\":{\"b\":1,\"c\":2,\"b\":3}}]", .duplicateKey),
  ]

  @Test(arguments: invalid)
  func refuses(_ text: String, _ code: JSONError.Code) {
    let error = JSONValue.failure(text)
    #expect(error?.code == code, "\(text): \(String(describing: error))")
    if let error { #expect(0...text.utf8.count ~= error.offset) }
  }

  @Test(
    arguments: [
      ([0x80], 0), ([0xC3], 0), ([0xC0, 0x80], 0), ([0xC1, 0xBF], 0), ([0xE0, 0x80, 0x80], 0), ([0xE0, 0x9F, 0xBF], 0),
      ([0xED, 0xA0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0), ([0xE2, 0x82], 0), ([0xF0, 0x80, 0x80, 0x80], 0),
      ([0xF0, 0x9F, 0x98], 0), ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xFE], 0), ([0xFF], 0),
      ([0xC3, 0xA9, 0xC3], 2), ([0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0xA9], 9),
      ([0xE9, 0x5C, 0x6E], 0),
      ([0xC3, 0x5C, 0x75, 0x30, 0x30, 0x61, 0x39], 0),
    ] as [([UInt8], Int)])
  func refusesInvalidUTF8(_ content: [UInt8], _ offset: Int) {
    for text in [[0x22] + content + [0x22], [0x7B, 0x22] + content + [0x22, 0x3A, 0x31, 0x7D]] {
      let error = JSONValue.failure(text)
      #expect(error?.code == .invalidUTF8)
      #expect(error?.offset == offset + (text[0] == 0x7B ? 2 : 1))
    }
  }

  @Test func refusesOtherEncodings() {
    #expect(JSONValue.failure([0xFF, 0xFE, 0x31, 0x00])?.code == .unexpectedByte)
    #expect(JSONValue.failure([0x5B, 0x00, 0x5D, 0x00])?.code == .unexpectedByte)
    #expect(JSONValue.failure([0x00, 0x5B, 0x00, 0x5D])?.code == .unexpectedByte)
  }

  @Test(arguments: [
    ("[1,\n 2,\n x]", 9, 3, 2), ("x", 0, 1, 1), ("", 0, 1, 1), ("[\r\n\r\nx", 5, 3, 1), ("[\rx", 2, 2, 1),
    ("[\"é😀\", x", 11, 1, 8), ("{\n  \"a\": 1,\n  \"a\": 2\n}", 14, 3, 3), ("[\"\\ud800\"]", 2, 1, 3),
    ("[12, 01]", 6, 1, 7),
  ])
  func tellsThePlace(_ text: String, _ offset: Int, _ line: Int, _ column: Int) throws {
    let error = try #require(JSONValue.failure(text))
    #expect(error.offset == offset)
    #expect(error.line == line)
    #expect(error.column == column)
    #expect(error.description == "JSON, line \(line), column \(column): \(error.message)")
  }

  @Test func neverQuotesTheDocument() throws {
    let error = try #require(JSONValue.failure("{\"+4912345\": 1, \"+4912345\": 2}"))
    #expect(!"\(error)".contains("4912345"))
  }

  @Test func lastOfTwoKeysWinsInTheFirstPlaceWhenAsked() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#, duplicateKeys: .lastWins)
    #expect(value.serialized() == #"{"a":3,"b":2}"#)
    let many = "{" + (0..<50).map { "\"k\($0 % 25)\":\($0)" }.joined(separator: ",") + "}"
    #expect(try JSONValue(parsing: many, duplicateKeys: .lastWins).object?.values.compactMap(\.int) == Array(25..<50))
    #expect(JSONValue.failure(many)?.code == .duplicateKey)
  }
}
