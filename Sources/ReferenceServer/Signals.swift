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
  ///   is closed, unless whoever began the program has it go on then, as `nohup` does.
  init(reopening logs: [LineLog]) {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    requestsToEnd = stream
    let end: @Sendable () -> Void = { continuation.yield() }
    let reopen: @Sendable () -> Void = { for log in logs { log.reopen() } }
    var answers = [(SIGTERM, end), (SIGINT, end)]
    if !logs.isEmpty || !Self.isIgnored(SIGHUP) { answers.append((SIGHUP, logs.isEmpty ? end : reopen)) }
    sources = answers.map { number, answer in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: answer)
      source.resume()
      return source
    }
  }

  /// Whether a signal was ignored when the program began; where that cannot be seen, it was not.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Glibc)
      // What says that a signal is ignored is no function but the number 1 in its place, and is only looked at.
      return action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    #else
      return false
    #endif
  }
}
