import Digests
import Testing

@Suite struct SHA1Tests {
  @Test(arguments: [
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
  ])
  func digestsTheExamplesOfTheStandard(_ text: String, _ digest: String) {
    #expect(hexadecimal(SHA1.digest(text.utf8)) == digest)
  }

  @Test func digestsAMillionLetters() {
    let digest = SHA1.digest(repeatElement(0x61, count: 1_000_000))
    #expect(hexadecimal(digest) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  @Test func piecesMakeNoDifference() {
    let bytes = (0..<200).map { UInt8($0) }
    for cut in 0...200 {
      var digest = SHA1()
      digest.update(bytes[..<cut])
      digest.update(bytes[cut...])
      #expect(digest.finish() == SHA1.digest(bytes))
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
