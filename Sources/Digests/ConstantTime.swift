/// Whether two rows of bytes are the same, in a time that tells nothing of where they differ.
///
/// It does tell whether they are of one length, which for digests and codes is no secret.
@inline(never)
package func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
  guard left.count == right.count else { return false }
  var difference: UInt8 = 0
  for index in left.indices { difference |= left[index] ^ right[index] }
  return difference == 0
}
