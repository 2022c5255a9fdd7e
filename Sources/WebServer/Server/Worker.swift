/// What the connections of one loop share.
///
/// `@unchecked`: the variables are touched on the loop's thread alone.
final class Worker: @unchecked Sendable {
  let loop: EventLoop
  let configuration: Configuration
  let times: Times
  let route: @Sendable (inout Request) -> Handler
  let counters = Counters()
  let census: Census

  /// Set once the server stops.
  private(set) var drainEnd: Moment?

  /// The durations of the configuration, in the loop's unit.
  struct Times {
    let head, idle, handler, slow, linger, shutdown, shutdownIdle: Int64

    init(_ configuration: Configuration) {
      head = configuration.headTimeout.nanoseconds
      idle = configuration.idleTimeout.nanoseconds
      handler = configuration.handlerTimeout.nanoseconds
      slow = configuration.slowTolerance.nanoseconds
      linger = configuration.lingerTimeout.nanoseconds
      shutdown = configuration.shutdownTimeout.nanoseconds
      shutdownIdle = configuration.shutdownIdleTimeout.nanoseconds
    }
  }

  init(
    loop: EventLoop, configuration: Configuration, census: Census,
    route: @escaping @Sendable (inout Request) -> Handler
  ) {
    self.loop = loop
    self.configuration = configuration
    self.census = census
    self.route = route
    times = Times(configuration)
  }

  var isDraining: Bool { drainEnd != nil }

  /// Takes a client that was accepted; on the loop's thread.
  func adopt(_ descriptor: Int32, peer: SocketAddress, refusing: Bool = false) {
    let connection = Connection(Socket(descriptor: descriptor), peer: peer, worker: self)
    guard loop.watch(connection) else {
      connection.close()
      return
    }
    if refusing {
      connection.refuse()
    } else if isDraining {
      connection.drain()
    }
  }

  /// Lets every connection finish what it has begun; on the loop's thread.
  func drain() {
    guard drainEnd == nil else { return }
    drainEnd = Moment.current().advanced(by: times.shutdown)
    for watched in loop.allWatched { (watched as? Connection)?.drain() }
  }
}
