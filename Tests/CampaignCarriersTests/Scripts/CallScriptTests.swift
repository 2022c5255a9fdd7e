import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import CampaignCarriers

/// An element of a document that was parsed.
struct ParsedElement: Hashable {
  var name: String
  var attributes: [String: String]
  var text = ""
  var children: [ParsedElement] = []

  /// Parses a document; nil if it is not well formed.
  init?(_ document: String) {
    let reader = Reader()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = reader
    guard parser.parse(), let root = reader.root else { return nil }
    self = root
  }

  init(_ name: String, _ attributes: [String: String]) {
    self.name = name
    self.attributes = attributes
  }

  /// It and all that is in it, each with the name of what it is in.
  func walk(_ visit: (ParsedElement, _ parent: String?) -> Void, in parent: String? = nil) {
    visit(self, parent)
    for child in children { child.walk(visit, in: name) }
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var open: [ParsedElement] = []
    var root: ParsedElement?

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      open.append(ParsedElement(name, attributes))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      if !open.isEmpty { open[open.count - 1].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      guard let last = open.popLast() else { return }
      if open.isEmpty { root = last } else { open[open.count - 1].children.append(last) }
    }
  }
}

@Suite struct CallScriptTests {
  /// The verbs that a carrier's own SDK can write, each with its attributes and with what it may be in.
  struct Verbs {
    /// By carrier and verb. For Twilio and SignalWire what a verb may be in, for Plivo what may be in it.
    var rows: [String: (nesting: Set<String>, attributes: Set<String>)] = [:]

    init() throws {
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "verbs.tsv")
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard cells.count == 4 else { continue }
        func set(_ cell: Substring) -> Set<String> { Set(cell.split(separator: ",").map(String.init)) }
        rows["\(cells[0]) \(cells[1])"] = (set(cells[2]), set(cells[3]))
      }
    }

    func problem(_ element: ParsedElement, in parent: String?, _ carrier: WebCarrier) -> String? {
      guard let parent else { return element.name == "Response" ? nil : "the root is \(element.name)" }
      guard let row = rows["\(carrier.rawValue) \(element.name)"] else { return "there is no verb \(element.name)" }
      let unknown = Set(element.attributes.keys).subtracting(row.attributes)
      if !unknown.isEmpty { return "\(element.name) has no \(unknown)" }
      let fits =
        carrier == .plivo
        ? rows["\(carrier.rawValue) \(parent)"]?.nesting.contains(element.name) ?? false
        : row.nesting.contains(parent)
      return fits ? nil : "\(element.name) may not be in \(parent)"
    }
  }

  static let address = "https://calls.example.com/webhooks?a=1&b=\"2\""

  /// Every step, in every form that it can have; `waitForBeep`, `recordCall` and parameters aside.
  static let steps: [CallScript.Step] = [
    .say("Hello"), .say("", voice: "alice", language: "en-GB"), .play(address), .play(address, times: 3),
    .pause(.milliseconds(1500)),
    .gather(CallScript.Gather([.say("Press 1"), .play(address), .pause(.seconds(1))], digits: 4, action: address)),
    CallScript.optOut(prompt: "Press 9", action: address),
    .dial(CallScript.Dial(.number("+14155552671"))),
    .dial(
      CallScript.Dial(
        .number("+14155552671"), callerNumber: "+14155551234", ringTime: .seconds(20), whisper: address,
        action: address)),
    .dial(CallScript.Dial(.sip("sip:desk@example.com"), whisper: address)),
    .conference(CallScript.Conference(name: "call-1")),
    .conference(
      CallScript.Conference(
        name: "call-1", startsOnEntry: false, endsOnExit: true, beeps: true, statusAddress: address)),
    .stream(CallScript.Stream("wss://ai.example.com/media")), .record(CallScript.Record(action: address)),
    .redirect(address), .hangUp,
  ]

  @Test("Documents are well formed, and hold only what the carrier's own SDK can write", arguments: WebCarrier.allCases)
  func grammar(_ carrier: WebCarrier) throws {
    let verbs = try Verbs()
    var steps = Self.steps
    if carrier == .plivo { steps += [.waitForBeep(atMost: .seconds(20)), .recordCall(toldAt: Self.address)] }
    steps.append(
      .stream(CallScript.Stream("wss://ai.example.com", parameters: [.init("agent", "7"), .init("b", "c")])))
    for step in steps {
      let root = try #require(try ParsedElement(CallScript([step]).document(for: carrier)), "\(step)")
      #expect(root.children.count == 1)
      root.walk { element, parent in
        let problem = verbs.problem(element, in: parent, carrier)
        #expect(problem == nil, "\(step)")
      }
    }
    let whole = try #require(try ParsedElement(CallScript(steps).document(for: carrier)))
    #expect(whole.children.count == steps.count)
    #expect(try ParsedElement(CallScript().document(for: carrier))?.children == [])
  }

  @Test("Any text comes out as it went in, but for what no document may hold", arguments: WebCarrier.allCases)
  func escapes(_ carrier: WebCarrier) throws {
    let texts = [
      "<Hangup/>&amp;\"']]>", "Zoë 你好 \u{1F600} \u{202E}x", "a\r\nb\tc", "a\u{0}b\u{1}c\u{B}d\u{FFFE}e\u{FFFF}f\u{7F}g",
      "e\u{301}\u{85}\u{2028}",
    ]
    for text in texts {
      var kept = String.UnicodeScalarView()
      kept.append(contentsOf: text.unicodeScalars.filter { ![0, 1, 0xB, 0xFFFE, 0xFFFF].contains($0.value) })
      let script = CallScript([.say(text, voice: text), .conference(CallScript.Conference(name: text))])
      let root = try #require(try ParsedElement(script.document(for: carrier)), "\(text)")
      let said = try #require(root.children.first)
      #expect(Array(said.text.unicodeScalars) == Array(kept), "\(text)")
      #expect(said.attributes["voice"].map { Array($0.unicodeScalars) } == Array(kept), "\(text)")
      #expect(said.children == [])
      let conference = carrier == .plivo ? root.children.last : root.children.last?.children.first
      #expect(conference.map { Array($0.text.unicodeScalars) } == Array(kept))
    }
  }

  @Test("A conference that one side leaves ends, and so does the document of the other", arguments: WebCarrier.allCases)
  func conferenceEnds(_ carrier: WebCarrier) throws {
    let conference = CallScript.Conference(name: "call-1", endsOnExit: true)
    for script in [CallScript([.conference(conference)]), .agent(whisper: "Call with Ada.", into: conference)] {
      let last = try #require(try ParsedElement(script.document(for: carrier))?.children.last)
      let element = carrier == .plivo ? last : last.children.last
      #expect(element?.attributes["endConferenceOnExit"] == "true")
    }
  }

  @Test("What a carrier cannot do, or does not take, is refused") func refusals() throws {
    func code(_ step: CallScript.Step, _ carrier: WebCarrier) -> CallScriptError.Code? {
      do throws(CallScriptError) {
        _ = try CallScript([step]).document(for: carrier)
        return nil
      } catch { return error.code }
    }
    for carrier in WebCarrier.allCases {
      for address in ["", "https://", "javascript:alert(1)", "https://a b", "ftp://x/y", "https://x/\n"] {
        #expect(code(.play(address), carrier) == .invalidAddress, "\(address)")
      }
      #expect(code(.stream(CallScript.Stream("http://x")), carrier) == .invalidAddress)
      #expect(code(.dial(CallScript.Dial(.sip("desk@example.com"))), carrier) == .invalidAddress)
      #expect(code(.play(Self.address, times: 0), carrier) == .invalidValue)
      #expect(code(.gather(CallScript.Gather([], digits: 0, action: Self.address)), carrier) == .invalidValue)
      #expect(code(.gather(CallScript.Gather([.hangUp], action: Self.address)), carrier) == .notExpressible)
    }
    #expect(code(.waitForBeep(atMost: .seconds(9)), .twilio) == .notExpressible)
    #expect(code(.waitForBeep(atMost: .seconds(9)), .signalWire) == .notExpressible)
    #expect(code(.recordCall(toldAt: Self.address), .twilio) == .notExpressible)
    #expect(code(.recordCall(toldAt: Self.address), .signalWire) == .notExpressible)
    #expect(code(.recordCall(toldAt: "x"), .plivo) == .invalidAddress)
    let odd = CallScript.Stream("wss://x", parameters: [.init("name", "Zoë")])
    #expect(code(.stream(odd), .plivo) == .notExpressible)
    #expect(code(.stream(odd), .twilio) == nil)
  }

  @Test("Plivo records a whole call for as long as it may last, and tells of it") func recordsCalls() throws {
    let script = CallScript([.recordCall(toldAt: Self.address, longest: .seconds(7200)), .hangUp])
    let root = try #require(ParsedElement(try script.document(for: .plivo)))
    #expect(root.children.map(\.name) == ["Record", "Hangup"])
    #expect(
      root.children.first?.attributes == [
        "recordSession": "true", "redirect": "false", "playBeep": "false", "maxLength": "7200",
        "callbackUrl": Self.address, "callbackMethod": "POST",
      ])
  }

  @Test("A message is left after the beep, and an agent hears who waits") func readyMade() throws {
    let plivo = try CallScript.voicemail(Self.address, waitingForBeep: .seconds(20)).document(for: .plivo)
    let root = try #require(ParsedElement(plivo))
    #expect(root.children.map(\.name) == ["Wait", "Play", "Hangup"])
    #expect(root.children.first?.attributes == ["length": "20", "beep": "true"])
    #expect(CallScript.voicemail(nil).steps == [.hangUp])
    let agent = try CallScript.agent(whisper: "Call from Zoë", into: .init(name: "call-1")).document(for: .twilio)
    let whispered = try #require(ParsedElement(agent))
    #expect(whispered.children.map(\.name) == ["Say", "Dial"])
    #expect(whispered.children.last?.children.first?.text == "call-1")
    #expect(CallScript.agent(whisper: "", into: .init(name: "c")).steps.count == 1)
  }
}
