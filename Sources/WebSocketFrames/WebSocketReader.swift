/// Reads frames as they arrive, and puts messages together.
///
/// A pure state machine for either side of a connection: bytes go in, whole messages and control frames come out. A
/// text is checked while it arrives. After an error the reader is of no further use: close with the error's code.
public struct WebSocketReader: Sendable {
  /// Which side is reading.
  public enum Role: Sendable {
    /// Frames come from clients, and must be masked.
    case server
    /// Frames come from a server, and must not be.
    case client
  }

  /// Something that has arrived as a whole.
  public enum Event: Hashable, Sendable {
    /// A text.
    case text(String)
    /// A message of bytes.
    case binary([UInt8])
    /// A question whether this side is there; answer with a pong of the same bytes.
    case ping([UInt8])
    /// An answer to a ping.
    case pong([UInt8])
    /// The other side ends the connection.
    case close(WebSocketCloseCode?, reason: String)
  }

  private enum Stage { case head, payload }

  private let role: Role
  private let maximumMessageBytes: Int

  private var stage = Stage.head
  private var head: [UInt8] = []
  private var headLength = 2
  private var isFinal = false
  private var opcode = WebSocketOpcode.continuation
  private var key: UInt32 = 0
  private var remaining = 0
  private var payloadOffset = 0

  /// The kind of the message whose frames are arriving.
  private var messageKind: WebSocketOpcode?
  private var message: [UInt8] = []
  private var validator = UTF8Validator()
  private var control: [UInt8] = []

  /// Creates a reader at the start of a connection.
  ///
  /// - Parameters:
  ///   - role: Which side is reading.
  ///   - maximumMessageBytes: Most bytes of one message, all its frames together.
  public init(role: Role, maximumMessageBytes: Int) {
    self.role = role
    self.maximumMessageBytes = max(0, maximumMessageBytes)
  }

  /// Goes on reading.
  ///
  /// - Parameters:
  ///   - bytes: A buffer with what has arrived.
  ///   - start: Where that begins; afterwards, where what has not been read begins.
  ///   - end: Where it ends.
  /// - Returns: What is complete, or nothing when all bytes are read and nothing is.
  /// - Throws: A ``WebSocketError`` for what the protocol forbids.
  public mutating func next(
    _ bytes: [UInt8], from start: inout Int, to end: Int
  ) throws(WebSocketError) -> Event? {
    let end = min(end, bytes.count)
    while true {
      if stage == .head {
        guard start < end else { return nil }
        head.append(bytes[start])
        start += 1
        guard try readHead() else { continue }
        stage = .payload
      }
      let count = min(remaining, end - start)
      if count > 0 { try take(bytes[start..<start + count]) }
      start += max(0, count)
      guard remaining == 0 else { return nil }
      stage = .head
      head.removeAll(keepingCapacity: true)
      headLength = 2
      if let event = try frameIsComplete() { return event }
    }
  }

  /// Reads the head as far as it has arrived; true when it is complete.
  private mutating func readHead() throws(WebSocketError) -> Bool {
    if head.count == 2 { try readFirstBytes() }
    guard head.count == headLength else { return false }
    var length = Int(head[1] & 0x7F)
    var place = 2
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      var value: UInt64 = 0
      for byte in head[2..<2 + size] { value = value << 8 | UInt64(byte) }
      guard value > (size == 2 ? 125 : 0xFFFF), value <= UInt64(Int64.max) else {
        throw WebSocketError(.protocolError, "The length of a frame is not in its shortest form.")
      }
      length = Int(value)
      place += size
    }
    key = 0
    if role == .server { for byte in head[place..<place + 4] { key = key << 8 | UInt32(byte) } }
    guard opcode.isControl || length <= maximumMessageBytes - message.count else {
      throw WebSocketError(.messageTooBig, "A message has more than \(maximumMessageBytes) bytes.")
    }
    remaining = length
    payloadOffset = 0
    return true
  }

  private mutating func readFirstBytes() throws(WebSocketError) {
    guard head[0] & 0x70 == 0 else {
      throw WebSocketError(.protocolError, "A frame has a reserved bit, and no extension is agreed on.")
    }
    guard let opcode = WebSocketOpcode(rawValue: head[0] & 0x0F) else {
      throw WebSocketError(.protocolError, "A frame has an opcode that is not known.")
    }
    self.opcode = opcode
    isFinal = head[0] & 0x80 != 0
    let length = head[1] & 0x7F
    if opcode.isControl {
      guard isFinal, length <= 125 else {
        throw WebSocketError(.protocolError, "A control frame is fragmented or longer than 125 bytes.")
      }
    } else if (opcode == .continuation) != (messageKind != nil) {
      throw WebSocketError(.protocolError, "A message begins inside another, or goes on where none has begun.")
    }
    guard (head[1] & 0x80 != 0) == (role == .server) else {
      throw WebSocketError(.protocolError, "Clients mask their frames, and servers do not.")
    }
    if opcode == .text || opcode == .binary {
      messageKind = opcode
      message = []
      validator = UTF8Validator()
    }
    headLength = 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (role == .server ? 4 : 0)
  }

  private mutating func take(_ piece: ArraySlice<UInt8>) throws(WebSocketError) {
    remaining -= piece.count
    if opcode.isControl {
      let start = control.count
      control.append(contentsOf: piece)
      WebSocketFrame.apply(key, to: &control, from: start, offset: payloadOffset)
    } else {
      let start = message.count
      message.append(contentsOf: piece)
      WebSocketFrame.apply(key, to: &message, from: start, offset: payloadOffset)
      if messageKind == .text, !validator.accept(message[start...]) { throw Self.notUTF8 }
    }
    payloadOffset += piece.count
  }

  private static var notUTF8: WebSocketError { WebSocketError(.invalidData, "A text is not UTF-8.") }

  private mutating func frameIsComplete() throws(WebSocketError) -> Event? {
    var payload: [UInt8] = []
    switch opcode {
    case .ping, .pong, .close:
      swap(&payload, &control)
      if opcode == .close { return try close(payload) }
      return opcode == .ping ? .ping(payload) : .pong(payload)
    case .continuation, .text, .binary:
      guard isFinal, let kind = messageKind else { return nil }
      swap(&payload, &message)
      messageKind = nil
      guard kind == .text else { return .binary(payload) }
      guard validator.isComplete else { throw Self.notUTF8 }
      return .text(String(decoding: payload, as: UTF8.self))
    }
  }

  private func close(_ payload: [UInt8]) throws(WebSocketError) -> Event {
    if payload.isEmpty { return .close(nil, reason: "") }
    guard payload.count >= 2 else { throw WebSocketError(.protocolError, "A close frame has half a code.") }
    let code = WebSocketCloseCode(UInt16(payload[0]) << 8 | UInt16(payload[1]))
    guard code.maySend else { throw WebSocketError(.protocolError, "A close frame has a code that may not be sent.") }
    guard let reason = String(validating: payload[2...], as: UTF8.self) else { throw Self.notUTF8 }
    return .close(code, reason: reason)
  }
}
