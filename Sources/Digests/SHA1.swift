/// SHA-1 of FIPS 180-4.
///
/// Only for protocols that name it, such as WebSocket's handshake: it withstands no attacker who chooses the input.
package struct SHA1: Sendable {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
  )
  private var block: [UInt8] = []
  private var count: UInt64 = 0

  /// Creates a digest of nothing.
  package init() {}

  /// The digest of some bytes, 20 bytes long.
  package static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var digest = SHA1()
    digest.update(bytes)
    return digest.finish()
  }

  /// Goes on with further bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      block.append(byte)
      count &+= 1
      if block.count == 64 { mix() }
    }
  }

  /// Ends the input, and gives its digest.
  package consuming func finish() -> [UInt8] {
    let bits = count &* 8
    update([0x80])
    while block.count != 56 { update([0]) }
    update((0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * $0)) })
    return [state.0, state.1, state.2, state.3, state.4].flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> UInt32($0)) }
    }
  }

  private mutating func mix() {
    var words = [UInt32](repeating: 0, count: 80)
    for index in 0..<16 {
      for byte in block[4 * index..<4 * index + 4] { words[index] = words[index] << 8 | UInt32(byte) }
    }
    for index in 16..<80 {
      let word = words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]
      words[index] = word << 1 | word >> 31
    }
    var (a, b, c, d, e) = state
    for (index, word) in words.enumerated() {
      let (mixed, constant): (UInt32, UInt32) =
        switch index {
        case ..<20: (b & c | ~b & d, 0x5A82_7999)
        case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = (a << 5 | a >> 27) &+ mixed &+ e &+ constant &+ word
      (e, d, c, b, a) = (d, c, b << 30 | b >> 2, a, next)
    }
    state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e)
    block.removeAll(keepingCapacity: true)
  }
}
