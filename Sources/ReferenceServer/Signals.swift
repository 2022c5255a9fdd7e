import Dispatch
import Foundation

/// The signals that ask a program to end. While there is such a value, they do not end the program by themselves.
struct Signals {
  /// Has an element for each SIGTERM and SIGINT.
  let requestsToEnd: AsyncStream<Void>
  private let sources: [any DispatchSourceSignal]

  init() {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    requestsToEnd = stream
    sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { continuation.yield() }
      source.resume()
      return source
    }
  }
}
