/// Finds the ends of fields and records in a buffer that is filled from behind.
///
/// It keeps its place, so that bytes are looked at once however they arrive. It sees no byte before the one that
/// follows, since a quote means one thing before a delimiter and another before a second quote.
struct CSVScanner {
  /// What came of a scan.
  enum Event {
    /// A record is complete; the place behind it is ``CSVScanner/start``.
    case record
    /// More bytes are needed.
    case starved
    /// There is no room for the end of a field, which stands at a place.
    case crowded(at: Int)
    /// What a strict reader refuses, because of the quote at a place.
    case irregular(CSVError.Code, at: Int)
  }

  private enum Mode: UInt8 {
    /// In a field that is not quoted, or at the start of one.
    case plain
    /// Behind an opening quote.
    case quoted
    /// Behind a closing quote, before a delimiter.
    case closed
    /// Behind a closing quote that text follows.
    case stray
  }

  private let structure: CSVStructure
  private let delimiter: UInt8
  private let isStrict: Bool

  private var mode = Mode.plain
  /// The bits of the block that are still to be looked at.
  private var mask: UInt64 = 0
  /// Where the block begins.
  private var block = 0
  /// Where the next block begins.
  private var next = 0
  /// Where the field begins, its quote included.
  private var fieldStart = 0
  /// Where the record begins.
  private(set) var recordStart = 0
  /// Where the record ends, its line break not included.
  private(set) var recordEnd = 0
  /// Where the next record begins, once one is complete.
  private(set) var start = 0
  /// Whether a record was completed and the next one not begun.
  private(set) var isBetween = true
  /// How many fields are complete.
  private(set) var count = 0
  /// The first closing quote of the record that text follows: the field's number from 0, and the place.
  private(set) var stray: (column: Int, place: Int)?
  /// Whether a quoted field of the record has more to it than what stands between its quotes.
  private(set) var isIntricate = false

  init(delimiter: CSVDelimiter, isStrict: Bool) {
    structure = CSVStructure(delimiter)
    self.delimiter = delimiter.byte
    self.isStrict = isStrict
  }

  /// Where an open quote stands.
  var openQuote: Int? { mode == .quoted ? fieldStart : nil }

  /// Begins the next record.
  mutating func beginRecord() {
    isBetween = false
    recordStart = start
    fieldStart = start
    count = 0
    stray = nil
    isIntricate = false
    mode = .plain
  }

  /// Begins behind some bytes, before anything was read.
  mutating func skip(to place: Int) {
    start = place
    next = place
  }

  /// Follows the buffer, from whose front bytes were removed.
  mutating func shift(by bytes: Int) {
    block -= bytes
    next -= bytes
    fieldStart -= bytes
    recordStart -= bytes
    recordEnd -= bytes
    start -= bytes
    if let place = stray?.place { stray?.place = place - bytes }
  }

  /// Goes on up to the end of a record.
  ///
  /// - Parameters:
  ///   - bytes: The buffer. Behind `end` it has at least one more block of whatever bytes.
  ///   - end: Where the bytes end.
  ///   - isLast: Whether no more will come.
  ///   - ends: Room for the ends of fields, counted from the start of the record.
  /// - Returns: Why it stopped.
  mutating func scan(
    _ bytes: UnsafePointer<UInt8>, end: Int, isLast: Bool, ends: UnsafeMutableBufferPointer<UInt32>
  ) -> Event {
    // Working on copies lets the compiler keep them in registers.
    var mask = mask
    var block = block
    var fieldStart = fieldStart
    var count = count
    var mode = mode
    defer {
      self.mode = mode
      self.mask = mask
      self.block = block
      self.fieldStart = fieldStart
      self.count = count
    }
    let limit = isLast ? end : end - 1
    while true {
      while mask == 0 {
        guard next < limit else { return .starved }
        block = next
        mask = structure.mask(of: bytes + block)
        let known = limit - block
        if known < CSVStructure.blockSize { mask &= (1 << UInt64(known)) - 1 }
        next = min(block + CSVStructure.blockSize, limit)
      }
      let place = block + mask.trailingZeroBitCount
      let byte = bytes[place]
      if byte == CSVByte.quote {
        mask &= mask &- 1
        switch mode {
        case .plain where place == fieldStart: mode = .quoted
        case .plain:
          if isStrict { return .irregular(.quoteInField, at: place) }
        case .quoted:
          let follower = place + 1 < end ? bytes[place + 1] : CSVByte.lineFeed
          if follower == CSVByte.quote {
            isIntricate = true
            // The second quote is the next byte with a meaning, here or in the next block.
            if mask != 0 { mask &= mask &- 1 } else { next = max(next, place + 2) }
          } else if follower == delimiter || follower == CSVByte.lineFeed || follower == CSVByte.carriageReturn {
            mode = .closed
          } else {
            if isStrict { return .irregular(.textAfterQuote, at: place) }
            isIntricate = true
            if stray == nil { stray = (count, place) }
            mode = .stray
          }
        case .closed, .stray: break
        }
        continue
      }
      if mode == .quoted {
        mask &= mask &- 1
        continue
      }
      // The bit stays until there is room for what it ends.
      guard count < ends.count else { return .crowded(at: place) }
      mask &= mask &- 1
      ends[count] = UInt32(truncatingIfNeeded: place - recordStart)
      count += 1
      mode = .plain
      fieldStart = place + 1
      guard byte != delimiter else { continue }
      recordEnd = place
      start = place + 1
      if byte == CSVByte.carriageReturn, start < end, bytes[start] == CSVByte.lineFeed {
        if mask != 0 { mask &= mask &- 1 } else { next = max(next, start + 1) }
        start += 1
      }
      if count == 1, place == recordStart {
        // An empty line is no record.
        recordStart = start
        fieldStart = start
        count = 0
        continue
      }
      isBetween = true
      return .record
    }
  }

  /// Ends the record at the end of the input, which has no line break; false when there is none, or no room for it.
  mutating func end(at end: Int, ends: UnsafeMutableBufferPointer<UInt32>) -> Bool {
    guard end > recordStart, count < ends.count else { return false }
    ends[count] = UInt32(truncatingIfNeeded: end - recordStart)
    count += 1
    recordEnd = end
    start = end
    isBetween = true
    return true
  }
}
