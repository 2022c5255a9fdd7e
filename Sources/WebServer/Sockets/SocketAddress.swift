import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where a server listens, or where a client connects from.
///
/// Names are not looked up: the host is an address of IPv4 or IPv6 in its numeric form.
public struct SocketAddress: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt64, UInt64, scope: UInt32)
    case unix(String)
  }

  let kind: Kind

  /// The port; 0 lets the system choose one, and is what a Unix socket has.
  public let port: UInt16

  private init(kind: Kind, port: UInt16) {
    self.kind = kind
    self.port = port
  }

  /// Reads a numeric address of IPv4 or IPv6; anything else gives nothing.
  ///
  /// - Parameters:
  ///   - host: An address such as `127.0.0.1` or `::1`.
  ///   - port: The port, or 0 for any that is free.
  public init?(host: String, port: UInt16) {
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, host, &v4) == 1 {
      self.init(kind: .v4(UInt32(bigEndian: v4.s_addr)), port: port)
    } else if inet_pton(AF_INET6, host, &v6) == 1 {
      self.init(kind: Self.kind(of: v6, scope: 0), port: port)
    } else {
      return nil
    }
  }

  /// A port of 127.0.0.1.
  ///
  /// - Parameter port: The port, or 0 for any that is free.
  /// - Returns: The address.
  public static func loopback(port: UInt16) -> SocketAddress { SocketAddress(kind: .v4(0x7F00_0001), port: port) }

  /// A socket in the file system.
  ///
  /// - Parameter path: Its path, up to 103 bytes.
  /// - Returns: The address.
  public static func unix(path: String) -> SocketAddress { SocketAddress(kind: .unix(path), port: 0) }

  /// The numeric address without the port, or the path of a Unix socket.
  public var host: String {
    switch kind {
    case .v4(let bits):
      return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
    case .v6(let high, let low, _):
      var address = Self.address(high, low)
      var text = [CChar](repeating: 0, count: 64)
      guard inet_ntop(AF_INET6, &address, &text, socklen_t(text.count)) != nil else { return "::" }
      return text.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "::" }
    case .unix(let path):
      return path
    }
  }

  /// Whether only this machine can reach it.
  public var isLoopback: Bool {
    switch kind {
    case .v4(let bits): bits >> 24 == 127
    case .v6(let high, let low, _): high == 0 && (low == 1 || low >> 24 == 0xFF_FF7F)
    case .unix: true
    }
  }

  /// The path of a Unix socket.
  var path: String? { if case .unix(let path) = kind { path } else { nil } }
}

extension SocketAddress: CustomStringConvertible {
  /// The address as it stands in a URL, or the path of a Unix socket.
  public var description: String {
    switch kind {
    case .v4: "\(host):\(port)"
    case .v6: "[\(host)]:\(port)"
    case .unix(let path): path.isEmpty ? "unix" : "unix:\(path)"
    }
  }
}

// MARK: - The system's form

extension SocketAddress {
  var family: Int32 {
    switch kind {
    case .v4: AF_INET
    case .v6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  private static func kind(of address: in6_addr, scope: UInt32) -> Kind {
    withUnsafeBytes(of: address) { bytes in
      .v6(
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)), scope: scope)
    }
  }

  private static func address(_ high: UInt64, _ low: UInt64) -> in6_addr {
    var address = in6_addr()
    withUnsafeMutableBytes(of: &address) { bytes in
      bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
      bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
    return address
  }

  /// Reads what the system filled in.
  init(_ storage: sockaddr_storage) {
    self = withUnsafePointer(to: storage) { pointer in
      switch Int32(storage.ss_family) {
      case AF_INET:
        pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          SocketAddress(
            kind: .v4(UInt32(bigEndian: $0.pointee.sin_addr.s_addr)), port: UInt16(bigEndian: $0.pointee.sin_port))
        }
      case AF_INET6:
        pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          SocketAddress(
            kind: Self.kind(of: $0.pointee.sin6_addr, scope: $0.pointee.sin6_scope_id),
            port: UInt16(bigEndian: $0.pointee.sin6_port))
        }
      default:
        SocketAddress(kind: .unix(""), port: 0)
      }
    }
  }

  /// Lends the address in the system's form; nothing when a path is too long for it.
  func withSystemAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result? {
    var storage = sockaddr_storage()
    let size: Int
    switch kind {
    case .v4(let bits):
      size = MemoryLayout<sockaddr_in>.size
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = bits.bigEndian
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in.self) }
    case .v6(let high, let low, let scope):
      size = MemoryLayout<sockaddr_in6>.size
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_addr = Self.address(high, low)
      address.sin6_scope_id = scope
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_in6.self) }
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      let room = MemoryLayout.size(ofValue: address.sun_path)
      guard !bytes.isEmpty, bytes.count < min(room, 104), !bytes.contains(0) else { return nil }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      size = MemoryLayout<sockaddr_un>.size
      withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: address, as: sockaddr_un.self) }
    }
    return withUnsafePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(size)) }
    }
  }
}
