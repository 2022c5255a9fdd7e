/// What becomes of a lead when its call has ended.
public enum LeadStep: Hashable, Sendable, Codable {
  /// It was reached.
  case complete
  /// It gets no further attempt.
  case fail
  /// It is tried again at a moment, on one of its contact's numbers.
  case retry(at: Timestamp, numberIndex: Int = 0, isCallback: Bool = false)
  /// It is taken out.
  case cancel
  /// Its number is not to be called.
  case suppress
}
