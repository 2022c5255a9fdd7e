import JSON

/// One packet of Socket.IO's protocol, version 5, in the main namespace.
enum SocketIOPacket: Hashable, Sendable {
  /// The client wants to take part, with what it knows of itself.
  case connect(JSONObject)
  /// The client leaves.
  case disconnect
  /// The client says something, and may want an answer under a number.
  case event(String, JSONValue, acknowledgement: Int?)

  /// Reads the text of a message of Engine.IO; nil for what this server does not take.
  init?(_ text: Substring) {
    var rest = text.utf8.dropFirst()
    switch text.utf8.first {
    case UInt8(ascii: "0"):
      // Another namespace stands in front with a slash.
      guard rest.first != UInt8(ascii: "/") else { return nil }
      let auth = rest.isEmpty ? [:] : (try? JSONValue(parsing: Array(rest)))?.object
      guard let auth else { return nil }
      self = .connect(auth)
    case UInt8(ascii: "1"): self = .disconnect
    case UInt8(ascii: "2"):
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard digits.count < 10 else { return nil }
      rest = rest.dropFirst(digits.count)
      guard let members = (try? JSONValue(parsing: Array(rest)))?.array, let name = members.first?.string else {
        return nil
      }
      self = .event(
        name, members.count > 1 ? members[1] : [:],
        acknowledgement: Int(String(decoding: digits, as: UTF8.self)))
    default: return nil
    }
  }

  /// The packet that lets a client take part.
  static func connected(_ sid: String) -> String { "40" + JSONValue.object(["sid": .string(sid)]).serialized() }

  /// The packet that refuses a client.
  static func refused(_ message: String) -> String {
    "44" + JSONValue.object(["message": .string(message)]).serialized()
  }

  /// The packet that sends a client away.
  static let disconnected = "41"

  /// The packet of something that happened.
  static func event(_ event: LiveEvent) -> String {
    var data = event.data
    if let sequence = event.sequence { data["seq"] = .number(JSONNumber(sequence)) }
    return "42" + JSONValue.array([.string(event.name), .object(data)]).serialized()
  }

  /// The packet that answers what a client has said.
  static func acknowledgement(_ number: Int, _ answer: LiveEvent?) -> String {
    "43\(number)" + JSONValue.array([.object(answer?.data ?? ["ok": false])]).serialized()
  }
}
