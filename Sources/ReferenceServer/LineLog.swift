import Dispatch
import Foundation
import Locks
import WebServer

/// Writes lines to a file on a queue of its own, so that nobody who serves waits for a disk.
///
/// Lines are left out that come faster than they can be written, beyond a bound, and those that the disk does not take;
/// their number is told when it takes lines again.
final class LineLog: AccessLogger {
  private struct Waiting {
    var bytes: [UInt8] = []
    var missed = 0
    var isScheduled = false
  }

  fileprivate struct Output {
    var file: FileHandle
    /// Whether the last line was written in part.
    var isTorn = false
  }

  private static let maximumBytes = 4 << 20
  /// The file; nil for standard error.
  private let path: String?
  private let queue = DispatchQueue(label: "log")
  private let waiting = Locked(Waiting())
  /// Held only on the queue.
  private let output: Locked<Output>

  /// Opens a log.
  ///
  /// - Parameters:
  ///   - path: A file, to which is added; `-` for standard error.
  ///   - flag: The flag that names it.
  /// - Throws: A ``UsageError`` for a file that cannot be written.
  init(_ path: String, flag: String) throws(UsageError) {
    self.path = path == "-" ? nil : path
    guard let file = Self.opened(self.path) else {
      throw UsageError("--\(flag): the file \(path) cannot be written; name another")
    }
    output = Locked(Output(file: file))
  }

  /// Whether it writes to a file, which can be moved away and opened again.
  var isFile: Bool { path != nil }

  private static func opened(_ path: String?) -> FileHandle? {
    guard let path else { return .standardError }
    // At its end whoever else writes to it, or has cut it.
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    return descriptor < 0 ? nil : FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  /// Opens the file anew under its name, where the old one was moved away. One that cannot be opened goes on where it was.
  func reopen() {
    queue.sync {
      write()
      guard let file = Self.opened(path) else {
        let text = "the log \(path ?? "-") cannot be opened anew, and goes on where it was\n"
        return FileHandle.standardError.write(Data(text.utf8))
      }
      output.withLock { $0 = Output(file: file) }
    }
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
    let rest = output.withLock { $0.append(bytes) }
    guard !rest.isEmpty else { return }
    // The last line was about those that were missed before.
    let lost = rest.count { $0 == 0x0A } + (missed > 0 ? missed - 1 : 0)
    waiting.withLock { $0.missed += lost }
  }
}

extension LineLog.Output {
  /// Writes as much as the disk takes, and returns the rest.
  fileprivate mutating func append(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
    var rest = bytes[...]
    if isTorn {
      guard put([0x0A]) == 1 else { return rest }
      isTorn = false
    }
    while !rest.isEmpty {
      let count = put(rest)
      guard count > 0 else { break }
      isTorn = rest[rest.startIndex + count - 1] != 0x0A
      rest = rest.dropFirst(count)
    }
    return rest
  }

  /// How much was written of some bytes; less than one for a failure.
  private func put(_ bytes: ArraySlice<UInt8>) -> Int {
    while true {
      let count = bytes.withUnsafeBytes { write(file.fileDescriptor, $0.baseAddress, $0.count) }
      if count >= 0 || errno != EINTR { return count }
    }
  }
}
