import CSockets
import Foundation
import Testing

@testable import WebServer

/// A loop with connections that are pairs of sockets: all of the server but its listening.
final class LoopFixture: Sendable {
  let worker: Worker
  let census: Census

  init(
    _ configuration: Configuration = LoopFixture.patient,
    route: @escaping @Sendable (inout Request) -> Handler = LoopFixture.answerEverything
  ) throws {
    census = Census(maximum: 1000)
    let loop = try EventLoop(tickInterval: configuration.tickInterval)
    worker = Worker(loop: loop, configuration: configuration, census: census, route: route)
    try loop.start()
  }

  convenience init(_ configuration: Configuration = LoopFixture.patient, router: Router) throws {
    let routes = router.compiled()
    try self.init(configuration) { routes.handler(for: &$0) }
  }

  /// Time plays no part: a busy machine may let a client of a test wait for long.
  static let patient: Configuration = {
    var configuration = Configuration()
    configuration.headTimeout = .seconds(120)
    configuration.slowTolerance = .seconds(120)
    configuration.handlerTimeout = .seconds(120)
    configuration.lingerTimeout = .seconds(120)
    return configuration
  }()

  deinit {
    let worker = worker
    worker.loop.execute {
      for watched in worker.loop.allWatched { (watched as? Connection)?.close() }
      worker.loop.stop()
    }
  }

  /// A client that has just connected.
  func connect() throws -> Peer {
    var descriptors: [Int32] = [-1, -1]
    guard csockets_pair(&descriptors) == 0 else { throw SocketError("make a pair of sockets") }
    _ = census.enter()
    let (client, server) = (descriptors[0], descriptors[1])
    worker.loop.execute { [worker] in worker.adopt(server, peer: .loopback(port: 0)) }
    return Peer(descriptor: client, of: self)
  }

  /// Sends some bytes, ends the sending side, and gives all answers.
  func answers(to text: String, in pieces: Int = .max) throws -> [Answer] {
    let peer = try connect()
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = rest.prefix(pieces)
      try peer.send(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    peer.finishSending()
    return Answer.all(in: try peer.receiveAll())
  }

  /// Says of each request what the server understood.
  static let answerEverything: @Sendable (inout Request) -> Handler = { _ in
    .inline { request in
      var lines = ["\(request.method) \(request.target)"]
      lines += request.fields.map { "\($0.name)=\($0.value)" }
      lines.append(String(decoding: request.body.whole ?? [], as: UTF8.self))
      return .text(lines.joined(separator: "\n"))
    }
  }
}
