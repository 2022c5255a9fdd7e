import CampaignKit

extension LossyFileSystem {
  /// Everything there is, as a value: a crash is a function from one to another.
  struct State: Sendable {
    static let root = 0

    var files: [Int: File] = [:]
    var directories: [Int: Directory] = [root: Directory()]
    var locks: [Int: ObjectIdentifier] = [:]
    var operations = 0
    /// The number of operations after which there is no power.
    var limit = Int.max
    private var lastNode = root

    mutating func makeNode() -> Int {
      lastNode += 1
      return lastNode
    }

    /// The folder that a path's last part is in, and that part.
    func place(_ path: String) throws(LogError) -> (directory: Int, name: String) {
      let parts = path.split(separator: "/").filter { $0 != "." }
      guard let name = parts.last else {
        throw .system(SystemError.exists, "The root folder is always there.", file: path)
      }
      return (try directory(parts.dropLast(), path), String(name))
    }

    func directory(_ path: String) throws(LogError) -> Int {
      try directory(path.split(separator: "/").filter { $0 != "." }[...], path)
    }

    private func directory(_ parts: ArraySlice<Substring>, _ path: String) throws(LogError) -> Int {
      var node = Self.root
      for part in parts {
        guard let next = directories[node]?.cached[String(part)], directories[next] != nil else {
          throw .system(SystemError.noEntry, "There is no such folder.", file: path)
        }
        node = next
      }
      return node
    }

    func file(_ path: String) throws(LogError) -> Int {
      let (directory, name) = try place(path)
      guard let node = directories[directory]?.cached[name], files[node] != nil else {
        throw .system(SystemError.noEntry, "There is no such file.", file: path)
      }
      return node
    }
  }

  enum FileChange: Sendable {
    case write(Int, [UInt8])
    case grow(Int)
    case truncate(Int)
  }

  struct File: Sendable {
    static let sector = 512

    var durable: [UInt8] = []
    var cached: [UInt8] = []
    /// What has changed since `durable`, in order.
    var changes: [(change: FileChange, fate: Fate)] = []

    enum Fate {
      /// Survives or not; the next synchronization makes it durable.
      case open
      /// Survives or not, for ever: a synchronization that should have made it durable has failed.
      case doubtful
      /// Survives. Kept apart from `durable` only because something before it is in doubt.
      case certain
    }

    init(durable: [UInt8] = [], cached: [UInt8] = []) {
      self.durable = durable
      self.cached = cached
    }

    mutating func perform(_ change: FileChange) {
      Self.apply(change, to: &cached)
      changes.append((change, .open))
    }

    mutating func synchronize() {
      for index in changes.indices where changes[index].fate == .open { changes[index].fate = .certain }
      guard changes.allSatisfy({ $0.fate == .certain }) else { return }
      for (change, _) in changes { Self.apply(change, to: &durable) }
      changes = []
    }

    mutating func failToSynchronize() {
      for index in changes.indices where changes[index].fate == .open {
        // Sizes are in the file system's own journal, which goes on or stops for good: they are not forgotten.
        if case .write = changes[index].change { changes[index].fate = .doubtful }
      }
    }

    static func apply(_ change: FileChange, to bytes: inout [UInt8]) {
      switch change {
      case .write(let offset, let content):
        grow(&bytes, to: offset + content.count)
        bytes.withUnsafeMutableBytes { buffer in
          UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<offset + content.count]).copyBytes(from: content)
        }
      case .grow(let size): grow(&bytes, to: size)
      case .truncate(let size):
        if size < bytes.count { bytes.removeLast(bytes.count - size) } else { grow(&bytes, to: size) }
      }
    }

    private static func grow(_ bytes: inout [UInt8], to size: Int) {
      if size > bytes.count { bytes += [UInt8](repeating: 0, count: size - bytes.count) }
    }

    /// A change in the pieces that survive or not, each on its own.
    static func pieces(_ change: FileChange) -> [FileChange] {
      guard case .write(let offset, let content) = change else { return [change] }
      var pieces: [FileChange] = []
      var start = 0
      while start < content.count {
        let end = min(content.count, ((offset + start) / sector + 1) * sector - offset)
        pieces.append(.write(offset + start, Array(content[start..<end])))
        start = end
      }
      return pieces
    }
  }

  enum NameChange: Sendable {
    case create(String, Int)
    case rename(String, String, Int)
    case remove(String)

    var names: [String] {
      switch self {
      case .create(let name, _), .remove(let name): [name]
      case .rename(let name, let newName, _): [name, newName]
      }
    }
  }

  struct Directory: Sendable {
    var durable: [String: Int] = [:]
    var cached: [String: Int] = [:]
    var pending: [NameChange] = []

    mutating func perform(_ change: NameChange) {
      Self.apply(change, to: &cached)
      pending.append(change)
    }

    mutating func synchronize() {
      for change in pending { Self.apply(change, to: &durable) }
      pending = []
    }

    static func apply(_ change: NameChange, to names: inout [String: Int]) {
      switch change {
      case .create(let name, let node): names[name] = node
      case .rename(let name, let newName, let node):
        names[name] = nil
        names[newName] = node
      case .remove(let name): names[name] = nil
      }
    }
  }
}

extension LossyFileSystem.State {
  /// The files after a loss of power, with a subset of the pending changes picked at random.
  func afterPowerLoss(_ random: inout SeededGenerator) -> Self {
    var next = emptied()
    for node in files.keys.sorted() {
      guard let file = files[node] else { continue }
      var bytes = file.durable
      // All or nothing is as likely as the mixtures between: both find mistakes that the other misses.
      let share = [0, 1, 4, 7, 8].randomElement(using: &random) ?? 4
      for (change, fate) in file.changes {
        if fate == .certain {
          LossyFileSystem.File.apply(change, to: &bytes)
          continue
        }
        for piece in LossyFileSystem.File.pieces(change) where Int.random(in: 0..<8, using: &random) < share {
          LossyFileSystem.File.apply(torn(piece, &random), to: &bytes)
        }
      }
      next.files[node] = LossyFileSystem.File(durable: bytes, cached: bytes)
    }
    for node in directories.keys.sorted() {
      let share = [0, 1, 4, 7, 8].randomElement(using: &random) ?? 4
      next.keepNames(of: directories[node], node) { _ in Int.random(in: 0..<8, using: &random) < share }
    }
    return next
  }

  /// The files after a loss of power, with the pending changes that the caller picks.
  func afterPowerLoss(keeping survives: (PendingChange) -> Bool) -> Self {
    var next = emptied()
    var names: [Int: String] = [:]
    for directory in directories.values {
      for (name, node) in directory.cached { names[node] = name }
    }
    for node in files.keys.sorted() {
      guard let file = files[node] else { continue }
      var bytes = file.durable
      for (change, fate) in file.changes {
        for piece in LossyFileSystem.File.pieces(change) {
          let kind: PendingChange.Kind =
            switch piece {
            case .write(let offset, let content): .write(offset: offset, count: content.count)
            case .grow(let size), .truncate(let size): .size(size)
            }
          if fate == .certain || survives(PendingChange(name: names[node] ?? "", kind: kind)) {
            LossyFileSystem.File.apply(piece, to: &bytes)
          }
        }
      }
      next.files[node] = LossyFileSystem.File(durable: bytes, cached: bytes)
    }
    for node in directories.keys.sorted() {
      next.keepNames(of: directories[node], node) { change in
        survives(PendingChange(name: change.names.last ?? "", kind: .name))
      }
    }
    return next
  }

  private func emptied() -> Self {
    var next = self
    next.files = [:]
    next.locks = [:]
    next.limit = .max
    next.operations = 0
    return next
  }

  private mutating func keepNames(
    of directory: LossyFileSystem.Directory?, _ node: Int, where survives: (LossyFileSystem.NameChange) -> Bool
  ) {
    guard let directory else { return }
    var names = directory.durable
    var lost: Set<String> = []
    for change in directory.pending {
      if lost.isDisjoint(with: change.names), survives(change) {
        LossyFileSystem.Directory.apply(change, to: &names)
      } else {
        lost.formUnion(change.names)
      }
    }
    directories[node] = LossyFileSystem.Directory(durable: names, cached: names)
  }

  /// Sometimes only the first or the last bytes of a sector.
  private func torn(_ piece: LossyFileSystem.FileChange, _ random: inout SeededGenerator) -> LossyFileSystem.FileChange
  {
    guard case .write(let offset, let content) = piece, content.count > 1, Int.random(in: 0..<8, using: &random) == 0
    else { return piece }
    let cut = Int.random(in: 1..<content.count, using: &random)
    return Bool.random(using: &random)
      ? .write(offset, Array(content[..<cut])) : .write(offset + cut, Array(content[cut...]))
  }
}
