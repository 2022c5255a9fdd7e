#if SANITIZE_THREAD
  package import Foundation

  /// The twin of `Mutex` for runs under ThreadSanitizer, which does not see the lock inside `Mutex` on Linux.
  ///
  /// It has the same shape, so that no caller differs. The `@unchecked` is safe because `value` is only
  /// touched between `lock()` and `unlock()`.
  package final class Locked<Value: ~Copyable>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    package init(_ value: consuming sending Value) {
      self.value = value
    }

    package func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      lock.lock()
      defer { lock.unlock() }
      return try body(&value)
    }
  }
#else
  package import Synchronization

  /// A value behind a lock.
  package typealias Locked = Mutex
#endif
