import CampaignKit
import CampaignTesting
import Locks
import Testing

/// A store with an account and a campaign.
struct ImportScene {
  let store: LocalStore
  let time: ManualTime
  let account: Account.ID
  let campaign: Campaign.ID

  /// Makes the store on a disk, or in memory when there is none.
  init(on disk: (any FileSystem)? = nil) async throws {
    time = ManualTime()
    let configuration = StoreSupport.configuration(time, seed: 1)
    store = try disk.map { try StoreSupport.open($0, configuration) } ?? LocalStore(configuration: configuration)
    let identifiers = IdentifierGenerator(random: SeededGenerator(seed: 2))
    let now = time.now()
    account = identifiers.next(at: now)
    campaign = identifiers.next(at: now)
    try await store.insert(Account(id: account, name: "Acme", createdAt: now))
    _ = try await store.insert(Campaign(id: campaign, account: account, name: "Renewals", createdAt: now))
  }

  func run(
    _ text: String, into other: Campaign.ID? = nil, sink: (any RefusedRowSink)? = nil,
    _ change: (inout LeadImporter.Options) -> Void = { _ in }
  ) async throws(ImportError) -> ImportResult {
    var options = LeadImporter.Options()
    options.batchSize = 3
    change(&options)
    return try await LeadImporter(store, options: options)
      .run(.bytes(Array(text.utf8), name: "leads.csv"), into: other ?? campaign, refusals: sink)
  }

  func leads(of other: Campaign.ID? = nil) async throws -> [Lead] {
    try await store.leads(LeadQuery(.campaign(other ?? campaign)), page: PageRequest(limit: 10_000)).elements
  }

  func otherCampaign() async throws -> Campaign.ID {
    let id = Campaign.ID(high: 1, low: 2)
    _ = try await store.insert(Campaign(id: id, account: account, name: "Other", createdAt: time.now()))
    return id
  }
}

/// Keeps all refused rows.
final class RefusedRows: RefusedRowSink {
  private let kept = Locked<[RefusedRow]>([])

  var rows: [RefusedRow] { kept.withLock { $0 } }

  func take(_ rows: [RefusedRow], header: [String]) {
    kept.withLock { $0 += rows }
  }
}

/// Takes any text for a number, so that what else is in a file can be looked at.
struct AnyPhoneReader: PhoneReader {
  func read(_ text: UnsafeRawBufferPointer, region: String?) throws(PhoneRefusal) -> PhoneReading {
    let value = text.reduce(UInt64(1000)) { ($0 &* 31 &+ UInt64($1)) % 1_000_000_000 + 1000 }
    guard let number = PhoneNumber(digits: value) else { throw PhoneRefusal("no number") }
    return PhoneReading(number, locality: Locality(jurisdiction: region))
  }
}

/// Counts refused rows, and their fields and bytes, call by call.
final class CountingSink: RefusedRowSink {
  private let counted = Locked<[(rows: Int, cells: Int, bytes: Int)]>([])

  var calls: [(rows: Int, cells: Int, bytes: Int)] { counted.withLock { $0 } }

  func take(_ rows: [RefusedRow], header: [String]) {
    let cells = rows.flatMap(\.cells)
    counted.withLock { $0.append((rows.count, cells.count, cells.reduce(0) { $0 + $1.utf8.count })) }
  }
}
