public import CampaignKit

/// A call that a ``ScriptedCarrier`` has or had: what really happened, by the carrier's clock.
public struct ScriptedCall: Hashable, Sendable {
  /// The name that the carrier gave it.
  public let reference: String
  /// The number that is called.
  public let to: PhoneNumber
  /// The number it is called from.
  public let from: PhoneNumber
  /// All that the order said, in its order.
  public let parameters: [CallbackItem]
  /// When the carrier took it.
  public let createdAt: Timestamp
  /// When its turn came.
  public internal(set) var startedAt: Timestamp?
  /// When it rang.
  public internal(set) var ringingAt: Timestamp?
  /// When it was answered.
  public internal(set) var answeredAt: Timestamp?
  /// Who or what answered, once that is known.
  public internal(set) var answeredBy: AnsweredBy?
  /// When it was over.
  public internal(set) var endedAt: Timestamp?
  /// How it ended; nil while it goes on.
  public internal(set) var outcome: CallEnd.Outcome?
  /// The callbacks that were made for it, also those that were lost on the way.
  public internal(set) var callbacks: [ScriptedCallback] = []
  /// The bridge that it was put into.
  public internal(set) var bridge: String?
  /// Whether music was played to it.
  public internal(set) var hasHeardMusic = false
  /// How many of its events nobody heard, as nobody listened or the connection was cut.
  public internal(set) var lostEvents = 0
  /// Whether it is in the dialplan, where nobody else can steer it.
  var isInDialplan = false
  /// When its record can be read.
  var recordedAt: Timestamp?
  /// How long it waits for its turn.
  let queue: Duration

  init(
    reference: String, to: PhoneNumber, from: PhoneNumber, parameters: [CallbackItem], createdAt: Timestamp,
    queue: Duration
  ) {
    self.reference = reference
    self.to = to
    self.from = from
    self.parameters = parameters
    self.createdAt = createdAt
    self.queue = queue
  }

  /// The first value that the order had for a name.
  public subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

  /// Every value that the order had for a name.
  func all(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

  /// Whether it is over.
  public var isOver: Bool { outcome != nil }

  /// How many seconds were talked, rounded up.
  var seconds: Int64 {
    guard let answeredAt, let endedAt else { return 0 }
    return ((endedAt - answeredAt).milliseconds + 999) / 1000
  }
}

/// A name with its value, in an order or a callback.
public struct CallbackItem: Hashable, Sendable {
  /// The name.
  public var name: String
  /// The value.
  public var value: String

  /// Creates an item.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// What a ``ScriptedCarrier`` tells of a call: a request over HTTP, of the form that the carrier sends.
public struct ScriptedCallback: Hashable, Sendable {
  /// What it is for.
  public enum Purpose: String, Hashable, Sendable {
    /// Asks what to say to whoever answered.
    case answer
    /// Tells how the call goes.
    case status
    /// Tells who or what answered.
    case machine
    /// Tells what happens, over a WebSocket.
    case event
  }

  /// What it is for.
  public var purpose: Purpose
  /// Where it goes, as the order said.
  public var url: String
  /// `POST` or `GET`.
  public var method: String
  /// What it tells.
  public var items: [CallbackItem]

  /// Creates a callback.
  public init(purpose: Purpose, url: String, method: String, items: [CallbackItem]) {
    self.purpose = purpose
    self.url = url
    self.method = method
    self.items = items
  }

  /// The first value of a name.
  public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

  /// The items as a form.
  public var form: [UInt8] {
    Array(items.map { Self.escape($0.name) + "=" + Self.escape($0.value) }.joined(separator: "&").utf8)
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: " "): result += "+"
      default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}
