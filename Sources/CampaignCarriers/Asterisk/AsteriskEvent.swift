import CampaignKit
import JSON

/// A channel as Asterisk has it.
struct AsteriskChannel: Hashable, Sendable {
  /// How far the call on it has come.
  enum State: Hashable, Sendable {
    case down, ringing, up

    init(_ word: String?) {
      switch word {
      case "Ring", "Ringing": self = .ringing
      case "Up": self = .up
      default: self = .down
      }
    }
  }

  var name: AsteriskNames.Channel
  var state: State
  /// Where it is ours to steer, what it has brought with it beside our name; nil where it is not.
  var findings: [String]?
  /// Whether it is told that another process steers it, which calls through the same Asterisk.
  var isOthers = false

  init(_ name: AsteriskNames.Channel, _ state: State, findings: [String]? = nil, isOthers: Bool = false) {
    self.name = name
    self.state = state
    self.findings = findings
    self.isOthers = isOthers
  }

  /// Reads a channel; nil for one that is none of ours.
  init?(_ json: JSONValue?, _ names: AsteriskNames) {
    guard let name = json?["id"]?.string.flatMap(names.channel) else { return nil }
    self.init(name, State(json?["state"]?.string))
    let place = json?["dialplan"]
    guard place?["app_name"]?.string == "Stasis" else { return }
    // The application, our name of the call, and what was found.
    let words = (place?["app_data"]?.string ?? "").split(separator: ",", omittingEmptySubsequences: false)
    isOthers = (words.first ?? "") != names.application
    if !isOthers { findings = words.dropFirst(2).map(String.init) }
  }
}

/// What Asterisk tells over the WebSocket, as far as it is about one of our calls.
struct AsteriskEvent: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Something is told of a channel, which thus exists.
    case seen
    /// It rings.
    case ringing
    /// It was answered and is ours to steer; what it comes with after our name are findings about who answered.
    case started(findings: [String])
    /// It is not ours to steer any more, or will not be soon.
    case left
    /// A key was pressed.
    case pressed
    /// The application that tells machines from people has told what it found.
    case detected(String)
    /// It is over.
    case destroyed(HangupCause)
  }

  var kind: Kind
  var channel: AsteriskChannel
  var at: Timestamp?
}

/// A message of Asterisk, read.
enum AsteriskMessage: Hashable, Sendable {
  case event(AsteriskEvent)
  /// What the dialer has played by itself is over.
  case played(Call.ID, isWhole: Bool)
  /// Another process has taken the place of this one.
  case replaced
  /// It is about something else.
  case other

  /// Reads a message. What cannot be read is about something else.
  init(_ text: String, _ names: AsteriskNames) {
    let json: JSONValue
    do throws(JSONError) { json = try JSONValue(parsing: text.utf8, duplicateKeys: .lastWins) } catch {
      self = .other
      return
    }
    let type = json["type"]?.string
    switch type {
    case "ApplicationReplaced": self = .replaced
    case "PlaybackFinished":
      let playback = json["playback"]
      let call = playback?["id"]?.string.flatMap(names.call(ofPlayback:))
      self = call.map { .played($0, isWhole: playback?["state"]?.string != "failed") } ?? .other
    default:
      // The channel that is dialled is called the peer where it is told how that goes.
      guard let channel = AsteriskChannel(json[type == "Dial" ? "peer" : "channel"], names) else {
        self = .other
        return
      }
      self = .event(
        AsteriskEvent(
          kind: Self.kind(type, json, channel), channel: channel,
          at: json["timestamp"]?.string.flatMap { Timestamp($0) }))
    }
  }

  private static func kind(_ type: String?, _ json: JSONValue, _ channel: AsteriskChannel) -> AsteriskEvent.Kind {
    switch type {
    case "Dial" where json["dialstatus"]?.string == "RINGING": .ringing
    case "ChannelStateChange" where channel.state == .ringing: .ringing
    case "StasisStart" where !channel.isOthers:
      .started(findings: (json["args"]?.array ?? []).dropFirst().compactMap(\.string))
    case "StasisEnd", "ChannelHangupRequest": .left
    case "ChannelDtmfReceived": .pressed
    case "ChannelVarset" where json["variable"]?.string == "AMDSTATUS": .detected(json["value"]?.string ?? "")
    case "ChannelDestroyed": .destroyed(HangupCause(json["cause"]?.int ?? 0))
    default: .seen
    }
  }
}

extension AnsweredBy {
  /// Reads what Asterisk's `AMD` and `WaitForSilence` have found: `AMDSTATUS`, and `WAITSTATUS` where it was waited for
  /// the end of a greeting; nil where nobody listened long enough.
  init?(amdStatus status: String, waitStatus: String?) {
    switch status {
    case "HUMAN": self = .human
    case "MACHINE": self = waitStatus == "SILENCE" ? .machineEndSilence : .machineStart
    case "NOTSURE": self = .unknown
    default: return nil
    }
  }
}
