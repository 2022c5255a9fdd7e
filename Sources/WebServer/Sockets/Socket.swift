import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A socket that never blocks. Its owner closes it, once.
struct Socket {
  let descriptor: Int32

  func close() { _ = systemClose(descriptor) }

  /// What a call that may have to wait came to.
  enum Transfer {
    case bytes(Int)
    case wouldBlock
    case failed(Int32)
  }

  /// Reads into an array from an index on; 0 bytes mean that the peer has ended its side.
  func receive(into bytes: inout [UInt8], from start: Int) -> Transfer {
    bytes.withUnsafeMutableBytes { buffer in
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
      return Self.transfer { recv(descriptor, room.baseAddress, room.count, 0) }
    }
  }

  /// Writes what an array has from an index on.
  func send(_ bytes: [UInt8], from start: Int) -> Transfer {
    bytes.withUnsafeBytes { buffer in
      let rest = UnsafeRawBufferPointer(rebasing: buffer[start...])
      return Self.transfer { csockets_send(descriptor, rest.baseAddress, rest.count) }
    }
  }

  private static func transfer(_ call: () -> Int) -> Transfer {
    while true {
      let count = call()
      if count >= 0 { return .bytes(count) }
      let code = errno
      if code == EAGAIN || code == EWOULDBLOCK { return .wouldBlock }
      if code != EINTR { return .failed(code) }
    }
  }

  /// Tells the peer that nothing more will come.
  func shutdownWriting() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Lets `close` drop the connection without a word, as for a peer that has earned no better.
  func abandon() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }
}

/// Inside `Socket` the name `close` is taken.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// A socket that waits for clients.
struct ListeningSocket {
  let socket: Socket

  /// The address as it came to be, with the port that the system has chosen.
  let address: SocketAddress

  /// Bytes that the system holds of an answer, beside those that are on their way to the client.
  private static let unsentBytes: Int32 = 128 << 10

  /// Binds and listens.
  ///
  /// The file of a Unix socket that nobody listens on any more is replaced.
  init(_ wanted: SocketAddress, backlog: Int32) throws(SocketError) {
    let opened = csockets_open(wanted.family)
    guard opened >= 0 else { throw SocketError("open a socket for \(wanted)") }
    socket = Socket(descriptor: opened)
    var isReady = false
    defer { if !isReady { _ = systemClose(opened) } }
    if let path = wanted.path {
      Self.removeStaleFile(at: path, wanted)
    } else {
      _ = csockets_set(opened, SOL_SOCKET, SO_REUSEADDR, 1)
      if wanted.family == AF_INET6 { _ = csockets_set(opened, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
    }
    switch wanted.withSystemAddress({ bind(opened, $0, $1) == 0 ? 0 : errno }) {
    case 0: break
    case .some(let code): throw SocketError("bind \(wanted)", code: code)
    case nil: throw SocketError("bind \(wanted), the path is empty or longer than 103 bytes,", code: EINVAL)
    }
    guard listen(opened, backlog) == 0 else { throw SocketError("listen on \(wanted)") }
    address = wanted.path == nil ? Self.name(of: opened) ?? wanted : wanted
    isReady = true
  }

  private static func name(of descriptor: Int32) -> SocketAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isNamed = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    return isNamed ? SocketAddress(storage) : nil
  }

  private static func removeStaleFile(at path: String, _ address: SocketAddress) {
    let probe = csockets_open(AF_UNIX)
    guard probe >= 0 else { return }
    defer { _ = systemClose(probe) }
    let refused = address.withSystemAddress { connect(probe, $0, $1) != 0 && errno == ECONNREFUSED }
    var status = stat()
    // A socket file that refuses is left over; anything else is somebody's, and bind will say so.
    if refused == true, lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { _ = unlink(path) }
  }

  /// What asking for the next client came to.
  enum Accepted {
    case client(Int32, SocketAddress)
    case nobody
    /// The process or the system has no descriptor left.
    case exhausted
    /// One client was lost on the way; there may be others.
    case lost
  }

  func accept() -> Accepted {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let descriptor = csockets_accept(socket.descriptor, &storage, &length)
    if descriptor >= 0 {
      if address.path == nil {
        csockets_no_delay(descriptor)
        csockets_bound_unsent(descriptor, Self.unsentBytes)
      }
      return .client(descriptor, SocketAddress(storage))
    }
    switch errno {
    case EAGAIN, EWOULDBLOCK: return .nobody
    case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
    default: return .lost
    }
  }
}
