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
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      for index in 0..<16 { words.initializeElement(at: index, to: bigEndianWord(block, index)) }
      for index in 16..<80 {
        let word = words[index &- 3] ^ words[index &- 8] ^ words[index &- 14] ^ words[index &- 16]
        words.initializeElement(at: index, to: word &<< 1 | word &>> 31)
      }
      var (a, b, c, d, e) = (a, b, c, d, e)
      func round(_ mixed: UInt32, _ constant: UInt32, _ word: UInt32) {
        let next = (a &<< 5 | a &>> 27) &+ mixed &+ e &+ constant &+ word
        (e, d, c, b, a) = (d, c, b &<< 30 | b &>> 2, a, next)
      }
      for index in 0..<20 { round(b & c | ~b & d, 0x5A82_7999, words[index]) }
      for index in 20..<40 { round(b ^ c ^ d, 0x6ED9_EBA1, words[index]) }
      for index in 40..<60 { round(b & c | b & d | c & d, 0x8F1B_BCDC, words[index]) }
      for index in 60..<80 { round(b ^ c ^ d, 0xCA62_C1D6, words[index]) }
      self.a &+= a
      self.b &+= b
      self.c &+= c
      self.d &+= d
      self.e &+= e
    }
  }
}
