#if PostgreSQL
  internal import CampaignKit
  internal import Dispatch
  internal import Locks

  /// So many connections at most, each with a thread of its own while it works.
  ///
  /// Whoever finds none free waits in line, for so long as the pool permits.
  final class ConnectionPool: Sendable {
    /// One place for a connection.
    ///
    /// The `@unchecked` is safe because `connection` is only touched in `queue`, which is serial.
    final class Place: @unchecked Sendable {
      fileprivate let queue = DispatchQueue(label: "CampaignPostgres.connection")
      fileprivate var connection: Connection?
    }

    private struct Waiter {
      var number: Int
      var continuation: CheckedContinuation<Result<Place, StoreError>, Never>
    }

    private struct State {
      var free: [Place] = []
      var made = 0
      var waiters: [Waiter] = []
      var nextWaiter = 0
      var isClosed = false
    }

    private let state = Locked(State())
    private let maximum: Int
    private let configuration: PostgresStorage.Configuration
    private let readiness: Readiness

    init(of maximum: Int, _ configuration: PostgresStorage.Configuration, _ readiness: Readiness) {
      self.maximum = maximum
      self.configuration = configuration
      self.readiness = readiness
    }

    /// Does something with a connection, on a thread on which it may wait.
    ///
    /// A connection that was lost before is made anew. What was under way when one is lost is not repeated here.
    func run<Value: Sendable>(
      _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
      let place = try await take()
      do throws(StoreError) {
        let value = try await run(on: place, body)
        giveBack(place)
        return value
      } catch {
        giveBack(place)
        throw error
      }
    }

    /// Does something with the connection of a place that was taken.
    func run<Value: Sendable>(
      on place: Place, _ body: @escaping @Sendable (Connection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
      let (configuration, readiness) = (configuration, readiness)
      let result = await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Value, StoreError>, Never>) in
        place.queue.async {
          continuation.resume(returning: Self.run(place, configuration, readiness, body))
        }
      }
      return try result.get()
    }

    private static func run<Value>(
      _ place: Place, _ configuration: PostgresStorage.Configuration, _ readiness: Readiness,
      _ body: (Connection) throws(StoreError) -> Value
    ) -> Result<Value, StoreError> {
      do throws(StoreError) {
        if place.connection?.isLost ?? true {
          place.connection = nil
          let connection = try configuration.connect()
          place.connection = connection
          readiness.isReached(over: connection)
        }
        guard let connection = place.connection else { throw StoreError(.unavailable, "there is no connection") }
        let value = try body(connection)
        return .success(value)
      } catch {
        if place.connection?.isLost ?? true { readiness.isLost() }
        if let backend = place.connection?.backend, let cause = error.cause as? DatabaseError, cause.state == nil {
          end(backend, of: place, configuration, readiness)
        }
        return .failure(error)
      }
    }

    /// Ends the process that served a connection which was lost while something was under way: it may wait for a lock,
    /// know nothing of the loss, and write long after this was told to have failed. Where no other connection can be made
    /// it is left to the server to notice.
    private static func end(
      _ backend: Backend, of place: Place, _ configuration: PostgresStorage.Configuration, _ readiness: Readiness
    ) {
      place.connection = nil
      guard let connection = try? configuration.connect(within: .seconds(2)) else { return }
      place.connection = connection
      readiness.isReached(over: connection)
      try? connection.end(backend)
    }

    // MARK: Taking turns

    /// Takes a place; whoever does gives it back.
    func take() async throws(StoreError) -> Place {
      let result = await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Place, StoreError>, Never>) in
        let taken: Result<Place, StoreError>? = state.withLock { state in
          if state.isClosed { return .failure(StoreError(.closed, "the store was closed")) }
          if let place = state.free.popLast() { return .success(place) }
          if state.made < maximum {
            state.made += 1
            return .success(Place())
          }
          let number = state.nextWaiter
          state.nextWaiter += 1
          state.waiters.append(Waiter(number: number, continuation: continuation))
          giveUp(number)
          return nil
        }
        if let taken { continuation.resume(returning: taken) }
      }
      return try result.get()
    }

    /// Ends a wait that takes too long.
    private func giveUp(_ number: Int) {
      let seconds = Double(configuration.waitForConnection.milliseconds) / 1000
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { [weak self] in
        let waiter: Waiter? = self?.state.withLock { state in
          state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(
          returning: .failure(StoreError(.unavailable, "all connections to the database are in use")))
      }
    }

    func giveBack(_ place: Place) {
      let next: Waiter? = state.withLock { state in
        if !state.waiters.isEmpty { return state.waiters.removeFirst() }
        if !state.isClosed { state.free.append(place) }
        return nil
      }
      next?.continuation.resume(returning: .success(place))
    }

    /// Ends all connections once what is under way is done. Whoever asks later is told that the store was closed.
    func close() {
      let waiters: [Waiter] = state.withLock { state in
        state.isClosed = true
        state.free = []
        defer { state.waiters = [] }
        return state.waiters
      }
      for waiter in waiters {
        waiter.continuation.resume(returning: .failure(StoreError(.closed, "the store was closed")))
      }
    }
  }
#endif
