import Foundation
import JSON
import Testing

@Suite struct LimitTests {
  private static func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
    Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func boundsDepth(_ open: String, _ close: String) {
    #expect(JSONValue.failure(Self.nested(64, open, close)) == nil)
    #expect(JSONValue.failure(Self.nested(65, open, close))?.code == .tooDeep)
    #expect(JSONValue.failure(Self.nested(3, open, close), limits: JSONLimits(maximumDepth: 3)) == nil)
    #expect(JSONValue.failure(Self.nested(4, open, close), limits: JSONLimits(maximumDepth: 3))?.code == .tooDeep)
    #expect(JSONValue.failure(Self.nested(1, open, close), limits: JSONLimits(maximumDepth: 0))?.code == .tooDeep)
    #expect(JSONValue.failure(Self.nested(0, open, close), limits: JSONLimits(maximumDepth: -1)) == nil)
  }

  @Test(arguments: ["[", "{\"a\":"])
  func refusesVeryDeepDocuments(_ open: String) {
    let limits = JSONLimits(maximumBytes: .max, maximumDepth: .max)
    let bytes = Array(String(repeating: open, count: 100_000).utf8)
    #expect(JSONValue.failure(bytes, limits: limits)?.code == .tooDeep)
    #expect(throws: JSONError.self) { try JSONScanner.end(ofValueAt: 0, in: bytes, limits: limits) }
  }

  /// The promise that the ceiling makes: everything fits into the stack of a worker thread, optimised or not.
  @Test func deepestValuesFitIntoASmallStack() throws {
    let depth = JSONLimits.depthCeiling
    let done = DispatchSemaphore(value: 0)
    let thread = Thread {
      for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let bytes = Self.nested(depth, open, close)
        let limits = JSONLimits(maximumDepth: .max)
        guard let one = try? JSONValue(parsing: bytes, limits: limits),
          let two = try? JSONValue(parsing: bytes, limits: limits)
        else {
          Issue.record("A document as deep as the ceiling is refused.")
          continue
        }
        #expect(one == two)
        #expect(one.hashValue == two.hashValue)
        #expect(one.bytes == bytes)
        #expect(one.serialized(pretty: true).utf8.count > bytes.count)
      }
      done.signal()
    }
    thread.stackSize = 512 << 10
    thread.start()
    done.wait()
  }

  @Test func boundsBytes() {
    let limits = JSONLimits(maximumBytes: 10)
    #expect(JSONValue.failure("[1,2,3,45]", limits: limits) == nil)
    #expect(JSONValue.failure("[1,2,3,456]", limits: limits)?.code == .tooManyBytes)
    #expect(JSONValue.failure("[1,2,3,4]   ", limits: limits)?.code == .tooManyBytes)
    #expect(JSONValue.failure("1", limits: JSONLimits(maximumBytes: -1))?.code == .tooManyBytes)
  }

  @Test func boundsValuesAndKeys() {
    let limits = JSONLimits(maximumValues: 5)
    #expect(JSONValue.failure("[1,2,3,4]", limits: limits) == nil)
    #expect(JSONValue.failure("[1,2,3,4,5]", limits: limits)?.code == .tooManyValues)
    #expect(JSONValue.failure("{\"a\":1,\"b\":2}", limits: limits) == nil)
    #expect(JSONValue.failure("{\"a\":1,\"b\":[2]}", limits: limits)?.code == .tooManyValues)
    #expect(JSONValue.failure("[{\"a\":1,\"b\":2}]", limits: limits)?.code == .tooManyValues)
    #expect(JSONValue.failure("1", limits: JSONLimits(maximumValues: 0))?.code == .tooManyValues)
  }

  @Test func boundsStringsAndNumbers() {
    let limits = JSONLimits(maximumStringBytes: 4)
    #expect(JSONValue.failure("\"abcd\"", limits: limits) == nil)
    #expect(JSONValue.failure("\"abcde\"", limits: limits)?.code == .stringTooLong)
    #expect(JSONValue.failure("\"\\u0061\\n\\u00e9\"", limits: limits) == nil)
    #expect(JSONValue.failure("\"\\ud83d\\ude00\"", limits: limits) == nil)
    #expect(JSONValue.failure("\"\\ud83d\\ude00a\"", limits: limits)?.code == .stringTooLong)
    #expect(JSONValue.failure("{\"abcde\":1}", limits: limits)?.code == .stringTooLong)
    #expect(JSONValue.failure("1234", limits: limits) == nil)
    #expect(JSONValue.failure("12.45", limits: limits)?.code == .stringTooLong)
  }

  @Test func readsLongNumbers() throws {
    let digits = String(repeating: "7", count: 100_000)
    for text in [digits, "-" + digits, "0." + digits, digits + "e" + digits, "1e-" + digits] {
      let value = try JSONValue(parsing: text)
      #expect(value.serialized() == text)
      #expect(value.int == nil)
      #expect(value == value)
      _ = value.hashValue
      _ = value.double
    }
  }
}
