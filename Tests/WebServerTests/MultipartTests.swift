import JSON
import Testing

@testable import WebServer

@Suite struct MultipartTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let body: String
    let form: MultipartForms.Form
    var boundary = "xx"
    var testDescription: String { name }
  }

  static func disposition(_ parameters: String) -> String { "Content-Disposition: form-data; \(parameters)\r\n" }

  static let cases: [Case] = [
    Case(
      name: "two parts",
      body: "--xx\r\n\(disposition("name=\"a\""))\r\n1\r\n--xx\r\n\(disposition("name=\"f\"; filename=\"b.csv\""))"
        + "Content-Type: text/csv\r\n\r\nx,y\r\n1,2\r\n\r\n--xx--\r\n",
      form: .parts([
        MultipartForms.Part(name: "a", content: "1"),
        MultipartForms.Part(name: "f", fileName: "b.csv", type: "text/csv", content: "x,y\r\n1,2\r\n"),
      ])),
    Case(name: "no parts", body: "--xx--", form: .parts([])),
    Case(
      name: "empty part", body: "--xx\r\n\(disposition("name=a"))\r\n\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "a", content: "")])),
    Case(
      name: "text before and after",
      body: "hello\r\n--xx\r\n\(disposition("name=a"))\r\n1\r\n--xx--\r\nbye\r\n--xx\r\n",
      form: .parts([MultipartForms.Part(name: "a", content: "1")])),
    Case(
      name: "blanks behind the boundary", body: "--xx \t\r\n\(disposition("name=a"))\r\n1\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "a", content: "1")])),
    Case(
      name: "content that looks like a boundary",
      body: "--xx\r\n\(disposition("name=a"))\r\n\r\n--x\r\r\n--\r\n-x--xx\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "a", content: "\r\n--x\r\r\n--\r\n-x--xx")])),
    Case(
      name: "boundary with odd characters",
      body: "--a'()+_,-./:=?b\r\n\(disposition("name=a"))\r\n1\r\n--a'()+_,-./:=?b--",
      form: .parts([MultipartForms.Part(name: "a", content: "1")]), boundary: "\"a'()+_,-./:=?b\""),
    Case(
      name: "quotes and UTF-8 in a file's name",
      body: "--xx\r\n\(disposition("name=\"é\"; filename=\"a\\\"b\\\\c ñ;.csv\""))\r\n1\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "é", fileName: "a\"b\\c ñ;.csv", content: "1")])),
    Case(
      name: "a path of an old browser",
      body: "--xx\r\n\(disposition("name=a; filename=\"C:\\tmp\\b.csv\""))\r\n1\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "a", fileName: "C:\\tmp\\b.csv", content: "1")])),
    Case(
      name: "extended file name",
      body: "--xx\r\n\(disposition("name=a; filename=x; filename*=UTF-8''%e2%82%ac.csv"))\r\n1\r\n--xx--",
      form: .parts([MultipartForms.Part(name: "a", fileName: "€.csv", content: "1")])),
    Case(name: "no last boundary", body: "--xx\r\n\(disposition("name=a"))\r\n1\r\n--xx\r\n", form: .error(400)),
    Case(name: "nothing at all", body: "", form: .error(400)),
    Case(name: "part without a name", body: "--xx\r\n\(disposition("filename=a"))\r\n1\r\n--xx--", form: .error(400)),
    Case(name: "part without fields", body: "--xx\r\n\r\n1\r\n--xx--", form: .error(400)),
    Case(
      name: "part that is no form-data", body: "--xx\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--xx--",
      form: .error(400)),
    Case(
      name: "two dispositions", body: "--xx\r\n\(disposition("name=a"))\(disposition("name=b"))\r\n1\r\n--xx--",
      form: .error(400)),
    Case(name: "two names", body: "--xx\r\n\(disposition("name=a; name=b"))\r\n1\r\n--xx--", form: .error(400)),
    Case(name: "name with an open quote", body: "--xx\r\n\(disposition("name=\"a"))\r\n1\r\n--xx--", form: .error(400)),
    Case(
      name: "name that is not UTF-8", body: "--xx\r\n\(disposition("name=a; filename*=UTF-8''%ff"))\r\n1\r\n--xx--",
      form: .error(400)),
    Case(name: "text behind a boundary", body: "--xxy\r\n\(disposition("name=a"))\r\n1\r\n--xx--", form: .error(400)),
    Case(
      name: "bare LF in the fields", body: "--xx\r\nContent-Disposition: form-data; name=a\n\r\n\r\n1\r\n--xx--",
      form: .error(400)),
    Case(
      name: "folded field", body: "--xx\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1\r\n--xx--",
      form: .error(400)),
    Case(
      name: "fields beyond the bound",
      body: "--xx\r\n\(disposition("name=a"))X: \(String(repeating: "a", count: 200))\r\n\r\n1\r\n--xx--",
      form: .error(431)),
    Case(
      name: "part beyond the bound",
      body: "--xx\r\n\(disposition("name=a"))\r\n\(String(repeating: "a", count: 101))\r\n--xx--",
      form: .error(413)),
    Case(
      name: "more parts than the bound",
      body: String(repeating: "--xx\r\n\(disposition("name=a"))\r\n1\r\n", count: 4) + "--xx--", form: .error(413)),
  ]

  @Test(arguments: cases)
  func readsTheSameInEveryCut(_ form: Case) {
    let bytes = Array(form.body.utf8)
    #expect(MultipartForms.read([bytes], boundary: form.boundary) == form.form)
    #expect(MultipartForms.read(bytes.map { [$0] }, boundary: form.boundary) == form.form)
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(MultipartForms.read(pieces, boundary: form.boundary) == form.form, "cut at \(cut)")
    }
  }

  @Test(
    arguments: [
      (nil, 415), ("text/plain", 415), ("multipart/form-data", 400), ("multipart/form-data; boundary=", 415),
      ("multipart/form-data; boundary=\"a b \"", 400), ("multipart/form-data; boundary=a; boundary=b", 415),
      ("multipart/form-data; boundary=" + String(repeating: "a", count: 71), 400),
      ("multipart/form-data; boundary=\"a\u{7}\"", 400),
    ] as [(String?, Int)])
  func refusesOtherTypes(_ type: String?, _ status: Int) {
    let error = #expect(throws: HTTPError.self) { try MultipartParser(contentType: type, limits: MultipartLimits()) }
    #expect(error?.status.code == status)
  }

  @Test func aFormStreamsThroughAServer() async throws {
    var router = Router()
    router.post("/form") { request in
      var form = try MultipartForm(request)
      var lines: [String] = []
      while let part = try await form.nextPart() {
        // The second part is skipped: what is not read must not be in the way.
        if part.name == "skip" { continue }
        lines.append("\(part.name) \(part.fileName ?? "-") \(try await form.collectPart(upTo: 1 << 20).count)")
      }
      return .text(lines.joined(separator: "\n"))
    }
    let part = Self.disposition("name=\"file\"; filename=\"a.bin\"")
    let skipped = Self.disposition("name=skip")
    let content = String(repeating: "0123456789", count: 30_000)
    let body = "--b\r\n\(part)\r\n\(content)\r\n--b\r\n\(skipped)\r\n\(content)\r\n--b\r\n\(part)\r\n1\r\n--b--\r\n"
    let head =
      "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n"
    let answers = try LoopFixture(router: router).answers(to: head + body)
    #expect(answers.map(\.text) == ["file a.bin 300000\nfile a.bin 1"])
  }

  @Test func formsAndJSONAreReadFromBodies() async throws {
    let form = try Request(
      .post, "/", fields: ["Content-Type": "application/x-www-form-urlencoded; charset=utf-8"],
      body: Array("CallSid=1&To=%2B49+30".utf8))
    #expect(try await form.formValues()["To"] == "+49 30")
    let json = try Request(.post, "/", fields: ["Content-Type": "application/json"], body: Array("{\"a\":[1]}".utf8))
    #expect(try await json.json()["a"]?[0]?.int == 1)
    let bad = try Request(.post, "/", body: Array("{\"a\":".utf8))
    await #expect(throws: HTTPError.self) { try await bad.json() }
    await #expect(throws: HTTPError.self) { try await bad.formValues() }
    let shallow = JSONLimits(maximumDepth: 1)
    let error = await #expect(throws: HTTPError.self) { try await json.json(limits: shallow) }
    #expect(error?.status == .badRequest)
  }
}
