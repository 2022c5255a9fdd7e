/// What becomes of a lead when its call has ended.
public enum LeadStep: Hashable, Sendable, Codable {
  /// It was reached.
  case complete
  /// It gets no further attempt.
  case fail
  /// It is tried again at a moment, on one of its contact's numbers.
  case retry(at: Timestamp, numberIndex: Int = 0, isCallback: Bool = false)
  /// It goes back to what it was before the call, and may be called from a moment on: on the same number, and as a
  /// callback if it was one. It is for calls that were never placed.
  case release(at: Timestamp)
  /// It is taken out.
  case cancel
  /// Its number is not to be called.
  case suppress
}
