/// The leads of a CSV file, row by row, for whoever does something else with them than ``LeadImporter``.
///
/// ```swift
/// let bytes = Array("phone,name\n+14155552671,Ada\nnobody,Bob\n".utf8)
/// var file = try LeadFile(.bytes(bytes, name: "leads.csv"))
/// while let row = try file.next() {
///   switch row {
///   case .lead(let lead): print(lead.number)
///   case .doNotCall(let numbers, _): print("not to be called: \(numbers)")
///   case .refused(let row, _): print("row \(row.row): \(row.reason)")
///   }
/// }
/// ```
///
/// Rows are read as the importer reads them, in memory that does not grow with the file.
public struct LeadFile: ~Copyable {
  /// What a row says.
  public enum Row: Sendable {
    /// A lead.
    case lead(NewLead)
    /// The row is marked: all these numbers of a person go on the do-not-call list. Which others of the row cannot be
    /// read is told behind them; empty if there is none.
    case doNotCall([PhoneNumber], unread: String)
    /// Something in it is missing or wrong. If the row is marked nevertheless, these numbers go on the list.
    case refused(RefusedRow, doNotCall: [PhoneNumber])
  }

  private var parser: ImportParser

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - source: The file.
  ///   - options: How it is read; what they say of a store makes no difference.
  /// - Throws: An ``ImportError`` for a file that is none of leads.
  public init(_ source: ImportSource, _ options: LeadImporter.Options = LeadImporter.Options()) throws(ImportError) {
    try source.checkKind()
    var options = options
    options.batchSize = 1
    parser = try ImportParser(source, options)
  }

  /// What the columns were taken for.
  public var mapping: FieldMapping { parser.mapping }

  /// Reads the next row.
  ///
  /// - Returns: What it says; nil at the end of the file.
  /// - Throws: An ``ImportError`` where the file cannot be read on.
  public mutating func next() throws(ImportError) -> Row? {
    guard let piece = try parser.next() else { return nil }
    let mark = piece.marked.first
    if let refused = piece.refused.first { return .refused(refused, doNotCall: mark?.numbers ?? []) }
    if let mark { return .doNotCall(mark.numbers, unread: mark.unread) }
    do throws(StoreError) {
      return .lead(try piece.leads.lead(at: 0))
    } catch {
      throw .store(error)
    }
  }
}
