import Locks

/// Reads numbers however people write them, by the numbering plans of all countries.
///
/// A lead gets the country of its number and every time zone in which the number could be, so that its legal hours are
/// known.
public struct NumberingPlanReader: PhoneReader {
  /// Localities that were told before: a file has few of them, and many rows.
  private let localities = Localities()

  /// Creates a reader.
  public init() {}

  /// Reads a number; national ones are those of the region.
  public func read(_ text: UnsafeRawBufferPointer, region: String?) throws(PhoneRefusal) -> PhoneReading {
    let region = region.flatMap { Region($0) }
    let parsed: ParsedPhoneNumber
    do throws(PhoneNumberError) {
      parsed = try PhoneNumber.parse(utf8: text.assumingMemoryBound(to: UInt8.self), defaultRegion: region)
    } catch {
      guard let retried = Self.withoutSingleByteSpaces(text, region: region) else {
        throw PhoneRefusal("Invalid phone number format: \(error)")
      }
      parsed = retried
    }
    return PhoneReading(
      parsed.number, phoneExtension: parsed.phoneExtension, locality: localities.locality(of: parsed.number))
  }

  /// What is read when the no-break spaces of encodings with single bytes are taken for plain ones.
  private static func withoutSingleByteSpaces(_ text: UnsafeRawBufferPointer, region: Region?) -> ParsedPhoneNumber? {
    guard text.contains(0xA0) else { return nil }
    let plain = text.map { $0 == 0xA0 ? UInt8(ascii: " ") : $0 }
    return plain.withUnsafeBufferPointer { text in
      try? PhoneNumber.parse(utf8: text, defaultRegion: region)
    }
  }

  /// The localities of the numbers that were read, each made once.
  private final class Localities: Sendable {
    private struct Key: Hashable, Sendable {
      var region: Region?
      var timeZones: PhoneTimeZones
    }

    private let known = Locked<[Key: Locality]>([:])

    func locality(of number: PhoneNumber) -> Locality {
      let key = Key(region: number.region, timeZones: number.timeZones)
      return known.withLock { known in
        if let locality = known[key] { return locality }
        let locality = Locality(jurisdiction: key.region?.description, timeZones: Array(key.timeZones))
        known[key] = locality
        return locality
      }
    }
  }
}
