import Dispatch
import Foundation

/// The signals that ask a program for something. While there is such a value, they do not end the program by themselves.
struct Signals {
  /// Has an element for each SIGTERM and SIGINT, and for each SIGHUP where nothing is reopened.
  let requestsToEnd: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  /// Begins to listen.
  ///
  /// - Parameter logs: Those that are opened anew at each SIGHUP. Without any, it asks to end, as it does when a terminal
  ///   is closed.
  init(reopening logs: [LineLog]) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    requestsToEnd = stream
    let end: @Sendable () -> Void = { continuation.yield() }
    let reopen: @Sendable () -> Void = { for log in logs { log.reopen() } }
    sources = [(SIGTERM, end), (SIGINT, end), (SIGHUP, logs.isEmpty ? end : reopen)].map { number, answer in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: answer)
      source.resume()
      return source
    }
  }
}
