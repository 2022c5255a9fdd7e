import Foundation

/// A folder for files of this run, which is removed at its end, also when it is interrupted.
///
/// The `@unchecked` is safe because nothing of it changes after it was made: only the type of the signal sources keeps
/// the compiler from knowing that, and a source may be cancelled from any thread.
final class TemporaryFolder: @unchecked Sendable {
  let path: String
  private let interruptions: [any DispatchSourceSignal]

  init(in parent: String) throws {
    let path = parent + "/benchmarks-\(getpid())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    self.path = path
    interruptions = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        try? FileManager.default.removeItem(atPath: path)
        exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  func remove() {
    for source in interruptions { source.cancel() }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// A path in the folder that is free; whatever was there is removed.
  func fresh(_ name: String) -> String {
    let path = self.path + "/" + name
    try? FileManager.default.removeItem(atPath: path)
    return path
  }
}
