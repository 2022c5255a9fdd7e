/// What the proxies in front of this server say of the client.
private struct Forwarding: Sendable {
  var client: SocketAddress
  var scheme: String?
  var host: String?
}

private enum ForwardingKey: RequestContextKey { typealias Value = Forwarding }

extension Request {
  /// Where the client is: what the proxies say that ``Middleware/trustedProxies(_:)`` trusts, or else the peer.
  public var clientAddress: SocketAddress { self[ForwardingKey.self]?.client ?? peer }

  /// How the client reaches this server, `http` or `https`, as a trusted proxy says; `http` otherwise.
  public var publicScheme: String { self[ForwardingKey.self]?.scheme ?? "http" }

  /// The host with its port as the client names it: as a trusted proxy says, or from the request itself.
  ///
  /// Nothing for a client of HTTP/1.0 that names none.
  public var publicHost: String? {
    if let host = self[ForwardingKey.self]?.host { return host }
    let target = head.slice(head.facts.target)
    if target.first != 0x2F, let authority = RequestTarget.authority(of: target) {
      return String(decoding: target[authority], as: UTF8.self)
    }
    return self["Host"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The address that the client has asked for, as it is signed by those who call back: scheme, host, path and query.
  public var publicURL: String? { publicHost.map { "\(publicScheme)://\($0)\(target)" } }
}

extension Middleware {
  /// Believes what proxies of some addresses say of the client in `X-Forwarded-For`, `-Proto` and `-Host`.
  ///
  /// The client is the last address in `X-Forwarded-For` that is not a trusted proxy's own, since anybody can write
  /// what stands before it. A peer on a Unix socket is trusted; from any other that is not, nothing is believed. Put it
  /// first, so that limits and logs know the client.
  ///
  /// - Parameter proxies: Where the proxies connect from.
  /// - Returns: The middleware.
  public static func trustedProxies(_ proxies: [AddressRange]) -> Middleware {
    let isTrusted: @Sendable (SocketAddress) -> Bool = { address in
      address.path != nil || proxies.contains { $0.contains(address) }
    }
    return before { request in
      guard isTrusted(request.peer) else { return nil }
      let hops = members("X-Forwarded-For", request)
      var place = hops.count
      var client = request.peer
      while place > 0, isTrusted(client), let before = SocketAddress(forwarded: hops[place - 1]) {
        client = before
        place -= 1
      }
      // A list as long as that of the addresses has a member for each of them; otherwise the last one counts.
      func member(_ name: String) -> String? {
        let values = members(name, request)
        return values.count == hops.count && place < values.count ? values[place] : values.last
      }
      let scheme = member("X-Forwarded-Proto")?.lowercased()
      let schemes = ["http": "http", "https": "https", "ws": "http", "wss": "https"]
      let host = member("X-Forwarded-Host").flatMap { text in
        !text.isEmpty && Authority.isValid(ArraySlice(text.utf8)) ? text : nil
      }
      request[ForwardingKey.self] = Forwarding(client: client, scheme: scheme.flatMap { schemes[$0] }, host: host)
      return nil
    }
  }

  private static func members(_ name: String, _ request: Request) -> [String] {
    request.values(of: name).flatMap { value in
      FieldList(ArraySlice(value.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

extension SocketAddress {
  /// Reads an address as proxies write it: with a port or without, and with brackets or without.
  fileprivate init?(forwarded text: String) {
    if let address = SocketAddress(host: text, port: 0) {
      self = address
      return
    }
    var host = Substring(text)
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
    }
    guard let address = SocketAddress(host: String(host), port: 0) else { return nil }
    self = address
  }
}
