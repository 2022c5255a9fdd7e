import Foundation

/// A failed system call of a limit.
struct SystemCallFailure: Error, CustomStringConvertible {
  let description: String

  init(_ call: String) {
    description = "\(call): \(String(cString: strerror(errno)))"
  }
}

/// The least that durable appending takes: one write and one `fdatasync` on a file whose room is reserved.
///
/// The `@unchecked` is safe because its offset and its room are moved by one thread at a time: the task of `rate`, or the
/// leader of ``BareGroupCommit``, which becomes and ceases to be one under a lock, so that the next sees what it left.
final class BareLog: @unchecked Sendable {
  private let descriptor: Int32
  private let step = 16 << 20
  private var room = 0
  private var end = 0

  init(_ path: String) throws {
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw SystemCallFailure("open") }
  }

  deinit { close(descriptor) }

  /// Appends durably. Room is reserved in steps as large as those of the store's journal.
  func append(_ bytes: UnsafeRawBufferPointer) throws {
    if end + bytes.count > room {
      guard posix_fallocate(descriptor, off_t(room), off_t(step + bytes.count)) == 0 else {
        throw SystemCallFailure("posix_fallocate")
      }
      room += step + bytes.count
    }
    guard pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(end)) == bytes.count else {
      throw SystemCallFailure("pwrite")
    }
    guard fdatasync(descriptor) == 0 else { throw SystemCallFailure("fdatasync") }
    end += bytes.count
  }

  /// How many appends of so many bytes it makes in a second.
  func rate(appends: Int, of size: Int) async throws -> Double {
    let bytes = [UInt8](repeating: 0x5A, count: size)
    let time = try await seconds {
      for _ in 0..<appends { try bytes.withUnsafeBytes { try append($0) } }
    }
    return Double(appends) / time
  }
}

/// Group commit among blocking threads: the first that finds nobody at it writes for all who wait.
///
/// The `@unchecked` is safe because all it has is touched under its lock, but for three things: the log, which only the
/// leader of the moment uses; the pointers, which do not change; and `failure` in `rate`, when all threads have left the
/// group that it waits for.
final class BareGroupCommit: @unchecked Sendable {
  private let log: BareLog
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var buffer: [UInt8] = []
  private var current = 0
  private var done = 0
  private var isLed = false
  private var failure: (any Error)?

  init(_ log: BareLog) {
    self.log = log
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  private func commit(_ bytes: [UInt8]) {
    pthread_mutex_lock(mutex)
    buffer += bytes
    let mine = current
    while done <= mine {
      guard !isLed else {
        pthread_cond_wait(condition, mutex)
        continue
      }
      isLed = true
      var taken: [UInt8] = []
      swap(&taken, &buffer)
      current += 1
      pthread_mutex_unlock(mutex)
      var failure: (any Error)?
      do { try taken.withUnsafeBytes { try log.append($0) } } catch let error { failure = error }
      pthread_mutex_lock(mutex)
      if let failure { self.failure = failure }
      done = current
      isLed = false
      pthread_cond_broadcast(condition)
    }
    pthread_mutex_unlock(mutex)
  }

  /// How many commits of so many bytes a number of threads makes in a second.
  func rate(threads: Int, commits: Int, of size: Int) async throws -> Double {
    let bytes = [UInt8](repeating: 0x5A, count: size)
    let time = await seconds {
      await withCheckedContinuation { continuation in
        let all = DispatchGroup()
        for _ in 0..<threads {
          all.enter()
          let thread = Thread {
            for _ in 0..<commits { self.commit(bytes) }
            all.leave()
          }
          thread.stackSize = 256 << 10
          thread.start()
        }
        all.notify(queue: .global()) { continuation.resume() }
      }
    }
    if let failure { throw failure }
    return Double(threads * commits) / time
  }
}
