#if PostgreSQL
  internal import Locks

  /// Whether the database can be reached and takes writes, as its connections find it.
  final class Readiness: Sendable {
    private struct State {
      var isReached = true
      /// Whether the server says of itself that it takes writes, as a standby does not.
      var isPrimary = true
      /// Whether it has refused a change since one was taken, for want of what it needs.
      var isWanting = false
    }

    private let state = Locked(State())

    var isWritable: Bool { state.withLock { $0.isReached && $0.isPrimary && !$0.isWanting } }

    /// A connection was made. Another server may have answered than before, so what it says of itself is believed. That a
    /// disk has room again it does not say.
    func isReached(over connection: Connection) {
      let takesWrites = connection.takesWrites
      state.withLock { ($0.isReached, $0.isPrimary) = (true, takesWrites) }
    }

    /// A connection was lost, or could not be made.
    func isLost() { state.withLock { $0.isReached = false } }

    /// A change was written, so that it can be reached too, whatever connection was lost meanwhile.
    func hasWritten() { state.withLock { $0 = State() } }

    /// A change failed; where that is because of what the database is, and not of what was asked, that is noted.
    func hasFailed(_ error: DatabaseError) {
      state.withLock { state in
        if error.isFromStandby { state.isPrimary = false }
        if error.isForWant { state.isWanting = true }
      }
    }
  }
#endif
