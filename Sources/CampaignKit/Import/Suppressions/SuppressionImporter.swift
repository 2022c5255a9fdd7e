/// Takes a do-not-call list from a CSV file.
///
/// ```swift
/// let importer = SuppressionImporter(store)
/// let result = try await importer.run(.file("opt-outs.csv"), for: account.id)
/// print("\(result.added) of \(result.total) rows are on the list now")
/// ```
///
/// The file has a column of numbers, or of prefixes such as `+1900*`, or several for all numbers of a person, each of
/// which that can be read goes on the list. It may have columns `country`, `reason`, `source`, `added_at` and
/// `expires_at`.
/// What ``SuppressionExport`` writes is read back the same, but for entries that have ended, which are refused.
///
/// A file needs no header if one column has numbers, or if all numbers have their country code. A first row that holds
/// a number is never taken for a header.
///
/// ## What it promises
///
/// - Memory does not grow with the file, but for the calls in ``SuppressionImportResult/liveCalls``.
/// - An entry holds from the next claim on, when the rows around it have gone in, and waiting leads are suppressed; see
///   ``SuppressionStore/suppress(_:)``.
/// - An import that was cut off is simply run again: an entry that is there already is replaced by the same one.
/// - No entry that is there already ends earlier for it: one that holds longer stays as it is.
/// - A row that cannot be read is told of, and does not stop the others. So is a row of which only some of the numbers
///   can be read; the others are on the list.
public struct SuppressionImporter: Sendable {
  /// How a list is imported.
  public struct Options: Sendable {
    /// How the file is read as CSV.
    public var csv = CSVReader.Configuration()
    /// The country whose national numbers are meant, as two letters; nil when all numbers are international.
    public var defaultRegion: String?
    /// How phone numbers are read; by the numbering plans of all countries unless told otherwise.
    public var phones: any PhoneReader = NumberingPlanReader()
    /// Where entries come from that do not say so themselves; the name of the file unless told otherwise.
    public var source: String?
    /// Why entries are there that do not say so themselves.
    public var reason: String?
    /// How long entries hold that do not say so themselves; nil, the default, for ever.
    public var holdsFor: Duration?
    /// The registry of which the file is a whole copy, such as `us.national`. Once all of it is in, the account has
    /// that copy, and campaigns that require one may call; see ``Compliance/requiredLists``. A copy for all accounts
    /// counts for those that there are.
    ///
    /// It has not while a number of the file could not be read, nor if the file has none.
    public var registry: String?
    /// Whether the account has the copy of the registry although rows of it were refused; false unless told otherwise.
    public var allowsRefusalsInCopy = false
    /// When the copy of the registry was made; the beginning of the import unless told otherwise.
    public var copiedAt: Timestamp?
    /// How many entries are taken in together; 10,000 unless told otherwise.
    public var batchSize = 10_000
    /// How many refused rows the result has; 1,000 unless told otherwise. A sink gets all of them.
    public var keptRefusals = 1000

    /// Creates options with the defaults.
    public init() {}
  }

  private let store: any CampaignStorage
  private let options: Options

  /// Creates an importer.
  public init(_ store: any CampaignStorage, options: Options = Options()) {
    self.store = store
    self.options = options
  }

  /// Imports a file.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - account: Whose list it is; nil for all accounts.
  ///   - progress: What is told how far it has come.
  ///   - refusals: What is given every row with a number that makes no entry.
  /// - Returns: What became of the rows.
  /// - Throws: An ``ImportError``. What is in the store by then stays there.
  public func run(
    _ source: ImportSource, for account: Account.ID?, reporting progress: ImportProgress? = nil,
    refusals: (any RefusedRowSink)? = nil
  ) async throws(ImportError) -> SuppressionImportResult {
    defer { progress?.end() }
    try source.checkKind()
    let began = try await stored { () throws(StoreError) in try await store.now() }
    var records = try ImportRecords(source, options.csv)
    guard try records.next() else { throw ImportError(.emptyFile, "the file has no row; it needs one for each number") }
    let reader = try SuppressionRowReader(records.reader, account: account, options, file: source.name, at: began)
    var result = SuppressionImportResult()
    var kept = FirstRefusals(most: options.keptRefusals)
    var refused = 0
    var piece = Piece()
    progress?.tell(bytes: 0, of: records.totalBytes, rows: 0)
    var hasRow = reader.columns.hasHeader ? try records.next() : true
    while hasRow {
      result.total += 1
      piece.add(result.total, records.reader, reader)
      hasRow = try records.next()
      guard piece.count >= max(1, options.batchSize) || piece.bytes >= Piece.mostBytes || !hasRow else { continue }
      guard !Task.isCancelled else { throw ImportError(.cancelled, "the import was cancelled; start it again") }
      result.liveCalls += try await stored { [entries = piece.entries] () throws(StoreError) in
        try await store.suppress(entries, where: .stayIfTheyHoldLonger)
      }
      result.added += piece.accepted
      refused += piece.refused.count
      kept.add(piece.refused)
      try await refusals?.keep(piece.refused, header: reader.columns.header)
      piece.removeAll()
      progress?.tell(bytes: records.bytesRead, of: records.totalBytes, rows: result.total)
    }
    result.refused = kept.rows
    if let registry = options.registry, result.added > 0, refused == 0 || options.allowsRefusalsInCopy {
      let copied = options.copiedAt ?? began
      try await stored { () throws(StoreError) in try await store.noteCopy(of: registry, made: copied, for: account) }
      result.isCopyNoted = true
    }
    return result
  }

  /// Rows that are taken in together.
  private struct Piece {
    var entries: [Suppression] = []
    var accepted = 0
    var refused: [RefusedRow] = []
    /// What the texts take, more or less.
    var bytes = 0
    static let mostBytes = 2 << 20

    var count: Int { entries.count + refused.count }

    mutating func add(_ row: Int, _ record: borrowing CSVReader, _ reader: SuppressionRowReader) {
      let before = entries.count
      do throws(SuppressionRowReader.Refusal) {
        if let unread = try reader.read(record, into: &entries) { refuse(unread.row(row, of: record)) }
        accepted += 1
        // The entries of a row have their texts in common.
        if entries.count > before, let entry = entries.last {
          bytes += entry.source.utf8.count + (entry.reason?.utf8.count ?? 0)
        }
      } catch {
        refuse(error.row(row, of: record))
      }
    }

    private mutating func refuse(_ row: RefusedRow) {
      refused.append(row)
      bytes += row.size
    }

    mutating func removeAll() {
      entries.removeAll(keepingCapacity: true)
      refused.removeAll(keepingCapacity: true)
      (accepted, bytes) = (0, 0)
    }
  }

  private func stored<Value>(_ work: () async throws(StoreError) -> Value) async throws(ImportError) -> Value {
    do { return try await work() } catch { throw .store(error) }
  }
}

/// What an import of a do-not-call list did.
public struct SuppressionImportResult: Sendable {
  /// Rows that were read.
  public var total = 0
  /// Rows of which a number is on the list now.
  public var added = 0
  /// Rows of which no number is.
  public var invalid: Int { total - added }
  /// The first rows with a number that could not be read, as many as ``SuppressionImporter/Options/keptRefusals`` says;
  /// the fields of some megabytes of them. Such a row may be one of those ``added``, if it has other numbers.
  public var refused: [RefusedRow] = []
  /// Whether the account has a copy of the registry now.
  public var isCopyNoted = false
  /// The calls that were live on one of the numbers, so that they can be hung up.
  public var liveCalls: [Call.ID] = []
}

extension AccountStore {
  /// Notes that a whole copy of a do-not-call registry was taken over, unless there is a newer one.
  ///
  /// - Parameters:
  ///   - registry: The registry, by the name that campaigns require it under.
  ///   - moment: When the copy was made.
  ///   - account: Whose copy it is; nil for all accounts that there are.
  /// - Throws: ``StoreError/Code/notFound``.
  public func noteCopy(
    of registry: String, made moment: Timestamp, for account: Account.ID?
  ) async throws(StoreError) {
    if let account { return try await noteCopy(of: registry, made: moment, in: account) }
    try await Page.forEach { (page) throws(StoreError) in
      try await accounts(page)
    } do: { (accounts) throws(StoreError) in
      for account in accounts { try await noteCopy(of: registry, made: moment, in: account.id) }
    }
  }

  private func noteCopy(
    of registry: String, made moment: Timestamp, in id: Account.ID
  ) async throws(StoreError) {
    while true {
      guard var account = try await account(id) else { throw StoreError(.notFound, "there is no account \(id)") }
      guard (account.copiedLists[registry] ?? .distantPast) < moment else { return }
      account.copiedLists[registry] = moment
      do throws(StoreError) {
        _ = try await update(account)
        return
      } catch  where error.code == .conflict {
        // Somebody else has changed the account meanwhile.
        continue
      }
    }
  }
}
