/// The state of SHA-256, and what a block does to it.
///
/// Written out without loops and arrays: PBKDF2 spends its whole time here, and so keeps state and words in registers.
package struct SHA256Block: DigestBlock, Equatable {
  var a: UInt32 = 0x6A09_E667
  var b: UInt32 = 0xBB67_AE85
  var c: UInt32 = 0x3C6E_F372
  var d: UInt32 = 0xA54F_F53A
  var e: UInt32 = 0x510E_527F
  var f: UInt32 = 0x9B05_688C
  var g: UInt32 = 0x1F83_D9AB
  var h: UInt32 = 0x5BE0_CD19

  /// The state before any input.
  package init() {}

  /// The eight words of the state.
  package var words: [UInt32] { [a, b, c, d, e, f, g, h] }

  /// Takes in 64 bytes.
  package mutating func compress(_ block: UnsafeRawPointer) {
    compress(
      bigEndianWord(block, 0), bigEndianWord(block, 1), bigEndianWord(block, 2), bigEndianWord(block, 3),
      bigEndianWord(block, 4), bigEndianWord(block, 5), bigEndianWord(block, 6), bigEndianWord(block, 7),
      bigEndianWord(block, 8), bigEndianWord(block, 9), bigEndianWord(block, 10), bigEndianWord(block, 11),
      bigEndianWord(block, 12), bigEndianWord(block, 13), bigEndianWord(block, 14), bigEndianWord(block, 15))
  }

  /// Takes in another digest as the second and last block of a message: 32 bytes, padding, and a length of 96 bytes.
  ///
  /// Half of the words are constants, which the compiler works into the rounds.
  @inline(__always)
  mutating func compress(digest: SHA256Block) {
    compress(
      digest.a, digest.b, digest.c, digest.d, digest.e, digest.f, digest.g, digest.h,
      0x8000_0000, 0, 0, 0, 0, 0, 0, 96 * 8)
  }

  /// Takes in a block as sixteen words.
  @inline(__always)
  private mutating func compress(
    _ w0: UInt32, _ w1: UInt32, _ w2: UInt32, _ w3: UInt32, _ w4: UInt32, _ w5: UInt32, _ w6: UInt32, _ w7: UInt32,
    _ w8: UInt32, _ w9: UInt32, _ w10: UInt32, _ w11: UInt32, _ w12: UInt32, _ w13: UInt32, _ w14: UInt32,
    _ w15: UInt32
  ) {
    var (w0, w1, w2, w3, w4, w5, w6, w7) = (w0, w1, w2, w3, w4, w5, w6, w7)
    var (w8, w9, w10, w11, w12, w13, w14, w15) = (w8, w9, w10, w11, w12, w13, w14, w15)
    var s = self
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0x428A_2F98, w0)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0x7137_4491, w1)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0xB5C0_FBCF, w2)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0xE9B5_DBA5, w3)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x3956_C25B, w4)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0x59F1_11F1, w5)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x923F_82A4, w6)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0xAB1C_5ED5, w7)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0xD807_AA98, w8)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0x1283_5B01, w9)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0x2431_85BE, w10)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0x550C_7DC3, w11)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x72BE_5D74, w12)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0x80DE_B1FE, w13)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x9BDC_06A7, w14)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0xC19B_F174, w15)
    extend(&w0, w1, w9, w14)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0xE49B_69C1, w0)
    extend(&w1, w2, w10, w15)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0xEFBE_4786, w1)
    extend(&w2, w3, w11, w0)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0x0FC1_9DC6, w2)
    extend(&w3, w4, w12, w1)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0x240C_A1CC, w3)
    extend(&w4, w5, w13, w2)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x2DE9_2C6F, w4)
    extend(&w5, w6, w14, w3)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0x4A74_84AA, w5)
    extend(&w6, w7, w15, w4)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x5CB0_A9DC, w6)
    extend(&w7, w8, w0, w5)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0x76F9_88DA, w7)
    extend(&w8, w9, w1, w6)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0x983E_5152, w8)
    extend(&w9, w10, w2, w7)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0xA831_C66D, w9)
    extend(&w10, w11, w3, w8)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0xB003_27C8, w10)
    extend(&w11, w12, w4, w9)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0xBF59_7FC7, w11)
    extend(&w12, w13, w5, w10)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0xC6E0_0BF3, w12)
    extend(&w13, w14, w6, w11)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0xD5A7_9147, w13)
    extend(&w14, w15, w7, w12)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x06CA_6351, w14)
    extend(&w15, w0, w8, w13)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0x1429_2967, w15)
    extend(&w0, w1, w9, w14)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0x27B7_0A85, w0)
    extend(&w1, w2, w10, w15)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0x2E1B_2138, w1)
    extend(&w2, w3, w11, w0)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0x4D2C_6DFC, w2)
    extend(&w3, w4, w12, w1)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0x5338_0D13, w3)
    extend(&w4, w5, w13, w2)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x650A_7354, w4)
    extend(&w5, w6, w14, w3)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0x766A_0ABB, w5)
    extend(&w6, w7, w15, w4)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x81C2_C92E, w6)
    extend(&w7, w8, w0, w5)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0x9272_2C85, w7)
    extend(&w8, w9, w1, w6)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0xA2BF_E8A1, w8)
    extend(&w9, w10, w2, w7)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0xA81A_664B, w9)
    extend(&w10, w11, w3, w8)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0xC24B_8B70, w10)
    extend(&w11, w12, w4, w9)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0xC76C_51A3, w11)
    extend(&w12, w13, w5, w10)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0xD192_E819, w12)
    extend(&w13, w14, w6, w11)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0xD699_0624, w13)
    extend(&w14, w15, w7, w12)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0xF40E_3585, w14)
    extend(&w15, w0, w8, w13)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0x106A_A070, w15)
    extend(&w0, w1, w9, w14)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0x19A4_C116, w0)
    extend(&w1, w2, w10, w15)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0x1E37_6C08, w1)
    extend(&w2, w3, w11, w0)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0x2748_774C, w2)
    extend(&w3, w4, w12, w1)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0x34B0_BCB5, w3)
    extend(&w4, w5, w13, w2)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x391C_0CB3, w4)
    extend(&w5, w6, w14, w3)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0x4ED8_AA4A, w5)
    extend(&w6, w7, w15, w4)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0x5B9C_CA4F, w6)
    extend(&w7, w8, w0, w5)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0x682E_6FF3, w7)
    extend(&w8, w9, w1, w6)
    round(s.a, s.b, s.c, &s.d, s.e, s.f, s.g, &s.h, 0x748F_82EE, w8)
    extend(&w9, w10, w2, w7)
    round(s.h, s.a, s.b, &s.c, s.d, s.e, s.f, &s.g, 0x78A5_636F, w9)
    extend(&w10, w11, w3, w8)
    round(s.g, s.h, s.a, &s.b, s.c, s.d, s.e, &s.f, 0x84C8_7814, w10)
    extend(&w11, w12, w4, w9)
    round(s.f, s.g, s.h, &s.a, s.b, s.c, s.d, &s.e, 0x8CC7_0208, w11)
    extend(&w12, w13, w5, w10)
    round(s.e, s.f, s.g, &s.h, s.a, s.b, s.c, &s.d, 0x90BE_FFFA, w12)
    extend(&w13, w14, w6, w11)
    round(s.d, s.e, s.f, &s.g, s.h, s.a, s.b, &s.c, 0xA450_6CEB, w13)
    extend(&w14, w15, w7, w12)
    round(s.c, s.d, s.e, &s.f, s.g, s.h, s.a, &s.b, 0xBEF9_A3F7, w14)
    extend(&w15, w0, w8, w13)
    round(s.b, s.c, s.d, &s.e, s.f, s.g, s.h, &s.a, 0xC671_78F2, w15)
    a &+= s.a
    b &+= s.b
    c &+= s.c
    d &+= s.d
    e &+= s.e
    f &+= s.f
    g &+= s.g
    h &+= s.h
  }
}

/// One of the 64 rounds. The eight words change their places from round to round instead of being moved.
@inline(__always)
private func round(
  _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: inout UInt32, _ e: UInt32, _ f: UInt32, _ g: UInt32, _ h: inout UInt32,
  _ constant: UInt32, _ word: UInt32
) {
  let sum = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
  let mixed = h &+ sum &+ (g ^ e & (f ^ g)) &+ (constant &+ word)
  d &+= mixed
  h = mixed &+ ((a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)) &+ (a & b | c & (a | b))
}

/// The word sixteen places after `word`, made of it and those one, nine and fourteen places after it.
@inline(__always)
private func extend(_ word: inout UInt32, _ after1: UInt32, _ after9: UInt32, _ after14: UInt32) {
  let near = (after1 &>> 7 | after1 &<< 25) ^ (after1 &>> 18 | after1 &<< 14) ^ after1 &>> 3
  let far = (after14 &>> 17 | after14 &<< 15) ^ (after14 &>> 19 | after14 &<< 13) ^ after14 &>> 10
  word &+= near &+ after9 &+ far
}
