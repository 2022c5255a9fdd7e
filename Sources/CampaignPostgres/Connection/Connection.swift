#if PostgreSQL
  internal import CLibPQ
  internal import CampaignKit
  internal import Foundation

  /// A statement, and the values for its parameters.
  struct Statement {
    var sql: String
    var values: [String?]
  }

  /// A process of the server. Its number is used again when it has ended, so the time of its start belongs to it.
  struct Backend: Sendable {
    var number: String
    var start: String
  }

  /// A connection to a server, used by one thread at a time.
  ///
  /// Once it is made, its socket does not block: the thread waits in `poll`, for so long as a statement may take. Statements are
  /// prepared when they are used first, and several can go in one round trip.
  final class Connection {
    private let handle: OpaquePointer
    private let timeout: Duration
    /// The names of the statements that the server has prepared.
    private(set) var prepared: [String: String] = [:]
    private var named = 0
    /// How many are kept: the server has a plan for each.
    private static let mostPrepared = 500
    private(set) var isLost = false
    /// The process that serves this connection; nil until it was asked for.
    private(set) var backend: Backend?
    /// Takes what the server remarks on a statement.
    var remarked: ((String) -> Void)?

    /// Connects, and waits for that on this thread.
    ///
    /// - Parameters:
    ///   - conninfo: What libpq takes as a connection string or URI.
    ///   - connecting: How long it may take with each of the hosts, unless `conninfo` says it.
    ///   - timeout: How long a round trip may take.
    /// - Throws: What the server or the way to it has against it.
    init(_ conninfo: String, connecting: Duration, timeout: Duration) throws(DatabaseError) {
      // Of two that say the same the later holds. Texts are sent and taken as UTF-8, whatever the environment says.
      let parameters = [
        ("connect_timeout", "\(max(1, (connecting.milliseconds + 999) / 1000))"), ("dbname", conninfo),
        ("client_encoding", "UTF8"),
      ]
      let texts = parameters.flatMap { [strdup($0), strdup($1)] }
      defer { for text in texts { free(text) } }
      let keywords = stride(from: 0, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
      let values = stride(from: 1, to: texts.count, by: 2).map { UnsafePointer(texts[$0]) } + [nil]
      // The function that does not block goes on to no other host while one is silent.
      guard let handle = PQconnectdbParams(keywords, values, 1) else {
        throw DatabaseError(message: "there is no memory for a connection")
      }
      self.handle = handle
      self.timeout = timeout
      guard PQstatus(handle) == CONNECTION_OK else { throw lost() }
      guard PQsetnonblocking(handle, 1) == 0 else { throw lost() }
      // What the server remarks goes to whoever wants it, and not to standard error.
      PQsetNoticeProcessor(
        handle,
        { context, text in
          guard let context, let text else { return }
          Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue().remarked?(String(cString: text))
        }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { PQfinish(handle) }

    /// Whether the server takes writes, as it told when the connection was made or since.
    var takesWrites: Bool {
      let refusals: [String] = ["in_hot_standby", "default_transaction_read_only"]
      return !refusals.contains { told($0) == "on" }
    }

    /// How the database keeps texts.
    var encoding: String? { told("server_encoding") }

    /// A setting that the server tells by itself.
    private func told(_ name: String) -> String? { PQparameterStatus(handle, name).map { String(cString: $0) } }

    private func lost() -> DatabaseError {
      isLost = true
      let text = PQerrorMessage(handle).map { String(cString: $0) } ?? ""
      return DatabaseError(message: text.isEmpty ? "the connection is lost" : text.trimmed)
    }

    /// Waits until the socket can be read or written.
    @discardableResult
    private func wait(_ events: Int32, until deadline: ContinuousClock.Instant) throws(DatabaseError) -> Int32 {
      let socket = PQsocket(handle)
      guard socket >= 0 else { throw lost() }
      while true {
        let left = ContinuousClock.now.duration(to: deadline).milliseconds
        guard left > 0 else {
          isLost = true
          throw DatabaseError(message: "the server does not answer in time")
        }
        var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
        let found = poll(&entry, 1, Int32(clamping: left))
        if found > 0 { return Int32(entry.revents) }
        guard found == 0 || errno == EINTR else { throw lost() }
      }
    }

    // MARK: Statements

    /// Runs a statement without parameters, which may be several, each a transaction of its own unless they say so;
    /// within the usual time or another.
    func runScript(_ sql: String, within time: Duration? = nil) throws(DatabaseError) {
      guard !isLost, PQsendQuery(handle, sql) == 1 else { throw lost() }
      let deadline = ContinuousClock.now + (time ?? timeout)
      try flush(until: deadline)
      var failure: DatabaseError?
      while let result = try nextResult(until: deadline) {
        failure = failure ?? Self.failure(of: result)
        PQclear(result)
      }
      if let failure { throw noted(failure) }
    }

    /// The same, with the errors of a store.
    func script(_ sql: String) throws(StoreError) {
      do { try runScript(sql) } catch { throw error.storeError }
    }

    /// Runs statements in one round trip, in order, up to the first that fails.
    ///
    /// Outside a transaction they are one by themselves. They may take the usual time or another.
    func run(_ statements: [Statement], within time: Duration? = nil) throws(DatabaseError) -> [Rows] {
      guard !isLost else { throw lost() }
      if prepared.count > Self.mostPrepared {
        try runScript("DEALLOCATE ALL")
        prepared = [:]
      }
      guard PQenterPipelineMode(handle) == 1 else { throw lost() }
      let deadline = ContinuousClock.now + (time ?? timeout)
      // What is sent, in order: a statement to prepare, or nil for one to run.
      var sent: [String?] = []
      var preparing: [String: String] = [:]
      for statement in statements {
        let name = prepared[statement.sql] ?? preparing[statement.sql] ?? nextName()
        if prepared[statement.sql] == nil, preparing[statement.sql] == nil {
          guard PQsendPrepare(handle, name, statement.sql, 0, nil) == 1 else { throw lost() }
          preparing[statement.sql] = name
          sent.append(statement.sql)
        }
        let values = statement.values.map { $0.map { strdup($0) } ?? nil }
        defer { for value in values { free(value) } }
        let ok = values.map { UnsafePointer($0) }.withUnsafeBufferPointer { pointers in
          PQsendQueryPrepared(handle, name, Int32(pointers.count), pointers.baseAddress, nil, nil, 0)
        }
        guard ok == 1 else { throw lost() }
        sent.append(nil)
        try flushSome()
      }
      guard PQpipelineSync(handle) == 1 else { throw lost() }
      try flush(until: deadline)
      var results: [Rows] = []
      var failure: DatabaseError?
      for step in sent {
        while let result = try nextResult(until: deadline) {
          if let found = Self.failure(of: result) {
            failure = failure ?? found
            PQclear(result)
          } else if let sql = step {
            prepared[sql] = preparing[sql]
            PQclear(result)
          } else {
            results.append(Rows(result))
          }
        }
      }
      // The answer to the end of the pipeline.
      if let result = try nextResult(until: deadline) { PQclear(result) }
      guard PQexitPipelineMode(handle) == 1 else { throw lost() }
      if let failure { throw noted(failure) }
      return results
    }

    /// Gives the connection up where a failure says so.
    private func noted(_ failure: DatabaseError) -> DatabaseError {
      if failure.isConnectionLost { isLost = true }
      return failure
    }

    /// A name for a statement that no other has had on this connection.
    private func nextName() -> String {
      named += 1
      return "s\(named)"
    }

    private func flushSome() throws(DatabaseError) {
      guard PQflush(handle) >= 0 else { throw lost() }
    }

    private func flush(until deadline: ContinuousClock.Instant) throws(DatabaseError) {
      while true {
        let rest = PQflush(handle)
        guard rest >= 0 else { throw lost() }
        guard rest > 0 else { return }
        let found = try wait(POLLIN | POLLOUT, until: deadline)
        if found & POLLIN != 0, PQconsumeInput(handle) == 0 { throw lost() }
      }
    }

    private func nextResult(until deadline: ContinuousClock.Instant) throws(DatabaseError) -> OpaquePointer? {
      while PQisBusy(handle) == 1 {
        try wait(POLLIN, until: deadline)
        guard PQconsumeInput(handle) == 1 else { throw lost() }
      }
      return PQgetResult(handle)
    }

    private static func failure(of result: OpaquePointer) -> DatabaseError? {
      switch PQresultStatus(result) {
      case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
        let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
        return DatabaseError(state: state, message: text ?? "the connection is lost")
      case PGRES_PIPELINE_ABORTED: return DatabaseError(state: "25P02", message: "a statement before it failed")
      default: return nil
      }
    }

    // MARK: Processes of the server

    /// Asks which process serves this connection.
    func askForBackend() throws(DatabaseError) {
      let sql = """
        SELECT pid, extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid()
        """
      guard var row = try run([Statement(sql: sql, values: [])]).last?.first, let number = row.optionalText(),
        let start = row.optionalText()
      else { return }
      backend = Backend(number: number, start: start)
    }

    /// Ends the process that served another connection, and waits a moment until it has: what it had under way has then
    /// happened, or never will.
    func end(_ backend: Backend) throws(DatabaseError) {
      let sql = """
        SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity
        WHERE pid = $1::integer AND extract(epoch FROM backend_start) = $2::numeric
        """
      _ = try run([Statement(sql: sql, values: [backend.number, backend.start])])
    }

    // MARK: Notifications

    /// Waits for notifications and hands out their texts, until `isOver` says so; looks at that every now and then.
    func listen(
      every pause: Duration, _ body: (String) -> Void, isOver: () -> Bool
    ) throws(DatabaseError) {
      while true {
        // What came with the answer to a statement is there already.
        while let notification = PQnotifies(handle) {
          body(String(cString: notification.pointee.extra))
          PQfreemem(notification)
        }
        guard !isOver() else { return }
        var entry = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard entry.fd >= 0 else { throw lost() }
        _ = poll(&entry, 1, Int32(clamping: pause.milliseconds))
        guard PQconsumeInput(handle) == 1 else { throw lost() }
      }
    }
  }

  extension String {
    /// The text without what surrounds it.
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
  }
#endif
