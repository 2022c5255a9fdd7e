/// Addresses that begin with the same bits, such as `10.0.0.0/8`.
///
/// Addresses of IPv4 are compared in their IPv6 form, so that `::ffff:10.0.0.1` is the same as `10.0.0.1`.
public struct AddressRange: Sendable, Hashable {
  private let high: UInt64
  private let low: UInt64
  private let bits: Int

  /// Reads an address with the number of its bits that count, or an address alone for itself.
  ///
  /// - Parameter text: Such as `10.0.0.0/8`, `192.0.2.7` or `fd00::/8`; anything else gives nothing.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2, let address = SocketAddress(host: String(first), port: 0),
      let (high, low) = address.wideBits
    else { return nil }
    let most = address.isVersion4 ? 32 : 128
    var bits = most
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy(Characters.isDigit), let given = Int(parts[1]), given <= most else { return nil }
      bits = given
    }
    self.bits = bits + 128 - most
    self.high = high
    self.low = low
  }

  /// The addresses that a machine has for itself.
  public static let thisMachine = ["127.0.0.0/8", "::1"].compactMap(AddressRange.init)

  /// The addresses of networks that the world does not route to, this machine's among them.
  public static let privateNetworks =
    thisMachine
    + ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"]
    .compactMap(AddressRange.init)

  /// Whether an address is one of these; the path of a Unix socket never is.
  ///
  /// - Parameter address: The address; its port makes no difference.
  /// - Returns: Whether its first bits are the same.
  public func contains(_ address: SocketAddress) -> Bool {
    guard let (high, low) = address.wideBits else { return false }
    let highBits = min(bits, 64)
    let lowBits = bits - highBits
    return Self.agree(high, self.high, highBits) && Self.agree(low, self.low, lowBits)
  }

  private static func agree(_ left: UInt64, _ right: UInt64, _ bits: Int) -> Bool {
    bits == 0 || (left ^ right) >> (64 - bits) == 0
  }
}

extension SocketAddress {
  /// The address as 128 bits; nothing for a Unix socket.
  fileprivate var wideBits: (UInt64, UInt64)? {
    switch kind {
    case .v4(let bits): (0, 0xFFFF_0000_0000 | UInt64(bits))
    case .v6(let high, let low, _): (high, low)
    case .unix: nil
    }
  }

  fileprivate var isVersion4: Bool { if case .v4 = kind { true } else { false } }
}
