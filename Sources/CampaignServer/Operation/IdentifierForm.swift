import CampaignKit
import Digests

/// How a dialect writes identifiers. Each reads those of all others.
///
/// All forms keep the order of creation.
public enum IdentifierForm: Hashable, Sendable {
  /// 24 hexadecimal digits.
  case digits
  /// A UUID of version 7: the bits of the identifier around version and variant, and zeros behind them.
  case uuid
  /// The letter c and 24 digits.
  case cuid
  /// A word and a separator before the 24 digits, such as `campaign-`.
  case prefixed(String)

  /// The text of an identifier.
  public func text<Entity>(_ id: Identifier<Entity>) -> String {
    switch self {
    case .digits: return id.description
    case .cuid: return "c" + id.description
    case .prefixed(let prefix): return prefix + id.description
    case .uuid:
      // 48 bits of time, 7, 12 bits, the variant 10, 36 bits, and 26 zeros.
      let time = id.high >> 16
      let random = (id.high & 0xFFFF) << 32 | UInt64(id.low)
      let high = time << 16 | 0x7000 | random >> 36
      let low = 1 << 63 | (random & 0xF_FFFF_FFFF) << 26
      // Every answer has several, so the text is written in place.
      return String(unsafeUninitializedCapacity: 36) { buffer in
        var index = 0
        for nibble in 0..<32 {
          if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
            buffer[index] = UInt8(ascii: "-")
            index += 1
          }
          buffer[index] = Hexadecimal.digit(UInt8((nibble < 16 ? high : low) >> UInt64(60 - nibble % 16 * 4) & 0xF))
          index += 1
        }
        return index
      }
    }
  }

  /// Reads an identifier in any of the forms; nil for anything else.
  public static func read<Entity>(_ text: String, as entity: Entity.Type = Entity.self) -> Identifier<Entity>? {
    let bytes = text.utf8
    guard bytes.count <= 64 else { return nil }
    if bytes.count == 36, let id: Identifier<Entity> = readUUID(text) { return id }
    guard bytes.count >= 24 else { return nil }
    let prefix = bytes.dropLast(24)
    // Bytes of longer characters are no digits, so that a cut in one gives nothing.
    guard prefix.isEmpty || prefix.elementsEqual("c".utf8) || prefix.last == 0x2D || prefix.last == 0x5F,
      prefix.dropLast().allSatisfy({ $0 >= 0x61 && $0 <= 0x7A })
    else { return nil }
    return Identifier(String(decoding: bytes.suffix(24), as: UTF8.self))
  }

  private static func readUUID<Entity>(_ text: String) -> Identifier<Entity>? {
    var high: UInt64 = 0
    var low: UInt64 = 0
    var index = 0
    for byte in text.utf8 {
      defer { index += 1 }
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == 0x2D else { return nil }
        continue
      }
      guard let digit = Hexadecimal.value(byte) else { return nil }
      high = high << 4 | low >> 60
      low = low << 4 | UInt64(digit)
    }
    guard high >> 12 & 0xF == 7, low >> 62 == 0b10, low & 0x3FF_FFFF == 0 else { return nil }
    let random = (high & 0xFFF) << 36 | low >> 26 & 0xF_FFFF_FFFF
    return Identifier(high: (high & ~0xFFFF) | random >> 32, low: UInt32(truncatingIfNeeded: random))
  }
}
