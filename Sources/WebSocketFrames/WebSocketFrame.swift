/// What a frame is for.
public enum WebSocketOpcode: UInt8, Sendable {
  /// More of the message before.
  case continuation = 0
  /// The start of a text.
  case text = 1
  /// The start of a message of bytes.
  case binary = 2
  /// The end of the connection.
  case close = 8
  /// A question whether the other side is there.
  case ping = 9
  /// The answer to it.
  case pong = 10

  /// Whether frames of this kind may stand between the frames of a message.
  public var isControl: Bool { rawValue >= 8 }
}

/// Writes frames.
public enum WebSocketFrame {
  /// Appends one frame.
  ///
  /// - Parameters:
  ///   - opcode: What it is for.
  ///   - payload: What it carries; at most 125 bytes for a control frame.
  ///   - isFinal: Whether the message ends with it.
  ///   - mask: A random key, for a client; nothing for a server.
  ///   - output: Takes the bytes.
  public static func append(
    _ opcode: WebSocketOpcode, _ payload: some Collection<UInt8>, isFinal: Bool = true, mask: UInt32? = nil,
    to output: inout [UInt8]
  ) {
    let count = payload.count
    precondition(!opcode.isControl || count <= 125, "A control frame carries at most 125 bytes.")
    output.append((isFinal ? 0x80 : 0) | opcode.rawValue)
    let maskBit: UInt8 = mask == nil ? 0 : 0x80
    if count < 126 {
      output.append(maskBit | UInt8(count))
    } else if count <= 0xFFFF {
      output.append(maskBit | 126)
      output.append(UInt8(count >> 8))
      output.append(UInt8(count & 255))
    } else {
      output.append(maskBit | 127)
      for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: count >> shift)) }
    }
    if let mask { for shift in [24, 16, 8, 0] as [UInt32] { output.append(UInt8(truncatingIfNeeded: mask >> shift)) } }
    let start = output.count
    output.append(contentsOf: payload)
    if let mask { apply(mask, to: &output, from: start, offset: 0) }
  }

  /// Appends a frame that ends the connection.
  ///
  /// - Parameters:
  ///   - code: Why; nothing to say nothing.
  ///   - reason: The same in words, cut after 123 bytes.
  ///   - mask: A random key, for a client; nothing for a server.
  ///   - output: Takes the bytes.
  public static func appendClose(
    _ code: WebSocketCloseCode?, reason: String = "", mask: UInt32? = nil, to output: inout [UInt8]
  ) {
    guard let code else { return append(.close, [], mask: mask, to: &output) }
    var text = Array(reason.utf8.prefix(123))
    // A character that the bound has cut through goes as a whole.
    while !text.isEmpty, String(validating: text, as: UTF8.self) == nil { text.removeLast() }
    append(.close, [UInt8(code.code >> 8), UInt8(code.code & 255)] + text, mask: mask, to: &output)
  }

  /// Masks bytes, or takes the mask off again.
  ///
  /// - Parameters:
  ///   - key: The frame's key.
  ///   - bytes: Holds the bytes.
  ///   - start: Where they begin; they go on to the end.
  ///   - offset: How many bytes of the frame come before them.
  public static func apply(_ key: UInt32, to bytes: inout [UInt8], from start: Int, offset: Int) {
    guard key != 0, start < bytes.count else { return }
    // The key turned so that its first byte is for the first of the bytes, then twice in a word.
    let turn = UInt32(offset & 3) * 8
    let turned = turn == 0 ? key : key << turn | key >> (32 - turn)
    let word = (UInt64(turned) << 32 | UInt64(turned)).bigEndian
    bytes.withUnsafeMutableBytes { buffer in
      var index = max(0, start)
      while index + 8 <= buffer.count {
        let value = buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        buffer.storeBytes(of: value ^ word, toByteOffset: index, as: UInt64.self)
        index += 8
      }
      var shift: UInt32 = 24
      while index < buffer.count {
        buffer[index] ^= UInt8(truncatingIfNeeded: turned >> shift)
        shift = shift == 0 ? 24 : shift - 8
        index += 1
      }
    }
  }
}
