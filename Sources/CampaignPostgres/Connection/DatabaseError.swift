#if PostgreSQL
  internal import CampaignKit

  /// What went wrong in the database, or on the way to it.
  struct DatabaseError: Error, CustomStringConvertible {
    /// The five characters that PostgreSQL gives; nil when the connection failed.
    var state: String?
    var message: String

    var description: String { state.map { "\($0): \(message)" } ?? message }

    /// Whether the connection cannot be used any more: it is lost, or leads to a server that takes no writes, while
    /// another may have become the primary.
    var isConnectionLost: Bool {
      guard let state else { return true }
      return state.hasPrefix("08") || state.hasPrefix("57P") || [Self.readOnly, Self.idleTooLong].contains(state)
    }

    /// What a standby says to a write.
    private static let readOnly = "25006"
    /// What the server says as it ends a connection whose transaction was left open.
    private static let idleTooLong = "25P03"

    /// Whether it comes from a server that takes no writes at all.
    var isFromStandby: Bool { state == Self.readOnly }

    /// Whether the database takes no writes from anybody for want of what it needs: its disk is full or fails. Where only
    /// the memory is short or a quota is used up, that may be the fault of the one statement.
    var isForWant: Bool { state.map { $0 == "53100" || $0.hasPrefix("58") } ?? false }

    /// Whether the whole transaction was undone for the sake of another, and may be tried again as it is.
    var isConflict: Bool { state == "40001" || state == "40P01" }

    /// The error that callers of a store know.
    var storeError: StoreError {
      guard let state else {
        return StoreError(.unavailable, "the database cannot be reached", cause: self)
      }
      switch state.prefix(2) {
      case "08", "53", "55", "57", "58", "40":
        return StoreError(.unavailable, "the database takes no writes now", cause: self)
      case "22": return StoreError(.invalid, "the database does not take a value", cause: self)
      // It would not be taken later either, so whoever asks must not try it again and again.
      case "54": return StoreError(.invalid, "a value is too long for the database", cause: self)
      case "23":
        return state == "23505"
          ? StoreError(.duplicate, "a value that must be unique is there already", cause: self)
          : StoreError(.invalid, "a value is not acceptable to the database", cause: self)
      default: return StoreError(.unavailable, "the database refuses a statement", cause: self)
      }
    }
  }
#endif
