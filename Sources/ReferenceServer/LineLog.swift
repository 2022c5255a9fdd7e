import Dispatch
import Foundation
import Locks
import WebServer

/// Writes lines to a file on a queue of its own, so that nobody who serves waits for a disk.
///
/// Lines that come faster than they can be written are left out beyond a bound, and their number is told.
final class LineLog: AccessLogger {
  private struct Waiting {
    var bytes: [UInt8] = []
    var missed = 0
    var isScheduled = false
  }

  private static let maximumBytes = 4 << 20
  private let file: FileHandle
  private let queue = DispatchQueue(label: "log")
  private let waiting = Locked(Waiting())

  /// Opens a log.
  ///
  /// - Parameters:
  ///   - path: A file, to which is added; `-` for standard error.
  ///   - flag: The flag that names it.
  /// - Throws: A ``UsageError`` for a file that cannot be written.
  init(_ path: String, flag: String) throws(UsageError) {
    if path == "-" {
      file = .standardError
      return
    }
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    guard let file = FileHandle(forWritingAtPath: path), (try? file.seekToEnd()) != nil else {
      throw UsageError("--\(flag): the file \(path) cannot be written; name another")
    }
    self.file = file
  }

  func log(_ entry: AccessEntry) { log(line: entry.jsonLine) }

  /// Writes a line soon.
  func log(line: [UInt8]) {
    let mustSchedule = waiting.withLock { waiting in
      guard waiting.bytes.count + line.count < Self.maximumBytes else {
        waiting.missed += 1
        return false
      }
      waiting.bytes += line
      waiting.bytes.append(0x0A)
      defer { waiting.isScheduled = true }
      return !waiting.isScheduled
    }
    if mustSchedule { queue.async { self.write() } }
  }

  /// Writes what is left.
  func close() { queue.sync { self.write() } }

  private func write() {
    var (bytes, missed) = waiting.withLock { waiting in
      defer { waiting = Waiting() }
      return (waiting.bytes, waiting.missed)
    }
    if missed > 0 { bytes += Array("{\"missedLines\":\(missed)}\n".utf8) }
    try? file.write(contentsOf: bytes)
  }
}
