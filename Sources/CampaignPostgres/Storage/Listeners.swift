#if PostgreSQL
  internal import CampaignKit
  internal import Foundation
  internal import Locks

  /// Those who want to know that there is something new, in this process and in others.
  ///
  /// In this process they are told at once. Others are told by `NOTIFY`, some milliseconds later and once for many
  /// changes: inside the transactions it would make all of them wait for one another, since PostgreSQL commits those
  /// that notify one by one.
  final class Listeners: Sendable {
    private struct State {
      var readers = HintReaders()
      var unsent: Set<Account.ID> = []
      var isSending = false
      var isListening = false
      /// The accounts of which something was told since it was looked last.
      var heard: Set<Account.ID> = []
      var isClosed = false

      mutating func tell(_ account: Account.ID) {
        if isListening { heard.insert(account) }
        readers.tell(account)
      }
    }

    private let state = Locked(State())
    private let configuration: PostgresStorage.Configuration
    private let readiness: Readiness
    private let queue = DispatchQueue(label: "CampaignPostgres.notify")
    /// How long changes are gathered before others are told.
    private static let pause = 0.02
    /// How long to wait until they are tried to be told again.
    private static let pauseAfterFailure = 0.5

    init(_ configuration: PostgresStorage.Configuration, _ readiness: Readiness) {
      self.configuration = configuration
      self.readiness = readiness
    }

    private var channel: String { "campaignkit_\(configuration.schema)" }

    func hints() -> AsyncStream<Account.ID> {
      let (stream, starts) = state.withLock { state in
        guard !state.isClosed else { return (AsyncStream<Account.ID> { $0.finish() }, false) }
        defer { state.isListening = true }
        return (state.readers.add(), configuration.hearsOthers && !state.isListening)
      }
      if starts { listen() }
      return stream
    }

    /// Tells that accounts have something new.
    func tell(_ accounts: Set<Account.ID>) {
      state.withLock { state in
        for account in accounts { state.tell(account) }
      }
      begin(Self.pause, with: accounts)
    }

    /// Sends what is to be told, after a pause.
    private func begin(_ pause: Double, with accounts: Set<Account.ID>) {
      let starts = state.withLock { state in
        guard !state.isClosed else { return false }
        state.unsent.formUnion(accounts)
        defer { state.isSending = true }
        return !state.isSending
      }
      guard starts else { return }
      queue.asyncAfter(deadline: .now() + pause) { [weak self] in self?.send() }
    }

    private func send() {
      let accounts: Set<Account.ID> = state.withLock { state in
        defer {
          state.unsent = []
          state.isSending = false
        }
        return state.isClosed ? [] : state.unsent
      }
      guard !accounts.isEmpty else { return }
      do {
        _ = try sender.get(configuration).run(
          accounts.map { Statement(sql: "SELECT pg_notify($1, $2)", values: [channel, $0.description]) })
      } catch {
        // They are told later. What another process misses while its own connection is lost, it looks for by itself.
        begin(Self.pauseAfterFailure, with: accounts)
      }
    }

    private let sender = Sender()

    /// The connection for notifications.
    ///
    /// The `@unchecked` is safe because it is only used in `queue`, which is serial.
    private final class Sender: @unchecked Sendable {
      private var connection: Connection?

      func get(_ configuration: PostgresStorage.Configuration) throws(StoreError) -> Connection {
        if let connection, !connection.isLost { return connection }
        connection = nil
        let new = try configuration.connect()
        connection = new
        return new
      }
    }

    /// Hands on what other processes tell, on a thread of its own, until the storage is closed.
    private func listen() {
      let (configuration, readiness) = (configuration, readiness)
      let channel = channel
      let thread = Thread { [weak self] in
        var last: [Account.ID: Int64]?
        while let isOver = self?.isClosed, !isOver {
          if let connection = try? configuration.connect(),
            (try? connection.runScript("LISTEN \(channel.quoted)")) != nil
          {
            readiness.isReached(over: connection)
            while let isOver = self?.isClosed, !isOver, !connection.isLost {
              self?.look(over: connection, since: &last)
              self?.tryWrite(over: connection)
              let next = ContinuousClock.now + configuration.looking
              try? connection.listen(
                every: min(.milliseconds(250), configuration.looking), { self?.hand(on: $0) },
                isOver: { self?.isClosed ?? true || ContinuousClock.now >= next })
            }
          }
          if let isOver = self?.isClosed, !isOver { readiness.isLost() }
          // The server may be away; the next trial comes a while later, not at the same moment from every process.
          usleep(UInt32.random(in: 200_000...600_000))
        }
      }
      thread.name = "CampaignPostgres.listen"
      thread.start()
    }

    /// Finds out whether the database takes writes again, where it did not: a server with nothing to do would not notice.
    private func tryWrite(over connection: Connection) {
      guard !readiness.isWritable else { return }
      do throws(DatabaseError) {
        let sql = "UPDATE schema_version SET applied_at = applied_at WHERE version = 1"
        _ = try connection.run([Statement(sql: sql, values: [])])
        readiness.hasWritten()
      } catch {
        readiness.hasFailed(error)
      }
    }

    /// Looks for what nobody has told: a notification is lost with the connection that waits for it, or with the process
    /// that was to send it. An account of which something was told meanwhile is looked at the next time.
    private func look(over connection: Connection, since last: inout [Account.ID: Int64]?) {
      let newest: [(Account.ID, Int64)]
      do {
        let statement = Statement(sql: "SELECT account, last_event FROM account_states", values: [])
        newest =
          try connection.run([statement]).last?.map { (row) throws(StoreError) in
            (try row.id(), try row.int64())
          } ?? []
      } catch { return }
      state.withLock { state in
        let heard = state.heard
        defer { state.heard = [] }
        guard let before = last else {
          last = Dictionary(newest) { $1 }
          return
        }
        for (account, event) in newest where before[account] != event && !heard.contains(account) {
          last?[account] = event
          state.tell(account)
        }
      }
    }

    private var isClosed: Bool { state.withLock { $0.isClosed } }

    private func hand(on text: String) {
      guard let account = Account.ID(text) else { return }
      state.withLock { $0.tell(account) }
    }

    func close() {
      let readers = state.withLock { state in
        state.isClosed = true
        defer { state.readers = HintReaders() }
        return state.readers
      }
      readers.finish()
    }
  }
#endif
