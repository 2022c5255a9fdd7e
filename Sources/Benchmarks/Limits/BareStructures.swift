import Digests
import Foundation
import Synchronization

/// A binary heap of entries as large as those of a queue of leads, behind a lock.
final class BareHeap: Sendable {
  struct Entry {
    var priority: Int32
    var ordinal: UInt32
    var due: Int64
  }

  private let contents: Mutex<(entries: [Entry], random: SplitMix64)>

  init(count: Int) {
    var random = SplitMix64(seed: 7)
    var entries: [Entry] = []
    for ordinal in 0..<count {
      entries.append(Entry(priority: Int32(random.next() % 1000), ordinal: UInt32(ordinal), due: 0))
    }
    // What is sorted is a heap.
    entries.sort { ($0.priority, $0.ordinal) < ($1.priority, $1.ordinal) }
    contents = Mutex((entries, random))
  }

  /// Takes the first entry out and puts another one in, at a place of its own.
  @inline(never)
  func turn(_ ordinal: UInt32) {
    contents.withLock { contents in
      var entry = Self.pop(&contents.entries)
      entry.ordinal = ordinal
      entry.priority = Int32(contents.random.next() % 1000)
      Self.push(entry, &contents.entries)
    }
  }

  private static func comes(_ left: Entry, before right: Entry) -> Bool {
    left.priority != right.priority ? left.priority < right.priority : left.ordinal < right.ordinal
  }

  private static func pop(_ entries: inout [Entry]) -> Entry {
    let first = entries[0]
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first }
    entries.withUnsafeMutableBufferPointer { entries in
      var parent = 0
      while true {
        var child = 2 * parent + 1
        guard child < entries.count else { break }
        if child + 1 < entries.count, comes(entries[child + 1], before: entries[child]) { child += 1 }
        guard comes(entries[child], before: last) else { break }
        entries[parent] = entries[child]
        parent = child
      }
      entries[parent] = last
    }
    return first
  }

  private static func push(_ entry: Entry, _ entries: inout [Entry]) {
    entries.append(entry)
    entries.withUnsafeMutableBufferPointer { entries in
      var child = entries.count - 1
      while child > 0 {
        let parent = (child - 1) / 2
        guard comes(entry, before: entries[parent]) else { break }
        entries[child] = entries[parent]
        child = parent
      }
      entries[child] = entry
    }
  }

  /// How many turns it makes in a second.
  static func rate(entries: Int, turns: Int) async -> Double {
    let heap = BareHeap(count: entries)
    let time = await seconds {
      for turn in 0..<turns { heap.turn(UInt32(truncatingIfNeeded: entries + turn)) }
    }
    return Double(turns) / time
  }
}

/// What opening a store cannot do without: a store in memory has to read its files into memory that it keeps.
enum BareOpening {
  /// Reads all files of a folder into memory of their own, sums their blocks up, and fills an index of so many keys.
  static func run(_ folder: String, keys: Int) throws {
    var sum: UInt64 = 0
    var held: [UnsafeMutableRawBufferPointer] = []
    defer { for file in held { file.deallocate() } }
    let block = 1 << 20
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let descriptor = open(folder + "/" + name, O_RDONLY)
      guard descriptor >= 0 else { throw SystemCallFailure("open") }
      defer { close(descriptor) }
      let size = Int(lseek(descriptor, 0, SEEK_END))
      let file = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 4096)
      held.append(file)
      var offset = 0
      while offset < size {
        let count = pread(descriptor, file.baseAddress.map { $0 + offset }, min(block, size - offset), off_t(offset))
        guard count > 0 else { throw SystemCallFailure("read") }
        sum ^= Checksum64.of(UnsafeRawBufferPointer(rebasing: file[offset..<offset + count]), seed: 1)
        offset += count
      }
    }
    keep(sum)
    if keys > 0 { fillIndex(keys) }
  }

  /// A table with open addressing, three quarters full at most.
  @inline(never)
  private static func fillIndex(_ count: Int) {
    var capacity = 16
    while capacity * 3 < count * 4 { capacity *= 2 }
    let table = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: capacity)
    table.initialize(repeating: 0)
    defer { table.deallocate() }
    var random = SplitMix64(seed: 3)
    for _ in 0..<count {
      let key = random.next() | 1
      var place = Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 20) & (capacity - 1)
      while table[place] != 0 { place = (place + 1) & (capacity - 1) }
      table[place] = key
    }
    keep(table[count % capacity])
  }
}

/// A small generator that repeats itself, so that every run measures the same data.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
