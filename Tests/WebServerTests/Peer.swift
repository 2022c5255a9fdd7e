import CSockets
import Foundation
import Testing

@testable import WebServer

/// The client's end of a connection: raw bytes, and patience with a bound.
final class Peer {
  let descriptor: Int32
  /// Kept alive while the client is.
  private let server: AnyObject?
  private var isOpen = true
  private(set) var received: [UInt8] = []

  init(descriptor: Int32, of server: AnyObject? = nil) {
    self.descriptor = descriptor
    self.server = server
  }

  deinit { close() }

  /// Connects to an address, as a client would.
  static func connect(to address: SocketAddress) throws -> Peer {
    let descriptor = csockets_open(address.family)
    let peer = Peer(descriptor: descriptor)
    let code = address.withSystemAddress { Glibc.connect(descriptor, $0, $1) == 0 ? 0 : errno } ?? EINVAL
    guard code == 0 || code == EINPROGRESS else { throw SocketError("connect to \(address)", code: code) }
    try peer.wait(for: POLLOUT)
    return peer
  }

  struct TimedOut: Error, CustomStringConvertible {
    let description: String
  }

  private func wait(for events: Int32) throws {
    var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    guard Glibc.poll(&poll, 1, 3_600_000) == 1 else {
      throw TimedOut(description: "an hour without an event; so far: \(String(decoding: received, as: UTF8.self))")
    }
  }

  /// Writes all of some bytes; stops in silence when the server has closed.
  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { csockets_send(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try wait(for: POLLOUT)
      } else {
        return
      }
    }
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Ends this side, and leaves the other open.
  func finishSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  func close() {
    guard isOpen else { return }
    isOpen = false
    _ = Glibc.close(descriptor)
  }

  /// Reads once; false at the end.
  @discardableResult
  func receiveOnce(atMost count: Int = 65_536) throws -> Bool {
    var buffer = [UInt8](repeating: 0, count: count)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count > 0 {
        received += buffer[..<count]
        return true
      }
      if count < 0, errno == EAGAIN {
        try wait(for: POLLIN)
      } else {
        return false
      }
    }
  }

  /// Reads up to the end, and gives everything.
  func receiveAll() throws -> [UInt8] {
    while try receiveOnce() {}
    return received
  }

  /// Reads until a text has come.
  func receive(until text: String) throws {
    while received.firstRange(of: Array(text.utf8)) == nil {
      guard try receiveOnce() else {
        throw TimedOut(description: "The end came before \(text): \(String(decoding: received, as: UTF8.self))")
      }
    }
  }

  /// Reads until so many bytes have come, and takes them.
  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receiveOnce() else { throw TimedOut(description: "The end came before \(count) bytes.") }
    }
    defer { received.removeFirst(count) }
    return Array(received.prefix(count))
  }

  /// Reads one answer, and takes it.
  func answer(toHead isHead: Bool = false) throws -> Answer {
    while true {
      if let (answer, length) = Answer.first(in: received, isHead: isHead) {
        received.removeFirst(length)
        return answer
      }
      guard try receiveOnce() else {
        throw TimedOut(description: "The end came inside: \(String(decoding: received, as: UTF8.self))")
      }
    }
  }
}

/// An answer as a client reads it.
struct Answer: Equatable, CustomStringConvertible {
  var status: Int
  var fields: [String: String]
  var body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
  var description: String { "\(status) \(text)" }

  /// The first answer of some bytes and its length; nothing while it is incomplete.
  static func first(in bytes: [UInt8], isHead: Bool = false) -> (Answer, Int)? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
    var fields: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    var answer = Answer(status: status, fields: fields, body: [])
    var place = end.upperBound
    if isHead || status < 200 || status == 204 || status == 304 { return (answer, place) }
    if fields["transfer-encoding"] == "chunked" {
      while true {
        guard let line = bytes[place...].firstRange(of: Array("\r\n".utf8)),
          let size = Int(String(decoding: bytes[place..<line.lowerBound], as: UTF8.self), radix: 16),
          bytes.count >= line.upperBound + size + 2
        else { return nil }
        answer.body += bytes[line.upperBound..<line.upperBound + size]
        place = line.upperBound + size + 2
        if size == 0 { return (answer, place) }
      }
    }
    guard let length = fields["content-length"].flatMap({ Int($0) }) else {
      answer.body = Array(bytes[place...])
      return (answer, bytes.count)
    }
    guard bytes.count >= place + length else { return nil }
    answer.body = Array(bytes[place..<place + length])
    return (answer, place + length)
  }

  /// Every answer of some bytes; what is left over becomes an answer of status 0, so that no test overlooks it.
  static func all(in bytes: [UInt8]) -> [Answer] {
    var rest = bytes
    var answers: [Answer] = []
    while !rest.isEmpty {
      guard let (answer, length) = first(in: rest) else {
        return answers + [Answer(status: 0, fields: [:], body: rest)]
      }
      answers.append(answer)
      rest.removeFirst(length)
    }
    return answers
  }
}

extension Collection where Element == UInt8, Index == Int {
  func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard !pattern.isEmpty, count >= pattern.count else { return nil }
    for start in startIndex...(endIndex - pattern.count) where self[start] == pattern[0] {
      if self[start..<start + pattern.count].elementsEqual(pattern) { return start..<start + pattern.count }
    }
    return nil
  }
}
