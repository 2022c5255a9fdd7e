import Foundation
import Locks

/// The offsets of one time zone from 1970 to 2100, read once from the system's time zone data.
///
/// This is the only place that asks Foundation for a time zone.
final class ZoneTable: Sendable {
  /// When each offset begins, in milliseconds since 1970; the first begins before all time.
  let starts: [Int64]
  /// What is added to UTC, in milliseconds.
  let offsets: [Int64]

  private init(_ zone: TimeZone) {
    let last = Date(timeIntervalSince1970: 4_102_444_800)
    var moment = Date(timeIntervalSince1970: 0)
    var starts = [Int64.min]
    var offsets = [Int64(zone.secondsFromGMT(for: moment)) * 1000]
    while let next = zone.nextDaylightSavingTimeTransition(after: moment), next > moment, next < last {
      moment = next
      let offset = Int64(zone.secondsFromGMT(for: next)) * 1000
      // Some transitions change only the name of the time.
      guard offset != offsets.last else { continue }
      starts.append(Int64((next.timeIntervalSince1970 * 1000).rounded()))
      offsets.append(offset)
    }
    self.starts = starts
    self.offsets = offsets
  }

  private init(offset: Int64) {
    starts = [.min]
    offsets = [offset]
  }

  /// The table of UTC, which needs no data.
  static let utc = ZoneTable(offset: 0)

  private static let known = Locked<[String: ZoneTable]>([:])

  /// The table of a zone, by its IANA name; nil where the system knows no such zone.
  static func named(_ name: String) -> ZoneTable? {
    if let table = known.withLock({ $0[name] }) { return table }
    // What Foundation makes of other names, such as `GMT+0530` or one with a zero byte in it, is no zone of the database.
    guard name != "Factory", !name.hasPrefix("GMT+"), !name.hasPrefix("GMT-"), name.utf8.allSatisfy(isNameByte),
      let zone = TimeZone(identifier: name),
      zone.identifier == name || zone.identifier == "GMT"
    else { return nil }
    let table = ZoneTable(zone)
    known.withLock { $0[name] = table }
    return table
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "+"):
      true
    default: false
    }
  }

  /// The place of the offset that holds at a moment.
  func place(at milliseconds: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= milliseconds { low = middle } else { high = middle }
    }
    return low
  }

  /// When the offset at a place ends; never for the last one.
  func end(of place: Int) -> Int64 {
    place + 1 < starts.count ? starts[place + 1] : .max
  }
}
