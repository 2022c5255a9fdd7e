/// Makes guessing passwords expensive: PBKDF2 of RFC 8018 with HMAC-SHA-256.
package enum PBKDF2 {
  /// Stretches a password.
  ///
  /// It takes as long as the rounds do, about 0.4 microseconds each, and blocks its thread for that time.
  ///
  /// - Parameters:
  ///   - password: The password.
  ///   - salt: Bytes that are different for each password.
  ///   - rounds: How often to go round; fewer than one act as one.
  ///   - count: How many bytes to make. Each 32 take the rounds anew.
  /// - Returns: The bytes.
  package static func derive(
    password: some Collection<UInt8>, salt: some Collection<UInt8>, rounds: Int, count: Int
  ) -> [UInt8] {
    let key = password.count > 64 ? SHA256.digest(password) : Array(password)
    // What taking in the key makes of the two digests is the same in every round.
    let inner = state(after: key, mask: 0x36)
    let outer = state(after: key, mask: 0x5C)
    var code = HMAC<SHA256>(key: key)
    code.update(salt)
    var bytes: [UInt8] = []
    var index: UInt32 = 1
    while bytes.count < count {
      var first = code
      first.update(bigEndianBytes([index]))
      bytes += bigEndianBytes(block(first.finish(), inner, outer, rounds: rounds).words)
      index &+= 1
    }
    return Array(bytes.prefix(count))
  }

  /// The exclusive or of the results of all rounds, of which the first is given.
  private static func block(_ first: [UInt8], _ inner: SHA256Block, _ outer: SHA256Block, rounds: Int) -> SHA256Block {
    var last = first.withUnsafeBytes { SHA256Block(bytes: $0) }
    var sum = last
    var round = 1
    while round < rounds {
      var message = inner
      message.compress(digest: last)
      last = outer
      last.compress(digest: message)
      sum.formXOR(last)
      round &+= 1
    }
    return sum
  }

  private static func state(after key: [UInt8], mask: UInt8) -> SHA256Block {
    var block = key.map { $0 ^ mask }
    block.append(contentsOf: repeatElement(mask, count: 64 - block.count))
    var state = SHA256Block()
    block.withUnsafeBytes { block in
      if let base = block.baseAddress { state.compress(base) }
    }
    return state
  }
}

extension SHA256Block {
  /// The words that a digest of 32 bytes consists of.
  fileprivate init(bytes: UnsafeRawBufferPointer) {
    self.init()
    guard let base = bytes.baseAddress, bytes.count == 32 else { return }
    a = bigEndianWord(base, 0)
    b = bigEndianWord(base, 1)
    c = bigEndianWord(base, 2)
    d = bigEndianWord(base, 3)
    e = bigEndianWord(base, 4)
    f = bigEndianWord(base, 5)
    g = bigEndianWord(base, 6)
    h = bigEndianWord(base, 7)
  }

  @inline(__always)
  fileprivate mutating func formXOR(_ other: SHA256Block) {
    a ^= other.a
    b ^= other.b
    c ^= other.c
    d ^= other.d
    e ^= other.e
    f ^= other.f
    g ^= other.g
    h ^= other.h
  }
}
