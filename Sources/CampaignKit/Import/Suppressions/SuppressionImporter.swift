/// Takes a do-not-call list from a CSV file.
///
/// ```swift
/// let importer = SuppressionImporter(store)
/// let result = try await importer.run(.file("opt-outs.csv"), for: account.id)
/// print("\(result.added) of \(result.total) rows are on the list now")
/// ```
///
/// The file has a column of numbers, or of prefixes such as `+1900*`, or several for all numbers of a person, each of which
/// that can be read goes on the list. It may have columns `reason`, `source`,
/// `added_at` and `expires_at`. A file of one column needs no header. What ``SuppressionExport`` writes is read back the
/// same.
///
/// ## What it promises
///
/// - Memory does not grow with the file, but for the calls in ``SuppressionImportResult/liveCalls``.
/// - An entry holds from the next claim on, when the rows around it have gone in, and waiting leads are suppressed; see
///   ``SuppressionStore/suppress(_:)``.
/// - An import that was cut off is simply run again: an entry that is there already is replaced by the same one.
/// - A row that cannot be read is told of, and does not stop the others.
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
    public var registry: String?
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
  ///   - refusals: What is given every row that makes no entry.
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
    var entries: [Suppression] = []
    var accepted = 0
    var refused: [RefusedRow] = []
    progress?.tell(bytes: 0, of: records.totalBytes, rows: 0)
    var hasRow = reader.hasHeader ? try records.next() : true
    while hasRow {
      result.total += 1
      do throws(SuppressionRowReader.Refusal) {
        entries += try reader.read(records.reader)
        accepted += 1
      } catch {
        refused.append(error.row(result.total, of: records.reader))
      }
      hasRow = try records.next()
      guard entries.count + refused.count >= max(1, options.batchSize) || !hasRow else { continue }
      guard !Task.isCancelled else { throw ImportError(.cancelled, "the import was cancelled; start it again") }
      result.liveCalls += try await stored { [entries] () throws(StoreError) in try await store.suppress(entries) }
      result.added += accepted
      accepted = 0
      result.refused += refused.prefix(max(0, options.keptRefusals - result.refused.count))
      try await refusals?.keep(refused, header: reader.header)
      entries.removeAll(keepingCapacity: true)
      refused.removeAll(keepingCapacity: true)
      progress?.tell(bytes: records.bytesRead, of: records.totalBytes, rows: result.total)
    }
    if let registry = options.registry {
      let copied = options.copiedAt ?? began
      try await stored { () throws(StoreError) in try await store.noteCopy(of: registry, made: copied, for: account) }
    }
    return result
  }

  private func stored<Value>(_ work: () async throws(StoreError) -> Value) async throws(ImportError) -> Value {
    do { return try await work() } catch { throw .store(error) }
  }
}

/// What an import of a do-not-call list did.
public struct SuppressionImportResult: Sendable {
  /// Rows that were read.
  public var total = 0
  /// Rows that are on the list now.
  public var added = 0
  /// Rows that were refused.
  public var invalid: Int { total - added }
  /// The first refused rows, as many as ``SuppressionImporter/Options/keptRefusals`` says.
  public var refused: [RefusedRow] = []
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
    var request = PageRequest(limit: 1000)
    while true {
      let page = try await accounts(request)
      for account in page.elements { try await noteCopy(of: registry, made: moment, in: account.id) }
      guard let next = page.next else { return }
      request.start = .cursor(next)
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
