import CampaignTesting
import JSON
import Testing

@testable import CampaignKit

/// Reads bytes to the end.
func reading<Result>(
  _ bytes: [UInt8], _ read: (inout ByteReader) throws(StoreError) -> Result
) throws(StoreError) -> Result {
  let result = bytes.withUnsafeBytes { bytes in
    Swift.Result { () throws(StoreError) in
      var reader = ByteReader(bytes)
      let value = try read(&reader)
      guard reader.isAtEnd else { throw StoreError(.invalid, "\(reader.remaining) bytes are left") }
      return value
    }
  }
  return try result.get()
}

func writing(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
  var writer = ByteWriter()
  write(&writer)
  return writer.bytes
}

extension StoreState {
  /// An empty state that makes the same identifiers for the same seed.
  init(seed: UInt64, keepsChanges: Bool = false) {
    self.init(
      identifiers: IdentifierGenerator(random: SeededGenerator(seed: seed)), keepsChanges: keepsChanges)
  }

  /// Adds an account with wide limits and an active campaign with so many leads.
  mutating func begin(leads: Int, at now: Timestamp) throws -> CampaignLease {
    var account = Account(id: Samples.id(1), name: "A", createdAt: now)
    account.concurrencyLimit = 1_000_000
    try insert(account, at: now)
    try setLimits(system: 1_000_000, at: now)
    let campaign = Campaign(id: Samples.id(2), account: account.id, name: "C", createdAt: now)
    _ = try insert(campaign, at: now)
    var new: [NewLead] = []
    for index in 0..<leads {
      guard let number = PhoneNumber(digits: 4_915_110_000_000 + UInt64(index)) else { continue }
      new.append(
        NewLead(
          number: number, person: Person(firstName: "P\(index)"), priority: Int32(index % 5),
          fields: index % 3 == 0 ? ["n": .init(index)] : [:], locality: index % 2 == 0 ? .unknown : Samples.locality))
    }
    _ = try insert(new, into: campaign.id, options: LeadInsertion(), at: now)
    if leads > 0 { _ = try transition(campaign.id, on: .start, reason: nil, at: now) }
    return try acquire(campaign.id, by: "me", lasting: .seconds(1_000_000), at: now)
  }

  /// Claims so many calls, wherever the leads are.
  mutating func claim(_ count: Int, _ lease: CampaignLease, at now: Timestamp) throws -> Claim {
    let open = [Locality.unknown, Samples.locality].map { OpenLocality($0, until: .distantFuture) }
    return try claim(ClaimRequest(lease: lease, count: count, open: open), at: now)
  }
}

/// Gathers the bytes of a snapshot.
final class GatheringSink: SnapshotSink {
  var bytes: [UInt8] = []
  func write(_ more: UnsafeRawBufferPointer) throws(LogError) { bytes.append(contentsOf: more) }
}
