/// Marks the absence of a row.
let noRow = UInt32.max

/// A table of rows of one fixed size, in chunks.
///
/// A copy shares its chunks until one of the two writes to them, so a snapshot costs next to nothing to take,
/// and each later write copies at most one chunk.
struct Rows<Row: BitwiseCopyable & Sendable>: Sendable {
  private(set) var chunks: [[Row]] = []
  private(set) var count = 0

  static var chunkBits: UInt32 { 10 }
  static var chunkSize: Int { 1 << Int(chunkBits) }

  @inline(__always)
  subscript(row: UInt32) -> Row {
    get { chunks[Int(row >> Self.chunkBits)][Int(row) & (Self.chunkSize - 1)] }
    _modify { yield &chunks[Int(row >> Self.chunkBits)][Int(row) & (Self.chunkSize - 1)] }
  }

  /// Adds a row and returns its number.
  @inline(__always)
  mutating func append(_ row: Row) -> UInt32 {
    if count & (Self.chunkSize - 1) == 0 {
      chunks.append([])
      if count > 0 { chunks[chunks.count - 1].reserveCapacity(Self.chunkSize) }
    }
    chunks[chunks.count - 1].append(row)
    count += 1
    return UInt32(count - 1)
  }

  /// Appends a chunk as it was read; every chunk before it is full.
  mutating func append(chunk: [Row]) {
    chunks.append(chunk)
    count += chunk.count
  }

  func contains(_ row: UInt32) -> Bool { row < count }
}

/// Where the variable part of a row lies in the bytes of its chunk.
struct PayloadRef: BitwiseCopyable, Sendable {
  var offset: UInt32 = 0
  var length: UInt32 = 0

  var range: Range<Int> { Int(offset)..<Int(offset) + Int(length) }
}

/// The variable parts of the rows of one chunk.
struct Payload: Sendable {
  private(set) var bytes: [UInt8] = []
  /// Bytes that no row refers to any more.
  private(set) var garbage = 0

  init() {}

  init(bytes: [UInt8], garbage: Int) {
    self.bytes = bytes
    self.garbage = garbage
  }

  /// Whether compacting is worth its time.
  var isWasteful: Bool { garbage > 4096 && garbage > bytes.count / 2 }

  mutating func add(_ new: UnsafeRawBufferPointer) -> PayloadRef {
    let reference = PayloadRef(offset: UInt32(bytes.count), length: UInt32(new.count))
    bytes.append(contentsOf: new)
    return reference
  }

  /// Adds what `write` writes.
  @inline(__always)
  mutating func add(_ write: (inout ByteWriter) -> Void) -> PayloadRef {
    var writer = ByteWriter()
    swap(&writer.bytes, &bytes)
    defer { swap(&writer.bytes, &bytes) }
    let offset = writer.bytes.count
    write(&writer)
    return PayloadRef(offset: UInt32(offset), length: UInt32(writer.bytes.count - offset))
  }

  /// Adds what a lead keeps, with a person of its own in it if there is one.
  @inline(__always)
  mutating func add(lead: UnsafeRawBufferPointer, person: UnsafeRawBufferPointer?) -> PayloadRef {
    let offset = bytes.count
    bytes.append(leadPayload: lead, person: person)
    return PayloadRef(offset: UInt32(offset), length: UInt32(bytes.count - offset))
  }

  /// Puts new bytes in the place of old ones; behind all others if they do not fit there.
  mutating func replace(_ old: PayloadRef, with new: [UInt8]) -> PayloadRef {
    guard new.count <= Int(old.length) else {
      garbage += Int(old.length)
      return new.withUnsafeBytes { add($0) }
    }
    garbage += Int(old.length) - new.count
    bytes.replaceSubrange(Int(old.offset)..<Int(old.offset) + new.count, with: new)
    return PayloadRef(offset: old.offset, length: UInt32(new.count))
  }

  mutating func drop(_ old: PayloadRef) { garbage += Int(old.length) }

  /// Makes room for about as much as the chunk before has, so that it grows once and not in doublings.
  mutating func reserve(like previous: borrowing Payload) {
    bytes.reserveCapacity(previous.bytes.count + previous.bytes.count / 32)
  }

  /// Gives back the room that a full chunk will not need.
  mutating func trim() {
    if bytes.capacity > bytes.count + bytes.count / 8 { bytes = bytes.map { $0 } }
  }

  /// Moves the live parts together; `references` are updated in place.
  mutating func compact(_ references: inout [PayloadRef]) {
    var packed: [UInt8] = []
    packed.reserveCapacity(bytes.count - garbage)
    for index in references.indices {
      guard references[index].length > 0 else {
        references[index] = PayloadRef()
        continue
      }
      let offset = UInt32(packed.count)
      packed.append(contentsOf: bytes[references[index].range])
      references[index].offset = offset
    }
    bytes = packed
    garbage = 0
  }

  @inline(__always)
  func withBytes<Result>(
    _ reference: PayloadRef, _ body: (UnsafeRawBufferPointer) throws(StoreError) -> Result
  ) throws(StoreError) -> Result {
    guard Int(reference.offset) + Int(reference.length) <= bytes.count else {
      throw StoreError(.damaged, "a row refers to bytes beyond the end of its chunk")
    }
    let result = bytes.withUnsafeBytes { all in
      Swift.Result { () throws(StoreError) in try body(UnsafeRawBufferPointer(rebasing: all[reference.range])) }
    }
    return try result.get()
  }
}

extension [UInt32] {
  /// Removes a row from a list in ascending order.
  mutating func removeSorted(_ row: UInt32) {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < row { low = middle + 1 } else { high = middle }
    }
    if low < count, self[low] == row { remove(at: low) }
  }
}
