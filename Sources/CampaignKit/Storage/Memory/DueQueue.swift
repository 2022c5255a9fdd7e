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
  /// Due now; most arrive in order within their priority, and those cost nothing to keep in order.
  private var runs = PriorityRuns()
  private var ready = BinaryHeap<DueEntry>()
  private var later = BinaryHeap<DueEntry>()

  mutating func add(_ entry: DueEntry, now: Int64) {
    if entry.due > now {
      later.push(entry, before: { $0.isDue(before: $1) })
    } else {
      makeReady(entry)
    }
  }

  @inline(__always)
  private mutating func makeReady(_ entry: DueEntry) {
    if !runs.append(entry) { ready.push(entry, before: { $0.isCalled(before: $1) }) }
  }

  /// Moves what has fallen due; at most so many, so that a claim stays short.
  mutating func promote(now: Int64, atMost limit: Int = 4096, isValid: (DueEntry) -> Bool) {
    var moved = 0
    while let first = later.first, first.due <= now, moved < limit {
      later.pop(before: { $0.isDue(before: $1) })
      if isValid(first) { makeReady(first) }
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
    guard let inRun = runs.first else { return ready.first }
    guard let inHeap = ready.first, inHeap.isCalled(before: inRun) else { return inRun }
    return inHeap
  }

  private mutating func removeHead(_ entry: DueEntry) {
    if let inRun = runs.first, inRun.ordinal == entry.ordinal, inRun.due == entry.due, inRun.priority == entry.priority
    {
      runs.removeFirst()
    } else {
      ready.pop(before: { $0.isCalled(before: $1) })
    }
  }
}

/// A sorted run for each priority.
///
/// Leads are added by ordinal and fall due by time, so within a priority nearly all come in the order in which they
/// are called. To take one out is then to read the next of its run, where a heap would look at a dozen places far apart.
private struct PriorityRuns: Sendable {
  /// The priorities of the runs, the one that is called first at the end. No run is empty.
  private var priorities: [Int32] = []
  private var runs: [SortedRun] = []

  /// A campaign with a priority for nearly every lead is better off with a heap.
  private static let most = 1024

  var first: DueEntry? { runs.last?.first }

  /// Appends an entry that belongs at the end of its run; false for any other, and when there are too many runs.
  @inline(__always)
  mutating func append(_ entry: DueEntry) -> Bool {
    let last = priorities.count - 1
    if last >= 0, priorities[last] == entry.priority { return runs[last].append(entry) }
    let place = place(of: entry.priority)
    if place < priorities.count, priorities[place] == entry.priority { return runs[place].append(entry) }
    guard priorities.count < Self.most else { return false }
    priorities.insert(entry.priority, at: place)
    runs.insert(SortedRun(entry), at: place)
    return true
  }

  mutating func removeFirst() {
    let last = runs.count - 1
    guard last >= 0 else { return }
    runs[last].removeFirst()
    if runs[last].first == nil {
      runs.removeLast()
      priorities.removeLast()
    }
  }

  /// The place of the first priority that is not called after this one.
  private func place(of priority: Int32) -> Int {
    var low = 0
    var high = priorities.count
    while low < high {
      let middle = (low + high) / 2
      if priorities[middle] > priority { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Entries that came in the order in which they are called.
private struct SortedRun: Sendable {
  private var entries: [DueEntry]
  private var start = 0

  init(_ entry: DueEntry) { entries = [entry] }

  var first: DueEntry? { start < entries.count ? entries[start] : nil }

  /// Appends an entry that belongs at the end; false for any other.
  @inline(__always)
  mutating func append(_ entry: DueEntry) -> Bool {
    if let last = entries.last, !last.isCalled(before: entry) { return false }
    entries.append(entry)
    return true
  }

  mutating func removeFirst() {
    start += 1
    if start >= 1024, start * 2 >= entries.count {
      entries.removeFirst(start)
      start = 0
    }
  }
}
