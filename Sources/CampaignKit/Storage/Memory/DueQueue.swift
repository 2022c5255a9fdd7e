/// A lead's place in a queue.
struct DueEntry: BitwiseCopyable, Sendable {
  /// The lead's priority; that of a callback lies before all others.
  var priority: Int32
  var ordinal: UInt32
  /// When it is due, in milliseconds; 0 for at once.
  var due: Int64

  /// Whether this one is called first.
  @inline(__always)
  func isCalled(before other: DueEntry) -> Bool {
    if priority != other.priority { return priority < other.priority }
    if due != other.due { return due < other.due }
    return ordinal < other.ordinal
  }

  /// Whether this one is due first.
  @inline(__always)
  func isDue(before other: DueEntry) -> Bool {
    if due != other.due { return due < other.due }
    return ordinal < other.ordinal
  }
}

/// The waiting leads of one campaign in one locality.
///
/// Those that are due stand in the order in which they are called, the others in the order in which they fall
/// due. Nothing is ever taken out of the middle: an entry whose lead has moved on since is known by that, and
/// passed over when its turn comes.
struct DueQueue: Sendable {
  /// Due now; most arrive in order, and those cost nothing to keep in order.
  private var run = SortedRun()
  private var ready = BinaryHeap<DueEntry>()
  private var later = BinaryHeap<DueEntry>()

  mutating func add(_ entry: DueEntry, now: Int64) {
    if entry.due > now {
      later.push(entry, before: { $0.isDue(before: $1) })
    } else if !run.append(entry) {
      ready.push(entry, before: { $0.isCalled(before: $1) })
    }
  }

  /// Moves what has fallen due; at most so many, so that a claim stays short.
  mutating func promote(now: Int64, atMost limit: Int = 4096, isValid: (DueEntry) -> Bool) {
    var moved = 0
    while let first = later.first, first.due <= now, moved < limit {
      later.pop(before: { $0.isDue(before: $1) })
      if isValid(first) { ready.push(first, before: { $0.isCalled(before: $1) }) }
      moved += 1
    }
  }

  /// The entry that is called next, stale ones before it thrown away.
  ///
  /// Entries that had fallen due before a clock went back wait once more.
  mutating func first(now: Int64 = .max, isValid: (DueEntry) -> Bool) -> DueEntry? {
    while let entry = head() {
      let isValid = isValid(entry)
      if isValid, entry.due <= now { return entry }
      removeHead(entry)
      if isValid { later.push(entry, before: { $0.isDue(before: $1) }) }
    }
    return nil
  }

  /// Takes out the entry that ``first(isValid:)`` gave.
  mutating func removeFirst() {
    if let entry = head() { removeHead(entry) }
  }

  /// When the next entry of those that are not due yet falls due.
  mutating func nextDue(isValid: (DueEntry) -> Bool) -> Int64? {
    while let first = later.first {
      if isValid(first) { return first.due }
      later.pop(before: { $0.isDue(before: $1) })
    }
    return nil
  }

  /// When the earliest of all entries is or was due. Of those that are due it looks at the one that is called next.
  mutating func earliest(now: Int64 = .max, isValid: (DueEntry) -> Bool) -> Int64? {
    let ready = first(now: now, isValid: isValid)?.due
    let later = nextDue(isValid: isValid)
    return ready.map { ready in later.map { min(ready, $0) } ?? ready } ?? later
  }

  private func head() -> DueEntry? {
    guard let inRun = run.first else { return ready.first }
    guard let inHeap = ready.first, inHeap.isCalled(before: inRun) else { return inRun }
    return inHeap
  }

  private mutating func removeHead(_ entry: DueEntry) {
    if let inRun = run.first, inRun.ordinal == entry.ordinal, inRun.due == entry.due, inRun.priority == entry.priority {
      run.removeFirst()
    } else {
      ready.pop(before: { $0.isCalled(before: $1) })
    }
  }
}

/// Entries that came in the order in which they are called.
private struct SortedRun: Sendable {
  private var entries: [DueEntry] = []
  private var start = 0

  var first: DueEntry? { start < entries.count ? entries[start] : nil }

  /// Appends an entry that belongs at the end; false for any other.
  @inline(__always)
  mutating func append(_ entry: DueEntry) -> Bool {
    if let last = entries.last, start < entries.count, !last.isCalled(before: entry) { return false }
    entries.append(entry)
    return true
  }

  mutating func removeFirst() {
    start += 1
    if start == entries.count {
      entries.removeAll(keepingCapacity: entries.count < 4096)
      start = 0
    } else if start >= 65_536, start * 2 >= entries.count {
      entries.removeFirst(start)
      start = 0
    }
  }
}
