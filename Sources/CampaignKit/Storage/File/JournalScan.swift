/// What one journal file holds, found by reading it from its header to its last byte.
struct JournalScan {
  /// The first offset at which there is no frame that continues the log.
  var end = UInt64(FileHeader.size)
  /// The number of the batch that is missing at `end`.
  var position: UInt64
  /// How many batches frames before `end` took for durable.
  var durable: UInt64
  /// Where the first frame lies that no later one takes for durable; `end` if there is none.
  var unproven: UInt64
  var batches = 0
  /// Whether the last frame before `end` is the mark of an orderly close.
  var isClosed = false
  /// Where the first byte behind `end` lies that is not zero.
  var firstNonzero: UInt64?
  /// The length of what lies behind `end`, up to its last nonzero byte.
  var tornBytes: UInt64 = 0
  /// Whole frames behind `end`.
  var laterFrames = 0
  /// How many batches these frames took for durable.
  var laterDurable: UInt64 = 0

  init(_ header: FileHeader, _ file: any OpenFile) throws(LogError) {
    position = header.position
    durable = header.durable
    unproven = 0
    let window = try FileWindow(file)
    try readFrames(header, window)
    try readTail(header, window)
  }

  private mutating func readFrames(_ header: FileHeader, _ window: FileWindow) throws(LogError) {
    // Batches not known to be durable, oldest first, from `first` on.
    var offsets: [(position: UInt64, offset: UInt64)] = []
    var first = 0
    var mark = end
    while let (frame, _) = try window.frame(at: end, salt: header.salt), frame.position == position {
      durable = max(durable, frame.durable)
      while first < offsets.count, offsets[first].position < durable { first += 1 }
      if first > 4096 {
        offsets.removeFirst(first)
        first = 0
      }
      isClosed = frame.kind == .close
      if isClosed { mark = end }
      if frame.kind == .batch {
        offsets.append((position, end))
        position += 1
        batches += 1
      }
      end += UInt64(frame.size)
    }
    unproven = first < offsets.count ? offsets[first].offset : isClosed ? mark : end
    // A header whose own synchronization failed may be in memory only.
    if batches == 0 { unproven = 0 }
  }

  private mutating func readTail(_ header: FileHeader, _ window: FileWindow) throws(LogError) {
    let markers = [JournalFrame.Kind.batch, .close].map { $0.marker(salt: header.salt) }
    var offset = end
    var last = end
    while offset < window.size {
      let count = Int(min(UInt64(FileWindow.defaultPiece), window.size - offset))
      guard let bytes = try window.bytes(at: offset, count: count) else { break }
      var candidates: [UInt64] = []
      if let nonzero = bytes.firstNonzero() {
        if firstNonzero == nil { firstNonzero = offset + UInt64(nonzero) }
        var place = nonzero & ~7
        while place + 8 <= count {
          let word = bytes.integer(UInt64.self, at: place)
          if word != 0 { last = offset + UInt64(place) + 8 }
          // The marker is the upper half of a frame's second word.
          let marker = UInt32(truncatingIfNeeded: word >> 32)
          if marker == markers[0] || marker == markers[1], offset + UInt64(place) >= end + 8 {
            candidates.append(offset + UInt64(place) - 8)
          }
          place += 8
        }
        if place < count, bytes.part(place..<count).firstNonzero() != nil { last = offset + UInt64(count) }
      }
      for candidate in candidates {
        guard let (frame, _) = try window.frame(at: candidate, salt: header.salt) else { continue }
        laterFrames += 1
        laterDurable = max(laterDurable, frame.durable)
      }
      offset += UInt64(count)
    }
    tornBytes = last - end
  }
}
