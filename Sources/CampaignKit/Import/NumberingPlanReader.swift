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
    let found: (number: AssignedNumber, phoneExtension: String?)
    do throws(PhoneNumberError) {
      found = try PhoneNumber.read(text.assumingMemoryBound(to: UInt8.self), region).get()
    } catch {
      guard let retried = Self.withoutSingleByteSpaces(text, region: region) else {
        throw PhoneRefusal("Invalid phone number format: \(error)")
      }
      found = retried
    }
    return PhoneReading(
      found.number.number, phoneExtension: found.phoneExtension, locality: localities.locality(of: found.number))
  }

  /// What is read when the no-break spaces of encodings with single bytes are taken for plain ones.
  private static func withoutSingleByteSpaces(
    _ text: UnsafeRawBufferPointer, region: Region?
  ) -> (number: AssignedNumber, phoneExtension: String?)? {
    guard text.contains(0xA0) else { return nil }
    let plain = text.map { $0 == 0xA0 ? UInt8(ascii: " ") : $0 }
    return plain.withUnsafeBufferPointer { text in try? PhoneNumber.read(text, region).get() }
  }

  /// The localities of the numbers that were read, each made once.
  private final class Localities: Sendable {
    private struct Key: Hashable, Sendable {
      var region: Region?
      var timeZones: PhoneTimeZones
    }

    private struct Known: Sendable {
      var localities: [Key: Locality] = [:]
      /// The one that was asked for last: neighbours in a file are often neighbours.
      var last: (key: Key, locality: Locality)?

      mutating func add(_ key: Key) -> Locality {
        let locality = Locality(jurisdiction: key.region?.description, timeZones: Array(key.timeZones))
        localities[key] = locality
        return locality
      }
    }

    private let known = Locked(Known())

    func locality(of number: AssignedNumber) -> Locality {
      let place = number.place
      let key = Key(region: place.region, timeZones: place.timeZones)
      return known.withLock { known in
        if let last = known.last, last.key == key { return last.locality }
        let locality = known.localities[key] ?? known.add(key)
        known.last = (key, locality)
        return locality
      }
    }
  }
}
