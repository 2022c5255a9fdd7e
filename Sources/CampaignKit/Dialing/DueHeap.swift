/// Things that fall due, by number; those that fall due at once come in the order in which they were added.
package struct DueHeap: Sendable {
  /// One thing.
  package struct Entry: BitwiseCopyable, Sendable {
    /// When it is due, in whatever unit the heap's user counts.
    package var due: Int64
    /// Its place among those that are due at once.
    package var order: UInt64
    /// Which thing it is.
    package var key: Int

    @inline(__always)
    fileprivate func comes(before other: Entry) -> Bool {
      due != other.due ? due < other.due : order < other.order
    }
  }

  private var entries: [Entry] = []
  private var nextOrder: UInt64 = 0

  package init() {}

  package var count: Int { entries.count }

  /// What is due first.
  package var first: Entry? { entries.first }

  /// Adds a thing, and returns its place among those that are due at once, which no other thing has.
  @discardableResult
  package mutating func add(_ key: Int, due: Int64) -> UInt64 {
    let entry = Entry(due: due, order: nextOrder, key: key)
    nextOrder += 1
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard entry.comes(before: entries[parent]) else { break }
      entries[child] = entries[parent]
      child = parent
    }
    entries[child] = entry
    return entry.order
  }

  /// Takes out what is due first.
  @discardableResult
  package mutating func removeFirst() -> Entry? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    if !entries.isEmpty { sink(last, from: 0) }
    return first
  }

  /// Keeps only what is still wanted.
  package mutating func keep(where isWanted: (Entry) -> Bool) {
    entries.removeAll { !isWanted($0) }
    for index in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(entries[index], from: index) }
  }

  private mutating func sink(_ entry: Entry, from index: Int) {
    var parent = index
    while true {
      var child = 2 * parent + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].comes(before: entries[child]) { child += 1 }
      guard entries[child].comes(before: entry) else { break }
      entries[parent] = entries[child]
      parent = child
    }
    entries[parent] = entry
  }
}
