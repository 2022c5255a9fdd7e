import CSockets
import Foundation
import Locks

/// A proxy on this machine that stands between clients and a server, and can cut what goes through it.
///
/// One thread moves all bytes. What is cut ends on both sides at once, with whatever was under way lost.
package final class LoopbackProxy: Sendable {
  /// Where the server is.
  package enum Server: Hashable, Sendable {
    /// A socket in the file system.
    case unix(String)
    /// A port of 127.0.0.1.
    case port(UInt16)
  }

  private struct State {
    var isOver = false
    var isClosed = false
    /// How many connections are to be cut, the oldest first.
    var cuts = 0
    var open = 0
    var made = 0
    var wasCut = 0
  }

  /// The port of 127.0.0.1 at which it listens.
  package let port: UInt16
  private let state = Locked(State())

  /// Begins to listen.
  ///
  /// - Throws: A `POSIXError` when there is no free port.
  package init(to server: Server) throws {
    let listener = csockets_open(AF_INET)
    guard listener >= 0 else { throw Self.failure }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard isBound else {
      defer { close(listener) }
      throw Self.failure
    }
    port = UInt16(bigEndian: address.sin_port)
    let thread = Thread { [weak self] in
      var carriage = Carriage(listener: listener, server: server)
      while let self, !self.step(&carriage) {}
      carriage.end()
    }
    thread.name = "LoopbackProxy"
    thread.start()
  }

  private static var failure: POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

  /// Cuts so many connections, those that were made first; all if not told otherwise.
  package func cut(_ count: Int = .max) { state.withLock { $0.cuts = count } }

  /// Cuts all connections and takes no new ones, as if the server was down, until ``open()``.
  package func refuse() {
    state.withLock { $0.isClosed = true }
    cut()
  }

  /// Takes connections again.
  package func open() { state.withLock { $0.isClosed = false } }

  /// Ends everything.
  package func end() { state.withLock { $0.isOver = true } }

  /// How many connections there are, were made, and were cut.
  package var tally: (open: Int, made: Int, cut: Int) { state.withLock { ($0.open, $0.made, $0.wasCut) } }

  /// Moves what there is to move; true when all is over.
  private func step(_ carriage: inout Carriage) -> Bool {
    let (isOver, isClosed, cuts) = state.withLock { state in
      defer { state.cuts = 0 }
      return (state.isOver, state.isClosed, state.cuts)
    }
    if isOver { return true }
    let cut = carriage.cut(cuts)
    let made = carriage.move(takesNew: !isClosed)
    state.withLock { state in
      state.open = carriage.count
      state.made += made
      state.wasCut += cut
    }
    return false
  }
}

/// The sockets of a proxy, in its thread.
private struct Carriage {
  /// Two sockets, and what was read from one and not written to the other yet.
  private struct Pair {
    /// The client's and the server's.
    var sockets: (Int32, Int32)
    var toServer: [UInt8] = []
    var toClient: [UInt8] = []
    /// One side has ended; what it said before is still handed on.
    var isEnding = false
    var isOver = false
  }

  private let listener: Int32
  private let server: LoopbackProxy.Server
  private var pairs: [Pair] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// More is not read before the other side takes it.
  private static let most = 1 << 18

  init(listener: Int32, server: LoopbackProxy.Server) {
    self.listener = listener
    self.server = server
  }

  var count: Int { pairs.count }

  mutating func cut(_ count: Int) -> Int {
    let gone = pairs.prefix(count)
    for pair in gone { Self.drop(pair) }
    pairs.removeFirst(gone.count)
    return gone.count
  }

  mutating func end() {
    _ = cut(.max)
    _ = close(listener)
  }

  private static func drop(_ pair: Pair) {
    // What is not read yet by the other side is lost with a reset, as it is when a machine dies.
    var lingering = linger(l_onoff: 1, l_linger: 0)
    _ = setsockopt(pair.sockets.0, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
    _ = close(pair.sockets.0)
    _ = close(pair.sockets.1)
  }

  /// Waits a moment for something to do, and does it; how many connections are new.
  mutating func move(takesNew: Bool) -> Int {
    var entries = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
    for pair in pairs {
      let fromClient = pair.toServer.count < Self.most && !pair.isEnding ? POLLIN : 0
      let fromServer = pair.toClient.count < Self.most && !pair.isEnding ? POLLIN : 0
      entries.append(
        pollfd(
          fd: pair.sockets.0, events: Int16(fromClient | (pair.toClient.isEmpty ? 0 : POLLOUT)), revents: 0))
      entries.append(
        pollfd(
          fd: pair.sockets.1, events: Int16(fromServer | (pair.toServer.isEmpty ? 0 : POLLOUT)), revents: 0))
    }
    guard poll(&entries, nfds_t(entries.count), 5) > 0 else { return 0 }
    for index in pairs.indices {
      let (client, server) = (entries[2 * index + 1].revents, entries[2 * index + 2].revents)
      var pair = pairs[index]
      if client != 0, !pair.isEnding { pair.isEnding = !read(pair.sockets.0, &pair.toServer) }
      if server != 0, !pair.isEnding { pair.isEnding = !read(pair.sockets.1, &pair.toClient) }
      if !Self.write(&pair.toServer, pair.sockets.1) || !Self.write(&pair.toClient, pair.sockets.0) {
        pair.isOver = true
      }
      if pair.isEnding, pair.toServer.isEmpty, pair.toClient.isEmpty { pair.isOver = true }
      pairs[index] = pair
    }
    for pair in pairs where pair.isOver { Self.drop(pair) }
    pairs.removeAll { $0.isOver }
    return entries[0].revents == 0 ? 0 : accept(takesNew)
  }

  private mutating func accept(_ takesNew: Bool) -> Int {
    var made = 0
    var peer = sockaddr_storage()
    while true {
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let client = csockets_accept(listener, &peer, &length)
      guard client >= 0 else { return made }
      let upstream = takesNew ? reach() : -1
      guard upstream >= 0 else {
        _ = close(client)
        continue
      }
      csockets_no_delay(client)
      pairs.append(Pair(sockets: (client, upstream)))
      made += 1
    }
  }

  private func reach() -> Int32 {
    let socket: Int32
    let result: Int32
    switch server {
    case .unix(let path):
      socket = csockets_open(AF_UNIX)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8.prefix(MemoryLayout.size(ofValue: address.sun_path) - 1))
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    case .port(let port):
      socket = csockets_open(AF_INET)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      address.sin_port = port.bigEndian
      result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      csockets_no_delay(socket)
    }
    guard result == 0 || errno == EINPROGRESS else {
      _ = close(socket)
      return -1
    }
    return socket
  }

  /// Reads what there is; false when there will be no more.
  private mutating func read(_ socket: Int32, _ bytes: inout [UInt8]) -> Bool {
    let count = recv(socket, &buffer, buffer.count, 0)
    if count > 0 { bytes += buffer[..<count] }
    return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR)
  }

  /// Writes as much as is taken; false when nothing is taken any more.
  private static func write(_ bytes: inout [UInt8], _ socket: Int32) -> Bool {
    guard !bytes.isEmpty else { return true }
    let count = csockets_send(socket, bytes, bytes.count)
    if count > 0 { bytes.removeFirst(count) }
    return count > 0 || count < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOTCONN)
  }
}
