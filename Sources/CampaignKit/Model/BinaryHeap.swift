/// A heap whose order the caller gives, the same one each time.
struct BinaryHeap<Element: Sendable>: Sendable {
  private(set) var entries: [Element] = []

  init() {}

  /// The entries that are left when some are thrown away.
  mutating func removeAll(where isGone: (Element) -> Bool, before: (Element, Element) -> Bool) {
    let kept = entries.filter { !isGone($0) }
    entries.removeAll(keepingCapacity: true)
    for entry in kept { push(entry, before: before) }
  }

  var first: Element? { entries.first }

  @inline(__always)
  mutating func push(_ entry: Element, before: (Element, Element) -> Bool) {
    entries.append(entry)
    entries.withUnsafeMutableBufferPointer { entries in
      var child = entries.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard before(entry, entries[parent]) else { break }
        entries[child] = entries[parent]
        child = parent
      }
      entries[child] = entry
    }
  }

  @inline(__always)
  mutating func pop(before: (Element, Element) -> Bool) {
    guard let last = entries.popLast(), !entries.isEmpty else { return }
    entries.withUnsafeMutableBufferPointer { entries in
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < entries.count else { break }
        if child + 1 < entries.count, before(entries[child + 1], entries[child]) { child += 1 }
        guard before(entries[child], last) else { break }
        entries[parent] = entries[child]
        parent = child
      }
      entries[parent] = last
    }
  }
}
