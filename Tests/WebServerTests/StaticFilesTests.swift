import Foundation
import Testing

@testable import WebServer

@Suite final class StaticFilesTests {
  private let root: String
  private let large = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

  init() throws {
    root = NSTemporaryDirectory() + "web-files-\(UInt64.random(in: 0 ... .max))"
    let folder = root + "/public"
    try FileManager.default.createDirectory(atPath: folder + "/sub/.hidden", withIntermediateDirectories: true)
    for (name, bytes) in [
      ("a.txt", Array("0123456789".utf8)), ("sub/index.html", Array("<p>".utf8)), ("large.bin", large),
      (".secret", [1]), ("sub/.hidden/b", [1]), ("empty", []), ("../outside", [1]),
    ] {
      #expect(FileManager.default.createFile(atPath: folder + "/" + name, contents: Data(bytes)))
    }
    for (link, target) in [("link", "a.txt"), ("up", ".."), ("outside-link", root + "/outside")] {
      try FileManager.default.createSymbolicLink(atPath: folder + "/" + link, withDestinationPath: target)
    }
    #expect(mkfifo(folder + "/pipe", 0o600) == 0)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  private func answer(_ path: String, _ fields: Fields = [:], method: Method = .get) async throws -> Response {
    var router = Router()
    router.get("/*path", StaticFiles(folder: root + "/public").handler(parameter: "path"))
    return await router.respond(to: try Request(method, path, fields: fields))
  }

  @Test func servesFiles() async throws {
    let file = try await answer("/a.txt")
    #expect(try await file.collect() == Array("0123456789".utf8))
    #expect(file.contentType == "text/plain; charset=utf-8")
    #expect(file.fields["Last-Modified"].flatMap(HTTPDate.seconds) != nil)
    #expect(try await answer("/large.bin").collect() == large)
    #expect(try await answer("/empty").collect().isEmpty)
    #expect(try await answer("/sub/").contentType == "text/html; charset=utf-8")
    #expect(try await answer("/sub").contentType == "text/html; charset=utf-8")
  }

  @Test(arguments: [
    "/none", "/.secret", "/sub/.hidden/b", "/link", "/up/outside", "/outside-link", "/pipe", "/a.txt/x", "/",
    "/sub%5Ca",
    "/sub/%2e.%2foutside", "/..%2foutside", "/a.txt%2f..%2f..%2foutside",
  ])
  func servesNothingElse(_ path: String) async throws {
    #expect(try await answer(path).status == .notFound)
  }

  @Test(
    arguments: [
      ("bytes=0-3", 206, "0123"), ("bytes=8-", 206, "89"), ("bytes=-2", 206, "89"), ("bytes=-99", 206, "0123456789"),
      ("bytes=9-99", 206, "9"), ("bytes=0-99999999999999999999", 206, "0123456789"), ("bytes=10-", 416, nil),
      ("bytes=-0", 416, nil), ("bytes=3-2", 200, "0123456789"), ("bytes=a-b", 200, "0123456789"),
      ("bytes=0-1,3-4", 200, "0123456789"), ("lines=0-1", 200, "0123456789"), ("bytes=-", 200, "0123456789"),
    ] as [(String, Int, String?)])
  func servesRanges(_ range: String, _ status: Int, _ text: String?) async throws {
    let response = try await answer("/a.txt", ["Range": range])
    #expect(response.status.code == status)
    if let text { #expect(try await response.collect() == Array(text.utf8)) }
    if status == 206 { #expect(response.fields["Content-Range"]?.hasSuffix("/10") == true) }
    if status == 416 { #expect(response.fields["Content-Range"] == "bytes */10") }
  }

  @Test func conditionsAreKept() async throws {
    let file = try await answer("/a.txt")
    let tag = try #require(file.fields["ETag"])
    let date = try #require(file.fields["Last-Modified"])
    let old = "Sun, 06 Nov 1994 08:49:37 GMT"
    for (fields, status) in [
      (["If-None-Match": tag], 304), (["If-None-Match": "W/\(tag)"], 304), (["If-None-Match": "*"], 304),
      (["If-None-Match": "\"x\", \(tag)"], 304), (["If-None-Match": "\"x\""], 200),
      (["If-None-Match": "\"x\"", "If-Modified-Since": date], 200), (["If-Modified-Since": date], 304),
      (["If-Modified-Since": old], 200), (["If-Modified-Since": "nonsense"], 200), (["If-Match": tag], 200),
      (["If-Match": "W/\(tag)"], 412), (["If-Match": "\"x\""], 412), (["If-Match": "*"], 200),
      (["If-Unmodified-Since": old], 412), (["If-Unmodified-Since": date], 200),
      (["Range": "bytes=0-0", "If-Range": tag], 206), (["Range": "bytes=0-0", "If-Range": "\"x\""], 200),
      (["Range": "bytes=0-0", "If-Range": date], 206), (["Range": "bytes=0-0", "If-Range": old], 200),
    ] as [(Fields, Int)] {
      #expect(try await answer("/a.txt", fields).status.code == status, "\(fields)")
    }
    let unchanged = try await answer("/a.txt", ["If-None-Match": tag])
    #expect(unchanged.fields["ETag"] == tag)
    #expect(unchanged.bytes == [])
    #expect(try await answer("/a.txt", ["Range": "bytes=0-0"], method: .head).status == .ok)
  }
}
