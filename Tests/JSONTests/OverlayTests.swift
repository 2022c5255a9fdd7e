import JSON
import Testing

/// Documents that are older than some of the fields that are read from them.
@Suite struct OverlayTests {
  private struct Window: Codable, Equatable {
    var start = 8
    var end = 20
    var days = [1, 2, 3]
  }

  private enum Mode: Codable, Equatable {
    case off
    case paced(perHour: Int, burst: Int)
  }

  private struct Settings: Codable, Equatable {
    var name = "unnamed"
    var window = Window()
    var mode = Mode.paced(perHour: 60, burst: 5)
    var weights = ["a": 1]
    var extra: JSONValue = ["x": ["p": 1]]
    var members: JSONObject = ["m": 1]
    var note: String?
    var byName = ["main": Window()]
  }

  private func read(_ document: JSONValue, _ defaults: Settings = Settings()) throws -> Settings {
    try document.decode(Settings.self, defaults: JSONValue(encoding: defaults))
  }

  @Test func fillsWhatIsMissing() throws {
    #expect(try read([:]) == Settings())
    var expected = Settings()
    expected.window.start = 9
    expected.window.days = [7]
    expected.note = "n"
    #expect(try read(["window": ["start": 9, "days": [7]], "note": "n"]) == expected)
    #expect(throws: DecodingError.self) { try JSONValue.object([:]).decode(Settings.self) }
  }

  @Test func leavesArraysAndOtherKindsAlone() throws {
    #expect(try read(["window": ["days": []]]).window.days == [])
    #expect(throws: DecodingError.self) { try read(["window": 5]) }
    #expect(throws: DecodingError.self) { try read(["window": nil]) }
    #expect(throws: DecodingError.self) { try read([]) }
    #expect(throws: DecodingError.self) { try read(nil) }
    #expect(try JSONValue.array([["a": 1]]).decode([[String: Int]].self, defaults: [["b": 2]]) == [["a": 1]])
    #expect(try JSONValue(5).decode(Int.self, defaults: ["a": 1]) == 5)
    #expect(try JSONValue.object(["start": 1, "end": 2, "days": []]).decode(Window.self, defaults: 5).end == 2)
  }

  @Test func fillsDictionariesAndJSON() throws {
    let settings = try read([
      "weights": ["b": 2], "extra": ["y": 2, "x": ["q": 2]], "members": ["n": 2],
      "byName": ["main": ["end": 1], "o": ["start": 0, "end": 0, "days": []]],
    ])
    #expect(settings.weights == ["a": 1, "b": 2])
    #expect(settings.extra.description == #"{"y":2,"x":{"q":2,"p":1}}"#)
    #expect(settings.members.description == #"{"n":2,"m":1}"#)
    #expect(settings.byName["main"] == Window(end: 1))
    #expect(settings.byName["o"]?.start == 0)
    #expect(try read(["extra": 5]).extra == 5)
    #expect(try read(["extra": nil]).extra == .null)
    #expect(try read(["weights": ["a": 3]]).weights == ["a": 3])
    let merged = try JSONValue.object(["b": ["c": 1]]).decode(
      JSONValue.self, defaults: ["a": 0, "b": ["c": 2, "d": 3]])
    #expect(merged.description == #"{"b":{"c":1,"d":3},"a":0}"#)
  }

  @Test func keepsTheCaseThatWasWritten() throws {
    #expect(try read(["mode": ["off": [:]]]).mode == .off)
    #expect(try read(["mode": ["paced": ["perHour": 1]]]).mode == .paced(perHour: 1, burst: 5))
    #expect(try read(["mode": [:]]).mode == .paced(perHour: 60, burst: 5))
  }

  @Test func changesNothingInAWholeDocument() throws {
    var settings = Settings()
    settings.mode = .off
    settings.weights = ["a": 9]
    settings.note = "here"
    #expect(try read(JSONValue(encoding: settings)) == settings)
    settings.note = nil
    #expect(try read(JSONValue(encoding: settings)) == settings)
    var defaults = Settings()
    defaults.note = "default"
    #expect(try read(JSONValue(encoding: settings), defaults).note == "default")
    var document = try JSONValue(encoding: settings).object ?? [:]
    document["note"] = .null
    #expect(try read(.object(document), defaults).note == nil)
  }

  @Test func looksInTheRightPlaceWhateverTheOrder() throws {
    var generator = SeededGenerator(seed: 71)
    let whole = try JSONValue(encoding: Settings())
    for _ in 0..<200 {
      let members = (whole.object ?? [:]).shuffled(using: &generator)
      let kept = members.prefix(Int.random(in: 0...members.count, using: &generator))
      // Unknown members are between them, enough for an index at times.
      let more = (0..<Int.random(in: 0...20, using: &generator)).map { (key: "unknown\($0)", value: JSONValue($0)) }
      let document = JSONObject((kept + more).shuffled(using: &generator))
      #expect(try read(.object(document)) == Settings())
    }
  }

  private struct Parent: Codable, Equatable {
    var child: Child?
    struct Child: Codable, Equatable { var a: Int }
  }

  @Test func tellsThePathOfABadDefault() throws {
    let error = try #require(throws: DecodingError.self) {
      try JSONValue.object(["child": [:]]).decode(Parent.self, defaults: ["child": ["a": "text"]])
    }
    guard case .typeMismatch(_, let context) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == ["child", "a"])
  }
}
