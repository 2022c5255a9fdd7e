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
    for time in [
      \Configuration.headTimeout, \.idleTimeout, \.handlerTimeout, \.slowTolerance, \.lingerTimeout, \.shutdownTimeout,
      \.shutdownIdleTimeout,
    ] { configuration[keyPath: time] = .never }
    return configuration
  }()

  deinit {
    let worker = worker
    worker.loop.execute {
      for watched in worker.loop.allWatched { (watched as? Connection)?.close() }
      worker.loop.stop()
    }
  }

  /// A client that has just connected, and has sent something before the server sees it: where time-outs are short,
  /// none can pass between the two.
  func connect(sending text: String = "") throws -> Peer {
    var descriptors: [Int32] = [-1, -1]
    guard csockets_pair(&descriptors) == 0 else { throw SocketError("make a pair of sockets") }
    _ = census.enter()
    let (client, server) = (descriptors[0], descriptors[1])
    let peer = Peer(descriptor: client, of: self)
    try peer.send(text)
    worker.loop.execute { [worker] in worker.adopt(server, peer: .loopback(port: 0)) }
    return peer
  }

  /// Lets every connection look at its time-outs as if some time had passed.
  func look(ahead: Duration) async {
    let worker = worker
    await worker.loop.run {
      let then = Moment.current().advanced(by: ahead.nanoseconds)
      for watched in worker.loop.allWatched {
        watched.tick(then)
        watched.roundEnded()
      }
    }
  }

  /// Waits until every connection has come so far.
  func reads(_ condition: @escaping @Sendable (Connection) -> Bool) async {
    let worker = worker
    while await !worker.loop.run({ worker.loop.allWatched.allSatisfy { ($0 as? Connection).map(condition) ?? true } }) {
      await Task.yield()
    }
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

extension Duration {
  /// Longer than any test may take, however slow the machine is.
  static let never = Duration.seconds(10 * 3600)
}
