import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Accepts clients and deals them out to the loops in turn.
///
/// `@unchecked`: after `init` it is touched on its loop's thread alone.
final class Listener: Watched, @unchecked Sendable {
  let address: SocketAddress
  private let socket: ListeningSocket
  private let loop: EventLoop
  private let workers: [Worker]
  private var turn = 0
  /// Held for the moment when there is no descriptor left: given up, it makes room to turn a client away.
  private var reserve: Int32
  private var isPaused = false
  private var isClosed = false

  init(_ wanted: SocketAddress, backlog: Int, workers: [Worker], loop: EventLoop) throws(SocketError) {
    socket = try ListeningSocket(wanted, backlog: Int32(clamping: backlog))
    address = socket.address
    self.workers = workers
    self.loop = loop
    reserve = Self.openReserve()
  }

  deinit { close() }

  private static func openReserve() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

  var descriptor: Int32 { socket.socket.descriptor }

  /// Begins to accept; on the loop's thread.
  func begin() {
    if !isClosed, !loop.watch(self) { isPaused = true }
  }

  func ready(_ readiness: Readiness) { acceptAll() }

  func tick(_ now: Moment) {
    guard isPaused, !isClosed else { return }
    isPaused = false
    if reserve < 0 { reserve = Self.openReserve() }
    acceptAll()
  }

  func roundEnded() {}

  /// Goes on until nobody is left, as edges ask for; the backlog bounds how many that are.
  private func acceptAll() {
    guard !isPaused else { return }
    while true {
      switch socket.accept() {
      case .client(let descriptor, let peer): admit(descriptor, peer)
      case .nobody: return
      case .lost: continue
      case .exhausted:
        guard turnAway() else {
          // Nothing can be done until something is closed; the next tick tries again.
          isPaused = true
          return
        }
      }
    }
  }

  private func admit(_ descriptor: Int32, _ peer: SocketAddress) {
    let worker = workers[turn % workers.count]
    let entry = worker.census.enter()
    guard entry != .dropped else {
      worker.counters.refused.add()
      Socket(descriptor: descriptor).close()
      return
    }
    turn = (turn + 1) % workers.count
    if worker.loop === loop {
      worker.adopt(descriptor, peer: peer, refusing: entry == .refused)
    } else {
      worker.loop.execute { worker.adopt(descriptor, peer: peer, refusing: entry == .refused) }
    }
  }

  /// Accepts one client with the reserved descriptor and closes it at once, so that it does not wait in vain.
  private func turnAway() -> Bool {
    guard reserve >= 0 else { return false }
    Socket(descriptor: reserve).close()
    reserve = -1
    if case .client(let descriptor, _) = socket.accept() {
      workers[0].counters.refused.add()
      Socket(descriptor: descriptor).close()
    }
    reserve = Self.openReserve()
    return reserve >= 0
  }

  /// Takes whoever has connected already, and stops listening; on the loop's thread.
  func drain() {
    guard !isClosed else { return }
    isPaused = false
    acceptAll()
    loop.unwatch(self)
    close()
  }

  private func close() {
    guard !isClosed else { return }
    isClosed = true
    socket.socket.close()
    if reserve >= 0 { Socket(descriptor: reserve).close() }
    if let path = address.path { _ = unlink(path) }
  }
}
