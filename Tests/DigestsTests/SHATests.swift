import Digests
import Testing

@Suite struct SHATests {
  /// The examples of FIPS 180-4: the text, how often it stands there, and its digests.
  private static let examples: [(text: String, times: Int, sha1: String, sha256: String)] = [
    (
      "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    ),
    (
      "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    ),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      1, "a49b2446a02c645bf419f995b67091253a04a259",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (
      "a", 1_000_000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ]

  @Test(arguments: examples.indices)
  func digestsTheExamplesOfTheStandard(_ index: Int) {
    let example = Self.examples[index]
    let bytes = repeatElement(Array(example.text.utf8), count: example.times).joined()
    #expect(Hexadecimal.encode(SHA1.digest(bytes)) == example.sha1)
    #expect(Hexadecimal.encode(SHA256.digest(bytes)) == example.sha256)
  }

  /// All lengths to 300 in one digest: that of the digests which another implementation has made.
  @Test func paddingIsRightAtEveryLength() {
    var sha1 = SHA1()
    var sha256 = SHA256()
    for length in 0..<300 {
      let bytes = (0..<length).map { UInt8($0 % 251) }
      sha1.update(SHA1.digest(bytes))
      sha256.update(SHA256.digest(bytes))
    }
    #expect(Hexadecimal.encode(sha1.finish()) == "415cea6bc6991763c99ec16eb06ad992a955e73f")
    #expect(
      Hexadecimal.encode(sha256.finish()) == "fa70b867db0a30acb7218d62945db0df52eb393808b30675ea9aac6b058a9a9d")
  }

  @Test func piecesMakeNoDifference() {
    let bytes = (0..<200).map { UInt8($0) }
    for cut in 0...200 {
      var sha1 = SHA1()
      var sha256 = SHA256()
      for piece in [bytes[..<cut], bytes[cut...]] {
        sha1.update(piece)
        sha256.update(piece)
      }
      #expect(sha1.finish() == SHA1.digest(bytes))
      #expect(sha256.finish() == SHA256.digest(bytes))
    }
  }

  @Test func knowsTheSizeOfItsDigests() {
    #expect(SHA1.digestSize == SHA1.digest([]).count)
    #expect(SHA256.digestSize == SHA256.digest([]).count)
  }
}
