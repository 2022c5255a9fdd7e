/// What an import did.
public struct ImportResult: Sendable {
  /// How an import ended.
  public enum Outcome: Hashable, Sendable {
    /// All rows of the file are in the store, as far as they could be.
    case completed
    /// The same file was imported into the campaign before, in the same way. Nothing was changed.
    case repeated
    /// Nothing was changed, since only that was asked what would be.
    case dryRun
  }

  /// How it ended.
  public var outcome: Outcome
  /// The record of the import; nil for a dry run.
  public var batch: ImportBatch?
  /// What became of the rows, those of a run that was cut off among them.
  public var tally: ImportBatch.Tally
  /// The first rows that made no lead, in the order of the file; as many as ``LeadImporter/Options/keptRefusals``
  /// says, and with the fields of some megabytes of them. None when the file was imported before.
  public var refused: [RefusedRow]
  /// What the columns were taken for; nil when the file was imported before.
  public var mapping: FieldMapping?
  /// How many rows were in the store already, from a run that was cut off.
  public var resumedAfter: Int

  /// Rows that became leads.
  public var valid: Int { tally.inserted }
  /// Rows that were read well and made no new contact, since there was one, or the number is not to be called.
  public var contactsSkipped: Int { tally.total - tally.invalid - tally.contactsCreated }
}
