import Digests
import Foundation

/// The request that makes a connection a WebSocket, and what the answer to it must be.
struct WebSocketOpening: Sendable {
  /// Where to connect.
  let host: String
  let port: UInt16
  /// The bytes to send.
  let request: [UInt8]
  private let proof: String

  /// Most bytes of an answer.
  static let longestAnswer = 16 << 10

  /// Makes the request for an address.
  ///
  /// - Throws: An error that is certain for an address that is none, or one that asks for TLS.
  init(_ url: String, fields: [String: String], key: [UInt8]) throws(HTTPTransportError) {
    guard let address = URLComponents(string: url), let host = address.host, !host.isEmpty, address.user == nil else {
      throw HTTPTransportError(.notSent, "the address is none of HTTP")
    }
    guard address.scheme == "http" else {
      throw HTTPTransportError(.notSent, "events come over http only; put TLS between, or both on one machine")
    }
    guard let port = UInt16(exactly: address.port ?? 80) else {
      throw HTTPTransportError(.notSent, "the address has a port that is none")
    }
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    self.port = port
    let key = Base64.standard.encode(key)
    proof = Base64.standard.encode(SHA1.digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8))
    let path = address.percentEncodedPath.isEmpty ? "/" : address.percentEncodedPath
    var lines = [
      "GET \(path)\(address.percentEncodedQuery.map { "?\($0)" } ?? "") HTTP/1.1",
      "Host: \(self.host.contains(":") ? "[\(self.host)]" : self.host):\(port)", "Upgrade: websocket",
      "Connection: Upgrade", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13",
    ]
    for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
      guard (name + value).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw HTTPTransportError(.notSent, "the field \(name) holds what no field may hold")
      }
      lines.append("\(name): \(value)")
    }
    request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  /// Reads the answer.
  ///
  /// - Parameter bytes: What has arrived so far.
  /// - Returns: How many bytes the answer has; nil while it is not whole.
  /// - Throws: What is wrong with an answer that opens no WebSocket.
  func read(_ bytes: [UInt8]) throws(HTTPTransportError) -> Int? {
    guard let end = Self.end(of: bytes) else {
      guard bytes.count <= Self.longestAnswer else { throw HTTPTransportError(.uncertain, "the answer is too long") }
      return nil
    }
    var lines = String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    let status = try Self.status(lines.removeFirst())
    switch status {
    case 101: break
    case 401, 403: throw HTTPTransportError(.uncertain, "the user or the password is refused (\(status))")
    default: throw HTTPTransportError(.uncertain, "the answer opens no WebSocket (\(status))")
    }
    var fields: [String: String] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line.utf8.allSatisfy(Self.isPlain) else {
        throw HTTPTransportError(.uncertain, "the answer is none of HTTP")
      }
      let value = Self.trimmed(line[line.index(after: colon)...])
      let name = line[..<colon].lowercased()
      fields[name] = fields[name].map { "\($0), \(value)" } ?? String(value)
    }
    // An extension or a protocol that nobody asked for would give the frames another meaning.
    guard fields["upgrade"]?.lowercased() == "websocket", Self.has("upgrade", in: fields["connection"]),
      fields["sec-websocket-accept"] == proof, fields["sec-websocket-extensions"] == nil,
      fields["sec-websocket-protocol"] == nil
    else { throw HTTPTransportError(.uncertain, "the answer is none to this request") }
    return end
  }

  /// The status in the first line: `HTTP/1.1`, three digits, and perhaps words.
  private static func status(_ line: Substring) throws(HTTPTransportError) -> Int {
    let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1", parts[1].utf8.count == 3,
      parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let status = Int(parts[1])
    else { throw HTTPTransportError(.uncertain, "the answer is none of HTTP") }
    return status
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  private static func trimmed(_ text: Substring) -> Substring {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    let start = text.drop(while: isBlank)
    return start.last.map(isBlank) == true ? start[...(start.lastIndex { !isBlank($0) } ?? start.startIndex)] : start
  }

  /// Whether a word is in a list with commas.
  private static func has(_ word: String, in list: String?) -> Bool {
    list?.split(separator: ",").contains { trimmed($0).lowercased() == word } ?? false
  }

  /// Where the head ends, behind its empty line.
  private static func end(of bytes: [UInt8]) -> Int? {
    let mark: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= mark.count else { return nil }
    return (0...bytes.count - mark.count).first { bytes[$0..<$0 + 4].elementsEqual(mark) }.map { $0 + mark.count }
  }
}
