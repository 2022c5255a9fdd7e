/// The state of SHA-1, and what a block does to it.
package struct SHA1Block: DigestBlock {
  private var a: UInt32 = 0x6745_2301
  private var b: UInt32 = 0xEFCD_AB89
  private var c: UInt32 = 0x98BA_DCFE
  private var d: UInt32 = 0x1032_5476
  private var e: UInt32 = 0xC3D2_E1F0

  /// The state before any input.
  package init() {}

  /// The five words of the state.
  package var words: [UInt32] { [a, b, c, d, e] }

  /// Takes in 64 bytes.
  package mutating func compress(_ block: UnsafeRawPointer) {
    withUnsafeTemporaryAllocation(byteCount: 80 * 4, alignment: 16) { words in
      guard let words = words.baseAddress else { return }
      func word(_ index: Int) -> UInt32 { words.load(fromByteOffset: 4 &* index, as: UInt32.self) }
      for index in 0..<16 {
        words.storeBytes(of: bigEndianWord(block, index), toByteOffset: 4 &* index, as: UInt32.self)
      }
      for index in 16..<32 {
        let mixed = word(index &- 3) ^ word(index &- 8) ^ word(index &- 14) ^ word(index &- 16)
        words.storeBytes(of: mixed &<< 1 | mixed &>> 31, toByteOffset: 4 &* index, as: UInt32.self)
      }
      // The same rule put into itself: none of the words that it takes is among the last four, so that four are made
      // at once.
      func four(_ index: Int) -> SIMD4<UInt32> {
        words.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD4<UInt32>.self)
      }
      for index in stride(from: 32, to: 80, by: 4) {
        let mixed = four(index &- 6) ^ four(index &- 16) ^ four(index &- 28) ^ four(index &- 32)
        words.storeBytes(of: mixed &<< 2 | mixed &>> 30, toByteOffset: 4 &* index, as: SIMD4<UInt32>.self)
      }
      var (a, b, c, d, e) = (a, b, c, d, e)
      // All that does not wait for `a` comes first, since each step waits for that of the one before.
      func round(_ mixed: UInt32, _ constant: UInt32, _ index: Int) {
        let next = (constant &+ word(index) &+ e &+ mixed) &+ (a &<< 5 | a &>> 27)
        (e, d, c, b, a) = (d, c, b &<< 30 | b &>> 2, a, next)
      }
      for index in 0..<20 { round(d ^ b & (c ^ d), 0x5A82_7999, index) }
      for index in 20..<40 { round(b ^ c ^ d, 0x6ED9_EBA1, index) }
      for index in 40..<60 { round(b & c | d & (b | c), 0x8F1B_BCDC, index) }
      for index in 60..<80 { round(b ^ c ^ d, 0xCA62_C1D6, index) }
      self.a &+= a
      self.b &+= b
      self.c &+= c
      self.d &+= d
      self.e &+= e
    }
  }
}
