/// Counts events by key in a window that slides: exactly, and in bounded memory.
///
/// Any stretch of time as long as the window has at most the limit of events of one key. A key costs eight bytes for
/// each event that still counts. When there are too many keys, the one that was quiet longest is forgotten.
package struct SlidingWindow {
  /// What came of asking.
  package struct Verdict: Equatable {
    package var isAllowed: Bool
    /// How many more are allowed now.
    package var remaining: Int
    /// Time until there is room for one more, or for one more than now.
    package var reset: Int64
  }

  private struct Entry {
    /// Times of the events that count, oldest first from `first` on.
    var times: [Int64] = []
    var first = 0
    var newer: String?
    var older: String?
  }

  let limit: Int
  let window: Int64
  let maximumKeys: Int
  private var entries: [String: Entry] = [:]
  /// Ends of the list of keys by when they were asked for last.
  private var newest: String?
  private var oldest: String?

  package init(limit: Int, window: Int64, maximumKeys: Int) {
    self.limit = max(0, limit)
    self.window = max(1, window)
    self.maximumKeys = max(1, maximumKeys)
  }

  var keyCount: Int { entries.count }

  /// Counts an event if there is room for it.
  ///
  /// - Parameters:
  ///   - key: Whose event it is.
  ///   - now: The time, in the unit of the window; it does not go back.
  /// - Returns: The result.
  package mutating func ask(_ key: String, at now: Int64) -> Verdict {
    var entry = take(key) ?? Entry()
    let begin = now &- window
    while entry.first < entry.times.count, entry.times[entry.first] <= begin { entry.first += 1 }
    if entry.first > 32, entry.first * 2 > entry.times.count {
      entry.times.removeSubrange(0..<entry.first)
      entry.first = 0
    }
    let used = entry.times.count - entry.first
    let isAllowed = used < limit
    if isAllowed { entry.times.append(now) }
    let oldestTime = entry.first < entry.times.count ? entry.times[entry.first] : now
    put(key, entry)
    forgetSurplus(at: now)
    let remaining = limit - used - (isAllowed ? 1 : 0)
    return Verdict(isAllowed: isAllowed, remaining: remaining, reset: max(0, oldestTime &+ window &- now))
  }

  /// Forgets the latest event of a key, as if it had not been counted.
  package mutating func takeBack(_ key: String) {
    guard var entry = take(key) else { return }
    if entry.first < entry.times.count { entry.times.removeLast() }
    if entry.first < entry.times.count { put(key, entry) }
  }

  /// Takes a key out of the list.
  private mutating func take(_ key: String) -> Entry? {
    guard let entry = entries.removeValue(forKey: key) else { return nil }
    if let newer = entry.newer { entries[newer]?.older = entry.older } else { newest = entry.older }
    if let older = entry.older { entries[older]?.newer = entry.newer } else { oldest = entry.newer }
    return entry
  }

  /// Puts a key at the newest end.
  private mutating func put(_ key: String, _ entry: Entry) {
    var entry = entry
    entry.newer = nil
    entry.older = newest
    if let newest { entries[newest]?.newer = key } else { oldest = key }
    newest = key
    entries[key] = entry
  }

  /// Forgets keys without events that count, two at a time, so that no request pays for many; and those beyond the
  /// bound.
  private mutating func forgetSurplus(at now: Int64) {
    for _ in 0..<2 {
      guard let key = oldest, key != newest, let entry = entries[key] else { return }
      let isOver = (entry.times.last ?? .min) <= now &- window
      guard isOver || entries.count > maximumKeys else { return }
      _ = take(key)
    }
  }
}
