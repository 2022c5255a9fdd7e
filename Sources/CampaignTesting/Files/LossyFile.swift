import CampaignKit

/// A file of a ``LossyFileSystem``, opened.
final class LossyFile: OpenFile {
  private let system: LossyFileSystem
  private let node: Int
  private let path: String

  init(_ system: LossyFileSystem, node: Int, path: String) {
    self.system = system
    self.node = node
    self.path = path
  }

  deinit {
    try? close()
  }

  func size() throws(LogError) -> UInt64 {
    try system.look(path) { state throws(LogError) in UInt64(state.files[node]?.cached.count ?? 0) }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(LogError) -> Int {
    let bytes = try system.look(path) { state throws(LogError) in state.files[node]?.cached ?? [] }
    let start = min(Int(clamping: offset), bytes.count)
    let count = min(buffer.count, bytes.count - start)
    bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
    return count
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(LogError) {
    try perform(.write(Int(offset), Array(bytes)))
  }

  func preallocate(_ size: UInt64) throws(LogError) {
    try perform(.grow(Int(size)))
  }

  func truncate(to size: UInt64) throws(LogError) {
    try perform(.truncate(Int(size)))
  }

  private func perform(_ change: LossyFileSystem.FileChange) throws(LogError) {
    try system.change(path) { state throws(LogError) in state.files[node]?.perform(change) }
  }

  func synchronizeData(_ point: SyncPoint) throws(LogError) {
    try system.change(path) { state throws(LogError) in state.files[node]?.synchronize() }
  }

  /// Does what a synchronization that fails does on Linux: the cache takes its content for written.
  func failToSynchronize() {
    system.state.withLock { $0.files[node]?.failToSynchronize() }
  }

  func isStill(at path: String) throws(LogError) -> Bool {
    try system.look(path) { state throws(LogError) in
      guard let (directory, name) = try? state.place(path) else { return false }
      return state.directories[directory]?.cached[name] == node
    }
  }

  func lock() throws(LogError) {
    let owner = ObjectIdentifier(self)
    try system.look(path) { state throws(LogError) in
      guard state.locks[node, default: owner] == owner else {
        throw LogError(.locked, "The file is locked by another opener.", file: path)
      }
      state.locks[node] = owner
    }
  }

  func close() throws(LogError) {
    let owner = ObjectIdentifier(self)
    system.state.withLock { state in
      if state.locks[node] == owner { state.locks[node] = nil }
    }
  }
}
