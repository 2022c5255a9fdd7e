@testable import WebServer

/// What the parser and the body's receiver make of input that comes in pieces.
enum Reading: Equatable {
  case request(String, body: [UInt8])
  case error(Int)

  static func of(_ pieces: [[UInt8]]) -> [Reading] {
    let limits = ParsingLimits()
    var readings: [Reading] = []
    var buffer: [UInt8] = []
    var start = 0
    var parser = RequestParser(limits: limits)
    var receiver: BodyReceiver?
    var body: [UInt8] = []
    var head = ""
    for piece in pieces {
      buffer += piece
      do throws(HTTPError) {
        while true {
          if receiver == nil {
            guard let length = try parser.parse(buffer, from: start, to: buffer.count) else { break }
            head = String(decoding: buffer[start..<start + length], as: UTF8.self)
            start += length
            receiver = try BodyReceiver(parser.facts.framing, limit: 1 << 20, parsing: limits)
          }
          try receiver?.take(buffer, from: &start, to: buffer.count, room: .max, into: &body)
          guard receiver?.isDone == true else { break }
          readings.append(.request(head, body: body))
          receiver = nil
          body = []
          parser.reset()
        }
      } catch {
        return readings + [.error(error.status.code)]
      }
    }
    return readings
  }
}
