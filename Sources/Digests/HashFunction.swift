/// A digest that takes its input in pieces, in blocks of 64 bytes.
package protocol HashFunction {
  /// Bytes in a digest.
  static var digestSize: Int { get }

  /// Begins with no input.
  init()

  /// Takes in further bytes; how they are cut into pieces makes no difference.
  mutating func update(_ bytes: UnsafeRawBufferPointer)

  /// Ends the input, and gives its digest.
  consuming func finish() -> [UInt8]
}

extension HashFunction {
  /// Bytes that the function works on at once.
  package static var blockSize: Int { 64 }

  /// The digest of bytes that are all there.
  package static func digest(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var function = Self()
    function.update(bytes)
    return function.finish()
  }

  /// Takes in further bytes.
  package mutating func update(_ bytes: some Sequence<UInt8>) {
    if bytes.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) != nil { return }
    Array(bytes).withUnsafeBytes { update($0) }
  }
}

#if canImport(CryptoKit)
  package import CryptoKit

  /// A digest of the platform's own.
  package struct PlatformDigest<Function: CryptoKit.HashFunction>: HashFunction {
    private var function = Function()

    package init() {}

    package static var digestSize: Int { Function.Digest.byteCount }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
      function.update(bufferPointer: bytes)
    }

    package consuming func finish() -> [UInt8] { Array(function.finalize()) }
  }

  /// SHA-256 of FIPS 180-4.
  package typealias SHA256 = PlatformDigest<CryptoKit.SHA256>

  /// SHA-1 of FIPS 180-4.
  ///
  /// Only for protocols that name it, such as WebSocket's handshake: it withstands no attacker who chooses the input.
  package typealias SHA1 = PlatformDigest<Insecure.SHA1>
#else
  /// SHA-256 of FIPS 180-4.
  package typealias SHA256 = BlockDigest<SHA256Block>

  /// SHA-1 of FIPS 180-4.
  ///
  /// Only for protocols that name it, such as WebSocket's handshake: it withstands no attacker who chooses the input.
  package typealias SHA1 = BlockDigest<SHA1Block>
#endif
