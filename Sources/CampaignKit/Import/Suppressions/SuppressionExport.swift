/// A do-not-call list as a CSV file, piece by piece.
///
/// ```swift
/// for try await piece in SuppressionExport(store, of: account.id) { try file.write(contentsOf: piece) }
/// ```
///
/// The columns are `number`, `reason`, `source`, `added_at` and `expires_at`; a prefix has a star behind it. Entries come
/// in the order of their numbers. Those that come or go meanwhile are in it or not, and no others are left out.
/// Entries that have expired are in it as long as the store has them.
public struct SuppressionExport: AsyncSequence, Sendable {
  private let store: any SuppressionStore
  private let account: Account.ID?
  private let guardsFormulas: Bool

  /// Creates an export.
  ///
  /// - Parameters:
  ///   - store: Where the list is.
  ///   - account: Whose list it is; nil for the entries for all accounts.
  ///   - guardsFormulas: Whether what a spreadsheet would take for a formula is disarmed, for a file that people open.
  public init(_ store: any SuppressionStore, of account: Account.ID?, guardsFormulas: Bool = false) {
    self.store = store
    self.account = account
    self.guardsFormulas = guardsFormulas
  }

  /// Begins at the first entry.
  public func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(store: store, account: account, writer: CSVWriter(guardsFormulas: guardsFormulas))
  }

  /// Reads the list and writes it, some thousand entries at a time.
  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let store: any SuppressionStore
    fileprivate let account: Account.ID?
    fileprivate var writer: CSVWriter
    private var request: PageRequest? = PageRequest(limit: 1000)
    private var hasHeader = false

    fileprivate init(store: any SuppressionStore, account: Account.ID?, writer: CSVWriter) {
      self.store = store
      self.account = account
      self.writer = writer
    }

    /// The next piece of the file; nil at its end.
    public mutating func next() async throws(StoreError) -> [UInt8]? {
      guard let request else { return nil }
      if !hasHeader { writer.write(["number", "reason", "source", "added_at", "expires_at"]) }
      hasHeader = true
      let page = try await store.suppressions(of: account, page: request)
      for entry in page.elements {
        writer.write([
          entry.pattern.description, entry.reason ?? "", entry.source, entry.addedAt.description,
          entry.expiresAt?.description ?? "",
        ])
      }
      self.request = page.next.map { PageRequest(limit: 1000, start: .cursor($0)) }
      return writer.take()
    }
  }
}
