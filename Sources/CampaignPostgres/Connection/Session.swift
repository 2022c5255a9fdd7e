#if PostgreSQL
  internal import CampaignKit
  internal import Foundation

  /// One transaction, on the thread of its connection.
  ///
  /// Changes of which nothing is read back are gathered and sent with the next question, or with the end of the
  /// transaction: one round trip for as many as there are.
  final class Session {
    private let connection: Connection
    private let kind: Kind
    let shared: SharedState
    private var gathered: [Statement]
    private var moment: Timestamp?
    /// How long a round trip may take; nil for the usual time.
    private var time: Duration?
    /// The localities that this transaction has added.
    var addedLocalities: Set<Int> = []
    /// The accounts to which something was told.
    private(set) var told: Set<Account.ID> = []
    /// The slots of the system that are taken, or given back if below zero. They are counted last, since all accounts
    /// wait for each other there.
    var systemSlots = 0

    /// What is read beforehand and written once, where a transaction is about many calls.
    var many: ManyCalls?

    /// What a transaction is for.
    enum Kind: String {
      /// To change something.
      case change = "BEGIN"
      /// To read several things as they are at one moment.
      case snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
      /// To run one statement, which is a transaction by itself.
      case statement = ""
    }

    private init(_ connection: Connection, _ kind: Kind, _ shared: SharedState) {
      self.connection = connection
      self.kind = kind
      self.shared = shared
      moment = shared.time?.now()
      gathered = kind == .statement ? [] : [Statement(sql: kind.rawValue, values: [])]
    }

    /// Runs a transaction: all that `body` does happens at its end, or not at all.
    ///
    /// It is repeated from the start when the database has undone it for the sake of another, after a wait of random
    /// length.
    static func run<Value>(
      _ connection: Connection, _ kind: Kind, _ shared: SharedState, _ body: (Session) throws(StoreError) -> Value
    ) throws(StoreError) -> (value: Value, told: Set<Account.ID>) {
      var trial = 0
      while true {
        let session = Session(connection, kind, shared)
        do throws(StoreError) {
          let value = try body(session)
          try session.commit()
          return (value, session.told)
        } catch {
          session.rollBack()
          guard let cause = error.cause as? DatabaseError, cause.isConflict, trial < 10 else { throw error }
          trial += 1
          usleep(UInt32.random(in: 0...(1000 << UInt32(trial))))
        }
      }
    }

    /// Lets the rest of the transaction take up to an hour, for what is about all leads of a campaign. What else the
    /// account has to write waits for it, or is told that it is unavailable.
    func takeLong() {
      let hour = Duration.seconds(3600)
      time = hour
      write("SET LOCAL statement_timeout TO \(hour.milliseconds)")
    }

    /// Gathers a change.
    func write(_ sql: String, _ values: (any SQLValue)?...) {
      gathered.append(Statement(sql: sql, values: values.map { $0?.sqlText }))
    }

    /// Gathers a change with values that were put together.
    func gather(_ sql: String, _ values: [(any SQLValue)?]) {
      gathered.append(Statement(sql: sql, values: values.map { $0?.sqlText }))
    }

    /// Asks for rows, after all that was gathered.
    func rows(_ sql: String, _ values: (any SQLValue)?...) throws(StoreError) -> Rows {
      try ask(Statement(sql: sql, values: values.map { $0?.sqlText }))
    }

    /// Asks for rows with values that were put together.
    func ask(_ statement: Statement) throws(StoreError) -> Rows {
      gathered.append(statement)
      guard let rows = try send().last else { throw StoreError(.unavailable, "the database gave no answer") }
      return rows
    }

    private func send() throws(StoreError) -> [Rows] {
      defer { gathered = [] }
      // Texts of records were looked at before; libpq would cut the others off. The cause says that this is not about
      // what was asked for last, so nothing of the transaction is kept.
      for statement in gathered where statement.values.contains(where: { $0?.utf8.contains(0) ?? false }) {
        throw DatabaseError(state: "22021", message: "a text has the character U+0000").storeError
      }
      do {
        return try connection.run(gathered, within: time)
      } catch {
        throw error.storeError
      }
    }

    private func commit() throws(StoreError) {
      if systemSlots != 0 { write("UPDATE system SET live = live + $1", systemSlots) }
      if kind == .statement {
        if !gathered.isEmpty { _ = try send() }
        return
      }
      gathered.append(Statement(sql: "COMMIT", values: []))
      _ = try send()
    }

    private func rollBack() {
      gathered = []
      guard !connection.isLost, kind != .statement else { return }
      try? connection.runScript("ROLLBACK")
    }

    // MARK: Time

    /// The time by the database's clock, or by the source that takes its place; the same through all of a transaction.
    func now() throws(StoreError) -> Timestamp {
      if let moment { return moment }
      guard var row = try rows("SELECT clock_now()").first else {
        throw StoreError(.unavailable, "the database does not tell the time")
      }
      let now = try row.moment()
      moment = now
      return now
    }

    /// The time for functions of the database, which look at its clock if they are given none.
    var givenTime: Timestamp? { moment }

    // MARK: Telling

    /// Appends an event to those of an account.
    func tell(
      _ account: Account.ID, _ kind: CampaignEvent.Kind, campaign: Campaign.ID? = nil, lead: Lead.ID? = nil,
      call: Call.ID? = nil, agent: Agent.ID? = nil, status: String? = nil, count: Int? = nil
    ) throws(StoreError) {
      guard many == nil else {
        many?.tell(account, kind, campaign: campaign, lead: lead, call: call, agent: agent, status: status)
        return
      }
      write(
        "SELECT tell($1, $2, $3, $4, $5, $6, $7, $8, $9)", account, try now(), kind, campaign, lead, call, agent,
        status, count)
      noteTold(account)
    }

    /// Notes that the database itself has told something.
    func noteTold(_ account: Account.ID) { told.insert(account) }
  }
#endif
