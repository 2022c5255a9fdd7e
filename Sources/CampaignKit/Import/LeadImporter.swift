import Digests

/// Takes a list of leads from a CSV file into a campaign.
///
/// ```swift
/// let importer = LeadImporter(store)
/// let result = try await importer.run(.file("leads.csv"), into: campaign.id)
/// print("\(result.tally.inserted) of \(result.tally.total) rows are leads now")
/// for row in result.refused { print("row \(row.row): \(row.reason)") }
/// ```
///
/// ## What it promises
///
/// - Memory does not grow with the file, except in a dry run, which remembers the numbers it has seen.
/// - Rows go in a few thousand at a time, so that calls and other imports go on meanwhile.
/// - An import that was cut off, by a crash or by cancelling its task, goes on where it stopped when it is started
///   again with the same file and options. No row is taken twice.
/// - The same file, read in the same way, changes nothing the second time, and the result says so; unless all of its
///   leads were removed meanwhile.
/// - An import can be taken back with ``undo(_:)`` while none of its leads was called.
/// - A file that is no CSV to its end, as one with a quote that is never closed, is refused before a row is taken.
/// - A row that makes no lead is told of, and does not stop the others.
public struct LeadImporter: Sendable {
  /// What the columns of a file mean.
  public enum Columns: Hashable, Sendable {
    /// The first row has the names of the columns. Those that are named here mean what is said here, such as
    /// `["Phone Number": "phone"]`; the rest is found out as ``FieldMapping/init(header:fields:)`` has it.
    case header([String: String])
    /// The file has no header, and these are its columns.
    case fields([LeadField])
  }

  /// How a file is imported.
  public struct Options: Sendable {
    /// What its columns mean; found by their names unless told.
    public var columns = Columns.header([:])
    /// How the file is read as CSV.
    public var csv = CSVReader.Configuration()
    /// The country whose national numbers are meant where neither the number nor the row says one, as two letters.
    public var defaultRegion: String?
    /// How phone numbers are read; by the numbering plans of all countries unless told otherwise.
    public var phones: any PhoneReader = NumberingPlanReader()
    /// Numbers that were added to another campaign of the account so long ago or less count as duplicates; nil, the
    /// default, for none.
    public var recent: Duration?
    /// The number that stands for the usual place in the order of calls; 0 unless told otherwise. Where it is 1, a
    /// priority of 1 is usual, and 2 comes later.
    public var usualPriority: Int32 = 0
    /// Whether a file that was imported before in the same way is known again and changes nothing; true unless told
    /// otherwise. Else its rows are read again, and those whose number is there already are duplicates; and an import
    /// that was cut off is not gone on with.
    public var knowsRepeats = true
    /// Whether to say only what would happen; false unless told otherwise.
    public var isDryRun = false
    /// How many rows are taken in together; 4,096 unless told otherwise. More is quicker, and holds up others longer.
    public var batchSize = 4096
    /// How many refused rows the result has; 1,000 unless told otherwise. A sink gets all of them.
    public var keptRefusals = 1000

    /// Creates options with the defaults.
    public init() {}

    /// A text that is the same for options that make the same of a file.
    var fingerprint: String {
      var text = "\(csv.delimiter?.byte ?? 0) \(csv.encoding?.rawValue ?? "") \(csv.mode) \(defaultRegion ?? "")"
      if usualPriority != 0 { text += " \(usualPriority)" }
      switch columns {
      case .header(let fields):
        for (name, field) in fields.sorted(by: { $0.key < $1.key }) { text += "\u{0}\(name)\u{0}\(field)" }
      case .fields(let fields): text += fields.map { "\u{1}\($0)" }.joined()
      }
      var checksum = Checksum64()
      checksum.update(Array(text.utf8))
      return String(checksum.finish(), radix: 16)
    }
  }

  private let store: any CampaignStorage
  private let options: Options
  private let identifiers: IdentifierGenerator

  /// Creates an importer.
  ///
  /// - Parameters:
  ///   - store: Where the campaign is.
  ///   - options: How files are imported.
  ///   - identifiers: The source of names for imports.
  public init(
    _ store: any CampaignStorage, options: Options = Options(),
    identifiers: IdentifierGenerator = IdentifierGenerator()
  ) {
    self.store = store
    self.options = options
    self.identifiers = identifiers
  }

  /// Imports a file.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - campaign: Where its leads go.
  ///   - progress: What is told how far it has come.
  ///   - refusals: What is given every row that makes no lead, also those of a run that was cut off.
  /// - Returns: What became of the rows.
  /// - Throws: An ``ImportError``. What is in the store by then stays there, and a further run goes on behind it.
  public func run(
    _ source: ImportSource, into campaign: Campaign.ID, reporting progress: ImportProgress? = nil,
    refusals: (any RefusedRowSink)? = nil
  ) async throws(ImportError) -> ImportResult {
    defer { progress?.end() }
    let campaign = try await known(campaign)
    try source.checkKind()
    let (digest, sum) = try source.digest(checking: options.csv)
    if options.isDryRun {
      let since = try await since(store.nowForImport())
      let target = DryTarget(store, campaign, duplicatesSince: since)
      var run = ImportRun(try ImportParser(source, options), options.keptRefusals, progress, refusals)
      try await run.takeAll(into: target)
      return run.result(.dryRun, batch: nil, tally: run.tally, resumedAfter: 0)
    }
    // The header is read before anything is written: a file that is none leaves no trace.
    let parser = try ImportParser(source, options)
    let batch = try await begin("\(digest)-\(options.fingerprint)", source.name, campaign)
    guard batch.status == .running else {
      return ImportResult(
        outcome: .repeated, batch: batch, tally: batch.tally, refused: [], mapping: nil, resumedAfter: 0)
    }
    var run = ImportRun(parser, options.keptRefusals, progress, refusals)
    let resumedAfter = Int(clamping: batch.progress)
    try await run.recall(rows: resumedAfter, from: RecallTarget(store, batch))
    let since = since(batch.createdAt)
    try await run.takeAll(into: StoreTarget(store: store, batch: batch, duplicatesSince: since))
    guard run.sum == sum else {
      throw ImportError(.sourceChanged, "the file was changed while it was read; import the file as it is now")
    }
    do throws(StoreError) {
      let done = try await store.complete(batch.id)
      return run.result(.completed, batch: done, tally: done.tally, resumedAfter: resumedAfter)
    } catch {
      throw .store(error)
    }
  }

  /// Takes an import back, as long as none of its leads was called: its leads are removed, all or none.
  ///
  /// Contacts stay, and so do numbers that went on the do-not-call list. The same file can be imported again afterwards.
  /// An import that was cut off is taken back as one that is complete.
  ///
  /// - Returns: The import as it is stored now.
  /// - Throws: ``ImportError/Code/notUndoable``, or ``ImportError/Code/storeFailed`` when there is no such import.
  @discardableResult
  public func undo(_ batch: ImportBatch.ID) async throws(ImportError) -> ImportBatch {
    do throws(StoreError) {
      return try await store.undo(batch)
    } catch  where error.code == .notPermitted {
      throw ImportError(
        .notUndoable, "\(error.message); cancel its campaign, or end its leads one by one", cause: error)
    } catch {
      throw .store(error)
    }
  }

  private func known(_ id: Campaign.ID) async throws(ImportError) -> Campaign {
    do throws(StoreError) {
      guard let campaign = try await store.campaign(id) else {
        throw StoreError(.notFound, "there is no campaign \(id)")
      }
      return campaign
    } catch {
      throw .store(error)
    }
  }

  private func since(_ moment: Timestamp) -> Timestamp? { options.recent.map { moment - $0 } }

  /// Whether an import has made leads and none of them is left: then its file is as good as new.
  private func isEmptied(_ batch: ImportBatch) async throws(StoreError) -> Bool {
    guard batch.tally.inserted > 0 else { return false }
    var request = PageRequest(limit: 1000)
    while true {
      let page = try await store.leads(LeadQuery(.campaign(batch.campaign)), page: request)
      if page.elements.contains(where: { $0.importBatch == batch.id }) { return false }
      guard let next = page.next else { return true }
      request.start = .cursor(next)
    }
  }

  /// Finds the import of this content, or begins it.
  private func begin(
    _ digest: String, _ name: String, _ campaign: Campaign
  ) async throws(ImportError) -> ImportBatch {
    do throws(StoreError) {
      if options.knowsRepeats, let known = try await store.importBatch(digest: digest, into: campaign.id) {
        guard try await isEmptied(known) else { return known }
        _ = try await store.undo(known.id)
      }
      let now = try await store.now()
      var batch = ImportBatch(
        id: identifiers.next(at: now), account: campaign.account, campaign: campaign.id, name: name, digest: digest,
        createdAt: now)
      // A digest is unique in a campaign.
      if !options.knowsRepeats { batch.digest += "-\(batch.id)" }
      do throws(StoreError) {
        try await store.insert(batch)
      } catch  where error.code == .duplicate {
        // Somebody else has begun it meanwhile.
        if let known = try await store.importBatch(digest: digest, into: campaign.id) { return known }
        throw error
      }
      return batch
    } catch {
      throw .store(error)
    }
  }
}

extension CampaignStorage {
  fileprivate func nowForImport() async throws(ImportError) -> Timestamp {
    do throws(StoreError) { return try await now() } catch { throw .store(error) }
  }
}
