import Locks

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An HTTP/1.1 and WebSocket server.
///
/// ```swift
/// import WebServer
///
/// var router = Router()
/// router.get("/hello/:name") { request in
///   .text("Hello, \(try request.parameters.require("name", as: String.self))!\n")
/// }
/// let server = Server(router: router)
/// let addresses = try server.start()
/// print("listening on \(addresses)")
/// await server.shutdown()
/// ```
///
/// A server starts once and stops once. It serves until it is shut down, whether or not anybody holds it.
public final class Server: Sendable {
  private struct State {
    var workers: [Worker] = []
    var listeners: [Listener] = []
    var hasStarted = false
  }

  private let configuration: Configuration
  private let route: @Sendable (inout Request) -> Handler
  private let state = Locked(State())
  private let census: Census

  /// Creates a server that asks a function for the handler of each request.
  ///
  /// - Parameters:
  ///   - configuration: How to listen.
  ///   - route: Gives the handler, before the body is there.
  public init(configuration: Configuration = Configuration(), route: @escaping @Sendable (inout Request) -> Handler) {
    self.configuration = configuration
    self.route = route
    census = Census(maximum: max(1, configuration.maximumConnections))
  }

  /// Creates a server for the routes of a router.
  ///
  /// - Parameters:
  ///   - configuration: How to listen.
  ///   - router: The routes.
  public convenience init(configuration: Configuration = Configuration(), router: Router) {
    let routes = router.compiled()
    self.init(configuration: configuration) { routes.handler(for: &$0) }
  }

  /// Begins to listen.
  ///
  /// - Returns: The addresses in the order of the configuration, with the ports that the system has chosen.
  /// - Throws: A ``SocketError`` that names the address that cannot be had.
  public func start() throws(SocketError) -> [SocketAddress] {
    let isFirst = state.withLock { state in
      defer { state.hasStarted = true }
      return !state.hasStarted
    }
    precondition(isFirst, "A server starts once; create another one.")
    let count = configuration.loops > 0 ? configuration.loops : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    var workers: [Worker] = []
    for _ in 0..<count {
      let loop = try EventLoop(tickInterval: configuration.tickInterval)
      workers.append(Worker(loop: loop, configuration: configuration, census: census, route: route))
    }
    var listeners: [Listener] = []
    for address in configuration.addresses {
      listeners.append(
        try Listener(address, backlog: configuration.backlog, workers: workers, loop: workers[0].loop))
    }
    for (index, worker) in workers.enumerated() {
      do throws(SocketError) {
        try worker.loop.start()
      } catch {
        for started in workers[..<index] { started.loop.execute { started.loop.stop() } }
        throw error
      }
    }
    for listener in listeners { workers[0].loop.execute { listener.begin() } }
    let (allWorkers, allListeners) = (workers, listeners)
    state.withLock { state in
      state.workers = allWorkers
      state.listeners = allListeners
    }
    return listeners.map(\.address)
  }

  /// Stops: accepts nobody any more, finishes what has begun, closes WebSockets with 1001.
  ///
  /// Connections that have not ended after the configuration's time for it are cut off, and their handlers' tasks
  /// cancelled.
  public func shutdown() async {
    let (workers, listeners) = state.withLock { state in
      defer { state.listeners = [] }
      return (state.workers, state.listeners)
    }
    guard let first = workers.first else { return }
    await withCheckedContinuation { continuation in
      first.loop.execute {
        for listener in listeners { listener.drain() }
        continuation.resume()
      }
    }
    for worker in workers { worker.loop.execute { worker.drain() } }
    await census.isEmpty()
    for worker in workers { worker.loop.execute { worker.loop.stop() } }
  }

  /// Listens until the task is cancelled, and stops.
  ///
  /// - Parameter ready: Is told the addresses once it listens.
  /// - Throws: As ``start()`` does.
  public func run(_ ready: @Sendable ([SocketAddress]) -> Void = { _ in }) async throws(SocketError) {
    ready(try start())
    let (ended, end) = AsyncStream.makeStream(of: Void.self)
    await withTaskCancellationHandler {
      for await _ in ended {}
    } onCancel: {
      end.finish()
    }
    await shutdown()
  }

  /// What the server has counted.
  public var metrics: Metrics {
    Metrics(state.withLock { $0.workers }.map(\.counters), open: census.open)
  }
}
