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
    fileprivate static func comesFirst(_ left: Entry, _ right: Entry) -> Bool {
      left.due != right.due ? left.due < right.due : left.order < right.order
    }
  }

  private var heap = BinaryHeap<Entry>()
  private var nextOrder: UInt64 = 0

  package init() {}

  package var count: Int { heap.entries.count }

  /// What is due first.
  package var first: Entry? { heap.first }

  /// Adds a thing, and returns its place among those that are due at once, which no other thing has.
  @discardableResult
  package mutating func add(_ key: Int, due: Int64) -> UInt64 {
    defer { nextOrder += 1 }
    heap.push(Entry(due: due, order: nextOrder, key: key), before: Entry.comesFirst)
    return nextOrder
  }

  /// Takes out what is due first.
  @discardableResult
  package mutating func removeFirst() -> Entry? {
    defer { heap.pop(before: Entry.comesFirst) }
    return heap.first
  }

  /// Keeps only what is still wanted.
  package mutating func keep(where isWanted: (Entry) -> Bool) {
    heap.removeAll(where: { !isWanted($0) }, before: Entry.comesFirst)
  }
}
