/// Keeps the record of imports.
public protocol ImportStore: Sendable {
  /// Adds an import.
  ///
  /// - Throws: ``StoreError/Code/duplicate`` when the identifier is taken, or the campaign has an import of the same
  ///   content that was not undone; ``StoreError/Code/notFound`` when there is no such campaign.
  func insert(_ batch: ImportBatch) async throws(StoreError)

  /// The import of that name.
  func importBatch(_ id: ImportBatch.ID) async throws(StoreError) -> ImportBatch?

  /// The import of that content into a campaign that was not undone.
  func importBatch(digest: String, into campaign: Campaign.ID) async throws(StoreError) -> ImportBatch?

  /// The imports into a campaign in the order in which they began.
  func importBatches(of campaign: Campaign.ID) async throws(StoreError) -> [ImportBatch]

  /// Marks an import as complete.
  ///
  /// - Throws: ``StoreError/Code/notPermitted`` unless it is running, ``StoreError/Code/notFound``.
  func complete(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch

  /// Removes the leads of an import. The contacts stay.
  ///
  /// - Returns: The import as it is stored now.
  /// - Throws: ``StoreError/Code/notPermitted`` when one of its leads was tried, or it was undone before;
  ///   ``StoreError/Code/notFound``.
  func undo(_ batch: ImportBatch.ID) async throws(StoreError) -> ImportBatch
}
