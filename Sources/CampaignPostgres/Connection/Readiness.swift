#if PostgreSQL
  internal import Locks

  /// Whether the database can be reached and takes writes, as its connections find it.
  final class Readiness: Sendable {
    private let state = Locked((isReached: true, isWritable: true))

    var isWritable: Bool { state.withLock { $0.isReached && $0.isWritable } }

    /// A connection was made. Another server may have answered than before, so what it says of itself is believed.
    func isReached(over connection: Connection) {
      let takesWrites = connection.takesWrites
      state.withLock { $0 = (true, takesWrites) }
    }

    /// A connection was lost, or could not be made.
    func isLost() { state.withLock { $0.isReached = false } }

    /// A change was written, so that it can be reached too, whatever connection was lost meanwhile.
    func hasWritten() { state.withLock { $0 = (true, true) } }

    /// The database refused a change, because of what it is and not of what was asked.
    func hasRefused() { state.withLock { $0.isWritable = false } }
  }
#endif
