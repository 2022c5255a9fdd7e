import Testing

/// What a client sends, and the statuses that the server must answer with, up to the end of the connection.
///
/// Every case is followed by a request that is in order, and then by the end of the sending side. A connection that
/// stays usable answers that request too, so its status is the last one of the list, 200; one that must be closed
/// does not.
struct FramingCase: CustomTestStringConvertible, Sendable {
  let name: String
  let input: String
  let statuses: [Int]

  init(_ name: String, _ input: String, _ statuses: Int...) {
    self.name = name
    self.input = input
    self.statuses = statuses
  }

  var testDescription: String { name }

  static let probe = "GET /probe HTTP/1.1\r\nHost: a\r\n\r\n"
}

extension FramingCase {
  static let all = requestLines + fields + hosts + lengths + codings + chunks + connections + limits

  private static func get(_ fields: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n" }
  private static func post(_ fields: String, _ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n\(body)"
  }
  private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }

  static let requestLines: [FramingCase] = [
    .init("simple", get(""), 200, 200),
    .init("one empty line before", "\r\n" + get(""), 200, 200),
    .init("two empty lines before", "\r\n\r\n" + get(""), 400),
    .init("bare LF before", "\n" + get(""), 400),
    .init("blank before", " " + get(""), 400),
    .init("lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("method with a parenthesis", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("method alone", "GET\r\nHost: a\r\n\r\n", 400),
    .init("no version, as in HTTP/0.9", "GET /\r\n\r\n", 400),
    .init("two blanks after the method", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("blank after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
    .init("tab for a blank", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("zero byte in the target", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("DEL in the target", "GET /a\u{7F} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("byte above ASCII in the target", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("CR in the target", "GET /a\rb HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("absolute target", "GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("absolute target without a path", "GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("absolute target without a host", "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("absolute target with a user", "GET http://u@a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("absolute target of another scheme", "GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    .init("CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    .init("HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", 200),
    .init("HTTP/1.2 is answered as 1.1", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 200, 200),
    .init("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    .init("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    .init("HTTP/0.9 with a version", "GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505),
    .init("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", 400),
    .init("version of two digits", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", 400),
    .init("version with a comma", "GET / HTTP/1,1\r\nHost: a\r\n\r\n", 400),
    .init("version without digits", "GET / HTTP/.1\r\nHost: a\r\n\r\n", 400),
    .init("another protocol's name", "GET / HTCPCP/1.0\r\nHost: a\r\n\r\n", 400),
    .init("bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400),
    .init("the hello of TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0", 400),
    .init("an opening brace", "{\"a\":1}\r\n\r\n", 400),
  ]

  static let fields: [FramingCase] = [
    .init("field without a value", get("X:\r\n"), 200, 200),
    .init("field with blanks around its value", get("X: \t a \t \r\n"), 200, 200),
    .init("field without a blank", get("X:a\r\n"), 200, 200),
    .init("the same field twice", get("X: a\r\nX: b\r\n"), 200, 200),
    .init("every character of a name", get("!#$%&'*+-.^_`|~09azAZ: a\r\n"), 200, 200),
    .init("byte above ASCII in a value", get("X: é\r\n"), 200, 200),
    .init("blank before the colon", get("X : a\r\n"), 400),
    .init("tab before the colon", get("X\t: a\r\n"), 400),
    .init("no colon", get("Xa\r\n"), 400),
    .init("no name", get(": a\r\n"), 400),
    .init("blank in a name", get("X Y: a\r\n"), 400),
    .init("parenthesis in a name", get("X(: a\r\n"), 400),
    .init("byte above ASCII in a name", get("é: a\r\n"), 400),
    .init("zero byte in a name", get("X\0: a\r\n"), 400),
    .init("zero byte in a value", get("X: a\0b\r\n"), 400),
    .init("control character in a value", get("X: a\u{1}b\r\n"), 400),
    .init("DEL in a value", get("X: a\u{7F}\r\n"), 400),
    .init("CR in a value", get("X: a\rb\r\n"), 400),
    .init("CR before CR LF", get("X: a\r\r\n"), 400),
    .init("bare LF after a field", "GET / HTTP/1.1\r\nHost: a\r\nX: a\n\r\n", 400),
    .init("bare LF for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400),
    .init("bare CR for the empty line", "GET / HTTP/1.1\r\nHost: a\r\n\rX", 400),
    .init("field folded with a blank", get("X: a\r\n b\r\n"), 400),
    .init("field folded with a tab", get("X: a\r\n\tb\r\n"), 400),
    .init("fold right after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    .init("request hidden behind a bare LF", get("X: a\n\nGET /hidden HTTP/1.1\r\nHost: a\r\n"), 400),
  ]

  static let hosts: [FramingCase] = [
    .init("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
    .init("no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 200),
    .init("two Hosts", get("Host: b\r\n"), 400),
    .init("two equal Hosts", get("Host: a\r\n"), 400),
    .init("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400),
    .init("empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 200, 200),
    .init("Host with a port", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", 200, 200),
    .init("Host of IPv6", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 200, 200),
    .init("Host with a port that is none", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400),
    .init("Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    .init("Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400),
    .init("Host with a blank", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    .init("Host with a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
    .init("Host with an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
    .init("Host with text behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
  ]

  static let lengths: [FramingCase] = [
    .init("body with a length", post("Content-Length: 3", "abc"), 200, 200),
    .init("length 0", post("Content-Length: 0", ""), 200, 200),
    .init("length with zeros before it", post("Content-Length: 003", "abc"), 200, 200),
    .init("length with blanks around it", post("Content-Length:  3 ", "abc"), 200, 200),
    .init("GET with a body", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 200, 200),
    .init("POST without a length", "POST / HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("length with a plus", post("Content-Length: +3", "abc"), 400),
    .init("length with a minus", post("Content-Length: -3", "abc"), 400),
    .init("length in hexadecimal", post("Content-Length: 0x3", "abc"), 400),
    .init("length with a fraction", post("Content-Length: 3.0", "abc"), 400),
    .init("length with a blank inside", post("Content-Length: 3 3", "abc"), 400),
    .init("length that is empty", post("Content-Length:", "abc"), 400),
    .init("length that is a word", post("Content-Length: three", "abc"), 400),
    .init("length with quotes", post("Content-Length: \"3\"", "abc"), 400),
    .init("length that is a list", post("Content-Length: 3, 3", "abc"), 400),
    .init("two lengths", post("Content-Length: 3\r\nContent-Length: 4", "abcd"), 400),
    .init("two equal lengths", post("Content-Length: 3\r\nContent-Length: 3", "abc"), 400),
    .init("length beyond 64 bits", post("Content-Length: 99999999999999999999", "abc"), 400),
    .init("length of 2 to the 64th", post("Content-Length: 18446744073709551616", ""), 400),
    .init("length with a full-width digit", post("Content-Length: ３", "abc"), 400),
    .init("length beyond the bound", post("Content-Length: 1048577", ""), 413),
  ]

  static let codings: [FramingCase] = [
    .init("chunked", chunked("3\r\nabc\r\n0\r\n\r\n"), 200, 200),
    .init("chunked in capitals", post("Transfer-Encoding: CHUNKED", "0\r\n\r\n"), 200, 200),
    .init("chunked with a comma after it", post("Transfer-Encoding: chunked,", "0\r\n\r\n"), 200, 200),
    .init("length and chunked", post("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
    .init("chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n"), 400),
    .init("chunked and length 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0", "0\r\n\r\n"), 400),
    .init("chunked twice", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), 400),
    .init("chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400),
    .init("chunked, then identity", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"), 400),
    .init(
      "chunked, then another in a second field", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", ""), 400),
    .init("gzip, then chunked", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 501),
    .init("gzip alone", post("Transfer-Encoding: gzip", "abc"), 400),
    .init("identity alone", post("Transfer-Encoding: identity", "abc"), 400),
    .init("a coding that ends with chunked", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), 400),
    .init("chunked in quotes", post("Transfer-Encoding: \"chunked\"", "0\r\n\r\n"), 400),
    .init("chunked with a parameter", post("Transfer-Encoding: chunked;a=b", "0\r\n\r\n"), 400),
    .init("vertical tab before chunked", post("Transfer-Encoding: \u{B}chunked", "0\r\n\r\n"), 400),
    .init("blank before the colon of the coding", post("Transfer-Encoding : chunked", "0\r\n\r\n"), 400),
    .init("empty coding", post("Transfer-Encoding:", "0\r\n\r\n"), 400),
    .init("empty coding with a length", post("Transfer-Encoding:\r\nContent-Length: 3", "abc"), 400),
    .init("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    .init("field name with an underscore is another field", post("Transfer_Encoding: chunked", ""), 200, 200),
  ]

  static let chunks: [FramingCase] = [
    .init("two chunks", chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), 200, 200),
    .init("size in capitals", chunked("A\r\n0123456789\r\n0\r\n\r\n"), 200, 200),
    .init("size with zeros before it", chunked("0003\r\nabc\r\n000\r\n\r\n"), 200, 200),
    .init("extension", chunked("3;a\r\nabc\r\n0;b=c\r\n\r\n"), 200, 200),
    .init("extension with blanks", chunked("3 ; a = b\r\nabc\r\n0\r\n\r\n"), 200, 200),
    .init("extension in quotes", chunked("3;a=\"b;\\\"c\"\r\nabc\r\n0\r\n\r\n"), 200, 200),
    .init("trailer", chunked("0\r\nX: a\r\n\r\n"), 200, 200),
    .init("trailer that is a length is checked and left out", chunked("0\r\nContent-Length: 5\r\n\r\n"), 200, 200),
    .init("no size", chunked("\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size that is no number", chunked("x\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size with a minus", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size with a plus", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size with an underscore", chunked("0_3\r\nabc\r\n0\r\n\r\n"), 400),
    .init("blank before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400),
    .init("blank after the size", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400),
    .init("tab after the size", chunked("3\t\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size of 17 digits", chunked("00000000000000003\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size that overflows", chunked("ffffffffffffffff\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size that wraps around to 3", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400),
    .init("size with bare LF", chunked("3\nabc\r\n0\r\n\r\n"), 400),
    .init("size with bare CR", chunked("3\rabc\r\n0\r\n\r\n"), 400),
    .init("chunk with bare LF after it", chunked("3\r\nabc\n0\r\n\r\n"), 400),
    .init("chunk longer than its size", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400),
    .init("chunk shorter than its size", chunked("5\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension without a name", chunked("3;=a\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension without a value", chunked("3;a=\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension with an open quote", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension with a bare LF", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension with a bare CR", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400),
    .init("extension beyond the bound", chunked("3;" + String(repeating: "a", count: 300) + "\r\nabc\r\n"), 400),
    .init(
      "extensions of all chunks beyond the bound",
      chunked(String(repeating: "1;" + String(repeating: "a", count: 200) + "\r\nx\r\n", count: 30)), 400),
    .init("trailer without a colon", chunked("0\r\nX\r\n\r\n"), 400),
    .init("trailer with a blank before its colon", chunked("0\r\nX : a\r\n\r\n"), 400),
    .init("trailer that is folded", chunked("0\r\nX: a\r\n b\r\n\r\n"), 400),
    .init("trailer with bare LF", chunked("0\r\nX: a\n\r\n"), 400),
    .init("trailers beyond the bound", chunked("0\r\n" + String(repeating: "X: a\r\n", count: 33) + "\r\n"), 431),
    .init("trailer too long", chunked("0\r\nX: " + String(repeating: "a", count: 9000) + "\r\n\r\n"), 431),
    .init(
      "body beyond the bound", chunked("100001\r\n" + String(repeating: "a", count: 1_048_577) + "\r\n0\r\n\r\n"), 413),
  ]

  static let connections: [FramingCase] = [
    .init("close", get("Connection: close\r\n"), 200),
    .init("close among others", get("Connection: foo, Close\r\n"), 200),
    .init("close in a second field", get("Connection: foo\r\nConnection: close\r\n"), 200),
    .init("keep-alive and close", get("Connection: keep-alive, close\r\n"), 200),
    .init("keep-alive in HTTP/1.0", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, 200),
    .init("three requests at once", get("") + get("") + get(""), 200, 200, 200, 200),
    .init("a body that looks like a request", post("Content-Length: 33", FramingCase.probe + "X"), 200, 200),
    .init("expectation", post("Expect: 100-continue\r\nContent-Length: 3", "abc"), 200, 200),
    .init("expectation without a body", get("Expect: 100-continue\r\n"), 200, 200),
    .init("expectation of HTTP/1.0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na", 200),
    .init("unknown expectation", get("Expect: 200-ok\r\n"), 417),
    .init("upgrade that nobody takes", get("Connection: Upgrade\r\nUpgrade: h2c\r\n"), 200, 200),
  ]

  static let limits: [FramingCase] = [
    .init("target of 8,000 bytes", "GET /\(String(repeating: "a", count: 8000)) HTTP/1.1\r\nHost: a\r\n\r\n", 200, 200),
    .init("target beyond the bound", "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    .init("target without an end", "GET /\(String(repeating: "a", count: 20_000))", 414),
    .init("method without an end", String(repeating: "A", count: 20_000), 414),
    .init("100 fields", "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 99) + "\r\n", 200, 200),
    .init("101 fields", "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "X: a\r\n", count: 100) + "\r\n", 431),
    .init("field of 32,000 bytes", get("X: \(String(repeating: "a", count: 32_000))\r\n"), 200, 200),
    .init("field beyond the bound", get("X: \(String(repeating: "a", count: 33_000))\r\n"), 431),
    .init("field without an end", "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "a", count: 50_000))", 431),
    .init(
      "fields beyond the bound together",
      get(String(repeating: "X: \(String(repeating: "a", count: 1000))\r\n", count: 40)), 431),
  ]
}
