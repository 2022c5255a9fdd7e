/// What a block of 64 bytes does to the state of a digest.
package protocol DigestBlock: Sendable {
  /// The state before any input.
  init()

  /// The words of the state, which in the end are the digest.
  var words: [UInt32] { get }

  /// Takes in 64 bytes, in any alignment.
  mutating func compress(_ block: UnsafeRawPointer)
}

/// A digest of our own: FIPS 180-4's padding around the compression of a block.
package struct BlockDigest<Block: DigestBlock>: HashFunction, Sendable {
  private var state = Block()
  /// Bytes that fill no block yet, `count % 64` of them; the rest is left from before. They stand in the value itself,
  /// so that a copy of it, as each message takes one of a key, allocates nothing.
  private var pending = SIMD64<UInt8>()
  private var count: UInt64 = 0

  /// Begins with no input.
  package init() {}

  /// Bytes in a digest.
  package static var digestSize: Int { Block().words.count * 4 }

  /// Takes in further bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let filled = Int(truncatingIfNeeded: count % 64)
    count &+= UInt64(bytes.count)
    var position = 0
    if filled > 0 {
      position = min(64 - filled, bytes.count)
      fill(from: filled, with: UnsafeRawBufferPointer(rebasing: bytes[..<position]))
      guard filled + position == 64 else { return }
      compressPending()
    }
    while bytes.count - position >= 64 {
      state.compress(base + position)
      position += 64
    }
    fill(from: 0, with: UnsafeRawBufferPointer(rebasing: bytes[position...]))
  }

  /// Ends the input, and gives its digest.
  package consuming func finish() -> [UInt8] {
    let filled = Int(truncatingIfNeeded: count % 64)
    var end = pending
    var state = state
    withUnsafeMutableBytes(of: &end) { end in
      guard let base = end.baseAddress else { return }
      end[filled] = 0x80
      (base + filled + 1).initializeMemory(as: UInt8.self, repeating: 0, count: 63 - filled)
      // The length has eight bytes of its own. Where they do not fit, they stand in one more block.
      if filled >= 56 {
        state.compress(base)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: 56)
      }
      base.storeBytes(of: (count &* 8).bigEndian, toByteOffset: 56, as: UInt64.self)
      state.compress(base)
    }
    return bigEndianBytes(state.words)
  }

  private mutating func fill(from start: Int, with bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    withUnsafeMutableBytes(of: &pending) { pending in
      UnsafeMutableRawBufferPointer(rebasing: pending[start...]).copyMemory(from: bytes)
    }
  }

  private mutating func compressPending() {
    withUnsafeBytes(of: pending) { pending in
      if let base = pending.baseAddress { state.compress(base) }
    }
  }
}

/// The bytes of words, the most significant first.
func bigEndianBytes(_ words: [UInt32]) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: words.count * 4) { bytes, count in
    count = words.count * 4
    let bytes = UnsafeMutableRawBufferPointer(bytes)
    for index in words.indices {
      bytes.storeBytes(of: words[index].bigEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
  }
}

/// The word at an index of a block, the most significant byte first.
@inline(__always)
func bigEndianWord(_ block: UnsafeRawPointer, _ index: Int) -> UInt32 {
  UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 &* index, as: UInt32.self))
}
