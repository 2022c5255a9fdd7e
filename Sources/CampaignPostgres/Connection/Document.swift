#if PostgreSQL
  internal import CampaignKit
  internal import JSON

  /// Values of the model as JSON text: what is only ever read whole is kept so.
  ///
  /// The column is text and not `jsonb`, since what users keep comes back as it was: numbers with their digits, members
  /// in their order, and characters that `jsonb` does not take.
  enum Document {
    /// Bounds wide enough for anything that a store takes in.
    private static let limits = JSONLimits(
      maximumBytes: 1 << 30, maximumDepth: JSONLimits.depthCeiling, maximumValues: .max, maximumStringBytes: 1 << 30)

    static func decode<Value: Decodable>(
      _ type: Value.Type, _ bytes: UnsafeRawBufferPointer
    ) throws(StoreError) -> Value {
      do {
        return try JSONValue(parsing: bytes, limits: limits).decode(type)
      } catch {
        throw StoreError(.damaged, "a stored \(type) cannot be read", cause: error)
      }
    }

    /// Refuses a record that is larger than other stores take.
    static func checkSize(_ text: String, of what: String) throws(StoreError) {
      guard text.utf8.count <= 1 << 20 else {
        throw StoreError(
          .invalid, "\(what) take \(text.utf8.count) bytes; at most \(1 << 20) are kept. Keep what is larger elsewhere")
      }
    }

    static func text(_ value: some Encodable) throws(StoreError) -> String {
      do {
        return String(decoding: try JSONValue(encoding: value).bytes, as: UTF8.self)
      } catch {
        throw StoreError(.invalid, "the value cannot be written as JSON", cause: error)
      }
    }
  }
#endif
