import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A connection to a server. Its owner closes it, once.
///
/// What takes time here holds the thread, so it runs on one that may be held.
struct ClientSocket: Sendable {
  let descriptor: Int32

  /// Connects to the first address of a host that answers.
  ///
  /// - Parameters:
  ///   - host: A name or a numeric address.
  ///   - port: The port.
  ///   - milliseconds: How long each address is waited for.
  /// - Throws: Why there is no connection.
  init(host: String, port: UInt16, milliseconds: Int32) throws(HTTPTransportError) {
    var wanted = addrinfo()
    wanted.ai_family = AF_UNSPEC
    #if canImport(Glibc)
      wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      wanted.ai_socktype = SOCK_STREAM
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &wanted, &found) == 0 else {
      throw HTTPTransportError(.notSent, "the host has no address")
    }
    defer { freeaddrinfo(found) }
    var next = found
    while let address = next {
      if let descriptor = Self.connected(to: address.pointee, milliseconds) {
        csockets_no_delay(descriptor)
        self.descriptor = descriptor
        return
      }
      next = address.pointee.ai_next
    }
    throw HTTPTransportError(.notSent, "there is no connection to the host")
  }

  private static func connected(to address: addrinfo, _ milliseconds: Int32) -> Int32? {
    let descriptor = csockets_open(address.ai_family)
    guard descriptor >= 0 else { return nil }
    if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return descriptor }
    var failure: Int32 = 1
    var size = socklen_t(MemoryLayout<Int32>.size)
    if errno == EINPROGRESS, wait(descriptor, for: POLLOUT, milliseconds),
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size) == 0, failure == 0
    {
      return descriptor
    }
    _ = systemClose(descriptor)
    return nil
  }

  private static func wait(_ descriptor: Int32, for events: Int32, _ milliseconds: Int32) -> Bool {
    var waited = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    while true {
      let count = poll(&waited, 1, milliseconds)
      if count >= 0 || errno != EINTR { return count > 0 }
    }
  }

  /// What reading came to.
  enum Reading { case bytes([UInt8]), nothing, end }

  /// Reads what is there, without waiting.
  func read() -> Reading {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = recv(descriptor, &bytes, bytes.count, 0)
      if count > 0 { return .bytes(Array(bytes[..<count])) }
      if count == 0 { return .end }
      if errno == EAGAIN || errno == EWOULDBLOCK { return .nothing }
      if errno != EINTR { return .end }
    }
  }

  /// Reads what comes within a while.
  func read(within milliseconds: Int32) -> Reading {
    Self.wait(descriptor, for: POLLIN, milliseconds) ? read() : .nothing
  }

  /// Writes all bytes, and waits a while for room; false if that does not work.
  func write(_ bytes: [UInt8], within milliseconds: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes { csockets_send(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        start += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        guard Self.wait(descriptor, for: POLLOUT, milliseconds) else { return false }
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  func close() { _ = systemClose(descriptor) }
}

/// Inside `ClientSocket` the name `close` is taken.
private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
