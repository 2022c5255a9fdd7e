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

    /// Refuses texts that cannot be kept in a column of their own, since PostgreSQL takes no U+0000 there. In JSON it is
    /// written in another way.
    static func checkTexts(_ texts: KeyValuePairs<String, String?>, of what: String) throws(StoreError) {
      for (name, text) in texts where text?.utf8.contains(0) ?? false {
        throw StoreError(.invalid, "\(name) of \(what) has the character U+0000, which PostgreSQL does not keep")
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
