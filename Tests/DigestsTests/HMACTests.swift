import Digests
import Testing

@Suite struct HMACTests {
  typealias Example = (key: [UInt8], message: [UInt8], code: String)

  /// RFC 4231, sections 4.2 to 4.8; of the fifth only the first 16 bytes are there.
  private static let sha256: [Example] = [
    (
      [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      Array(1...25), [UInt8](repeating: 0xCD, count: 50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    ([UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8), "a3b6167473100ee06e0c796c2955552b"),
    (
      [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      [UInt8](repeating: 0xAA, count: 131),
      Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. "
          + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ]

  /// RFC 2202, section 3.
  private static let sha1: [Example] = [
    ([UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8), "b617318655057264e28bc0b6fb378c8ef146be00"),
    (Array("Jefe".utf8), Array("what do ya want for nothing?".utf8), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
    (
      [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
      "125d7342b9ac11cd91a39af48aa17b4f63f175d3"
    ),
    (Array(1...25), [UInt8](repeating: 0xCD, count: 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"),
    (
      [UInt8](repeating: 0x0C, count: 20), Array("Test With Truncation".utf8),
      "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"
    ),
    (
      [UInt8](repeating: 0xAA, count: 80), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      "aa4ae5e15272d00e95705637ce8a3b55ed402112"
    ),
    (
      [UInt8](repeating: 0xAA, count: 80),
      Array("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data".utf8),
      "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"
    ),
  ]

  @Test(arguments: sha256.indices)
  func makesTheCodesOfRFC4231(_ index: Int) {
    let example = Self.sha256[index]
    let code = Hexadecimal.encode(HMAC<SHA256>.code(example.message, key: example.key))
    #expect(code.prefix(example.code.count) == example.code)
  }

  @Test(arguments: sha1.indices)
  func makesTheCodesOfRFC2202(_ index: Int) {
    let example = Self.sha1[index]
    #expect(Hexadecimal.encode(HMAC<SHA1>.code(example.message, key: example.key)) == example.code)
  }

  @Test func aKeyThatWasTakenInServesManyMessages() {
    let keyed = HMAC<SHA256>(key: Array("Jefe".utf8))
    for message in ["one", "two"] {
      var code = keyed
      code.update(message.utf8)
      #expect(code.finish() == HMAC<SHA256>.code(message.utf8, key: Array("Jefe".utf8)))
    }
  }

  /// RFC 7914, section 11; RFC 6070's inputs with SHA-256; a password longer than a block.
  @Test(
    arguments: [
      (
        "passwd", "salt", 1,
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
          + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
      ),
      (
        "Password", "NaCl", 80_000,
        "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
          + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"
      ),
      ("password", "salt", 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
      ("pass\0word", "sa\0lt", 4096, "89b69d0516f829893c696226650a8687"),
      (
        String(repeating: "p", count: 65), String(repeating: "s", count: 100), 3,
        "98659399dae70333b7f268c5a3f7556d924bbc8d1f9c12f1d5eee62021c27e2652b9b2c256cddf0b"
      ),
    ])
  func stretchesPasswords(_ password: String, _ salt: String, _ rounds: Int, _ result: String) {
    let bytes = PBKDF2.derive(
      password: Array(password.utf8), salt: Array(salt.utf8), rounds: rounds, count: result.count / 2)
    #expect(Hexadecimal.encode(bytes) == result)
  }

  @Test func comparesEveryByte() {
    let bytes = Array<UInt8>(0..<32)
    #expect(equalInConstantTime(bytes, bytes))
    #expect(equalInConstantTime([], []))
    #expect(!equalInConstantTime(bytes, Array(bytes.dropLast())))
    for index in bytes.indices {
      for bit in 0..<8 {
        var other = bytes
        other[index] ^= 1 << UInt8(bit)
        #expect(!equalInConstantTime(bytes, other))
      }
    }
  }
}
