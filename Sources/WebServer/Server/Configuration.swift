/// How a server listens, and what it puts up with.
///
/// Every default is safe to leave alone: it listens on this machine only, and everything that a client can make it
/// keep has a bound.
public struct Configuration: Sendable {
  /// Where to listen; port 8080 of 127.0.0.1 by default.
  public var addresses: [SocketAddress] = [.loopback(port: 8080)]

  /// Threads that serve connections; 0, the default, means one for each core.
  public var loops = 0

  /// Most connections at once, 10,000 by default. Further clients get 503 and are told to come again.
  public var maximumConnections = 10_000

  /// Connections that the system keeps waiting before they are accepted, 1024 by default.
  public var backlog = 1024

  /// Bounds of a request's line, fields and chunks.
  public var parsing = ParsingLimits()

  /// Most bytes of a request's body, 1 MiB by default; a handler can have a bound of its own.
  public var maximumBodyBytes = 1 << 20

  /// How long a request's head may take to arrive, 10 seconds by default; then 408.
  public var headTimeout = Duration.seconds(10)

  /// How long a connection may stay without a request, 60 seconds by default; then it is closed.
  public var idleTimeout = Duration.seconds(60)

  /// How long a handler may take until it answers, 60 seconds by default; then 503, and its task is cancelled.
  public var handlerTimeout = Duration.seconds(60)

  /// How few bytes in a second a client may send of a body, or take of an answer, 500 by default; 0 for any.
  public var minimumBytesPerSecond = 500

  /// How long a client may be slower than that, 5 seconds by default; then it is cut off.
  public var slowTolerance = Duration.seconds(5)

  /// Bytes of a body or of an answer that are held before whoever makes them has to wait, 64 KiB by default.
  public var bufferedBytes = 64 << 10

  /// How long a closed connection is still read from, so that the client can read its answer; 2 seconds by default.
  public var lingerTimeout = Duration.seconds(2)

  /// How long a shutdown waits for what is being answered, 30 seconds by default.
  public var shutdownTimeout = Duration.seconds(30)

  /// How long a shutdown waits for the next request on connections that have none, 500 milliseconds by default.
  ///
  /// A client whose request was under way when the shutdown began still gets its answer.
  public var shutdownIdleTimeout = Duration.milliseconds(500)

  /// Is told of errors that handlers throw and that say nothing to the client.
  public var reportError: @Sendable (any Error, Request) -> Void = { _, _ in }

  /// Creates the default configuration.
  public init() {}

  /// How often time-outs are looked at: a quarter of the shortest, but not more than a hundred times a second.
  var tickInterval: Duration {
    let shortest = min(
      headTimeout, idleTimeout, handlerTimeout, slowTolerance, lingerTimeout, shutdownTimeout, shutdownIdleTimeout)
    return (shortest / 4).clamped(to: .milliseconds(10) ... .milliseconds(250))
  }
}
