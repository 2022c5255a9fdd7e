public import JSON

/// Keeps the record of calls. Only ``DialingStore`` makes and ends them.
public protocol CallStore: Sendable {
  /// The call of that name, in whatever account.
  func call(_ id: Call.ID) async throws(StoreError) -> Call?

  /// The call to which a carrier gave that name.
  func call(carrier: String, reference: String) async throws(StoreError) -> Call?

  /// The calls that match.
  func calls(_ query: CallQuery, page: PageRequest) async throws(StoreError) -> Page<Call>

  /// Sets the notes and the metadata of a call; what is nil stays as it is.
  ///
  /// - Throws: ``StoreError/Code/notFound``.
  func annotate(
    _ call: Call.ID, notes: String?, metadata: JSONObject?
  ) async throws(StoreError) -> Call
}
