/// A code that only who has the key can make for a message: RFC 2104.
///
/// A value that was made with a key and nothing else can be copied for each message, which saves taking in the key.
package struct HMAC<Function: HashFunction> {
  private var inner = Function()
  private var outer = Function()

  /// Begins a message.
  ///
  /// - Parameter key: The key, of any length.
  package init(key: some Collection<UInt8>) {
    var block = key.count > Function.blockSize ? Function.digest(key) : Array(key)
    block.append(contentsOf: repeatElement(0, count: Function.blockSize - block.count))
    inner.update(block.map { $0 ^ 0x36 })
    outer.update(block.map { $0 ^ 0x5C })
  }

  /// Takes in further bytes of the message.
  package mutating func update(_ bytes: some Sequence<UInt8>) { inner.update(bytes) }

  /// Ends the message, and gives its code.
  package consuming func finish() -> [UInt8] {
    var outer = outer
    outer.update(inner.finish())
    return outer.finish()
  }

  /// The code of a message that is all there.
  package static func code(_ message: some Sequence<UInt8>, key: some Collection<UInt8>) -> [UInt8] {
    var code = HMAC(key: key)
    code.update(message)
    return code.finish()
  }
}

extension HMAC: Sendable where Function: Sendable {}
