import CampaignKit
import Foundation
import Synchronization

/// A store with one account and one campaign, and limits that hold nothing back.
struct StoreFixture: Sendable {
  let store: LocalStore
  let account: Account.ID
  let campaign: Campaign.ID

  static let open = LeadSource.localities.map { OpenLocality($0, until: .distantFuture) }

  init(_ store: LocalStore) async throws {
    self.store = store
    let now = try await store.now()
    let identifiers = IdentifierGenerator()
    account = identifiers.next(at: now)
    campaign = identifiers.next(at: now)
    var account = Account(id: account, name: "Benchmark", createdAt: now)
    account.concurrencyLimit = 1 << 40
    try await store.insert(account)
    try await store.setSystemLimit(1 << 40)
    var campaign = Campaign(id: campaign, account: account.id, name: "Benchmark", createdAt: now)
    campaign.retries.maximumAttempts = 1000
    campaign.retries.retried = Set(Disposition.allCases)
    _ = try await store.insert(campaign)
  }

  /// Adds leads in batches; only the store's part of it is timed, on the wall and by the processor.
  @discardableResult
  func fill(_ count: Int, from source: inout LeadSource) async throws -> (wall: Double, processor: Double) {
    var time = (wall: 0.0, processor: 0.0)
    var rest = count
    while rest > 0 {
      let leads = try source.batch(min(10_000, rest))
      rest -= leads.count
      time.wall += try await seconds {
        time.processor += try await processorSeconds {
          keep(try await store.insert(leads, into: campaign, options: LeadInsertion()))
        }
      }
    }
    return time
  }

  /// Starts the campaign, which must have leads, and takes it.
  func start() async throws -> CampaignLease {
    _ = try await store.transition(campaign, on: .start, reason: nil)
    return try await store.acquire(campaign, by: "benchmark", lasting: .seconds(90 * 86_400))
  }

  /// A request for so many calls, wherever their leads are.
  static func request(_ lease: CampaignLease, count: Int) -> ClaimRequest {
    ClaimRequest(lease: lease, count: count, open: open, placeWithin: .seconds(90 * 86_400))
  }

  /// Claims exactly so many calls.
  func claim(_ request: ClaimRequest) async throws -> [ClaimedCall] {
    let claim = try await store.claim(request)
    guard claim.calls.count == request.count else {
      throw Options.Failure(description: "A claim of \(request.count) gave \(claim.calls.count): \(claim.stop).")
    }
    return claim.calls
  }

  /// Makes single calls that small changes can be made to.
  func singleCalls(_ count: Int) async throws -> [Call.ID] {
    var calls: [Call.ID] = []
    for index in 0..<count {
      guard let number = PhoneNumber(digits: 449_000_000_000 + UInt64(index)) else { continue }
      calls.append(try await store.begin(SingleCall(account: account, to: number)).id)
    }
    return calls
  }
}

/// A clock that stands still until it is set.
final class SettableTime: TimeSource {
  private let milliseconds: Atomic<Int64>

  init(_ start: Timestamp) { milliseconds = Atomic(start.milliseconds) }

  func now() -> Timestamp { Timestamp(milliseconds: milliseconds.load(ordering: .relaxed)) }

  func advance(by duration: Duration) {
    milliseconds.wrappingAdd(duration.milliseconds, ordering: .relaxed)
  }
}

extension LocalStore.Configuration {
  /// Everything in memory or in the caches of the system, and no snapshot unless it is asked for.
  static func quick(_ appending: LocalStore.Appending = .thread) -> Self {
    var configuration = Self()
    configuration.durability = .none
    configuration.appending = appending
    configuration.snapshotEvery = 1 << 40
    return configuration
  }
}
