package import CampaignKit

/// All that will happen in a simulation, except for what the engine makes of it.
package struct SimulationPlan: Sendable {
  /// The kinds of bad days.
  package struct Faults: OptionSet, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: Int

    package init(rawValue: Int) {
      self.rawValue = rawValue
    }

    /// Processes die between any two operations.
    package static let crash = Faults(rawValue: 1)
    /// Orders and events are lost, late and doubled, and the carrier is out of order.
    package static let carrier = Faults(rawValue: 2)
    /// The store is slow, refuses, or loses power.
    package static let storage = Faults(rawValue: 4)
    /// The clock on the wall jumps.
    package static let clock = Faults(rawValue: 8)
    /// All of them.
    package static let all: Faults = [.crash, .carrier, .storage, .clock]

    private static let names: [(name: String, faults: Faults)] = [
      ("crash", .crash), ("carrier", .carrier), ("storage", .storage), ("clock", .clock),
    ]

    /// Reads `all`, `none`, or some of them with commas between.
    package init?(_ text: String) {
      self = text == "all" ? .all : []
      guard text != "all", text != "none" else { return }
      for name in text.split(separator: ",") {
        guard let known = Self.names.first(where: { $0.name == name }) else { return nil }
        formUnion(known.faults)
      }
    }

    /// What ``init(_:)`` reads.
    package var description: String {
      if self == .all { return "all" }
      let names = Self.names.filter { contains($0.faults) }.map(\.name)
      return names.isEmpty ? "none" : names.joined(separator: ",")
    }
  }

  /// Where things are kept.
  package enum Store: Hashable, Sendable {
    /// In memory.
    case memory
    /// In files that can lose power, with a snapshot after so many bytes.
    case files(snapshotEvery: Int)
  }

  /// Somebody with numbers, who may be a lead in several campaigns of an account.
  package struct Person: Hashable, Sendable {
    package var numbers: [UInt64]
    package var locality: Locality
  }

  /// A person in a campaign.
  package struct Lead: Hashable, Sendable {
    package var person: Int
    package var subject: String?
    package var priority: Int32
    package var notBefore: Duration?
  }

  package struct AccountPlan: Sendable {
    package var account: Account
    package var people: [Person]
    package var agents: [Agent]
  }

  package struct CampaignPlan: Sendable {
    package var campaign: Campaign
    package var account: Int
    package var leads: [Lead]
  }

  /// What a person does who runs campaigns.
  package enum Act: Hashable, Sendable {
    case start(campaign: Int)
    case pause(campaign: Int, hangingUp: Bool)
    case resume(campaign: Int)
    case cancel(campaign: Int, hangingUp: Bool)
    case end(campaign: Int)
    case addLeads(campaign: Int, [Lead])
    case systemLimit(Int)
    case accountLimit(account: Int, Int?)
    case campaignLimit(campaign: Int, Int?)
    /// An entry for one account, or for all where it is nil.
    case suppress(account: Int?, number: UInt64, hangingUp: Bool)
    case agentStatus(account: Int, agent: Int, Agent.Status)
    case singleCall(account: Int, number: UInt64)
    case reschedule(campaign: Int, person: Int, after: Duration)
  }

  /// What goes wrong.
  package enum Trouble: Hashable, Sendable {
    /// A process dies at its n-th operation from now on, before or after the effect of it, and another one starts.
    case crash(process: Int, operations: Int, hasEffect: Bool, downtime: Duration)
    /// A process is stopped in an orderly way, and another one starts.
    case stop(process: Int, downtime: Duration)
    /// The power fails after so many operations on files; what survives is drawn by the seed.
    case powerCut(operations: Int, seed: UInt64, downtime: Duration)
    /// Each operation takes up to so long.
    case slowStore(delay: Duration, lasting: Duration)
    /// Writes are refused, for lack of room or because the device fails.
    case refusingStore(noRoom: Bool, lasting: Duration)
    case clockJump(Duration)
    case carrierDown(lasting: Duration)
  }

  /// Something that happens at a moment.
  package struct Entry<Event: Hashable & Sendable>: Hashable, Sendable {
    package var at: Duration
    package var event: Event
  }

  package var seed: UInt64
  package var faults: Faults
  package var start: Timestamp
  /// When the last act and the last trouble are over.
  package var horizon: Duration
  /// How long all is well after that, before what still goes on is cancelled.
  package var calm: Duration
  package var processes: Int
  /// How far the clock of the process in each place is ahead of the store's.
  package var clocks: [Duration]
  package var store: Store
  package var systemLimit: Int
  package var accounts: [AccountPlan]
  package var campaigns: [CampaignPlan]
  package var acts: [Entry<Act>]
  package var troubles: [Entry<Trouble>]
  package var carrier: CarrierPlan
  package var engine: EnginePlan

  /// How the engines work.
  package struct EnginePlan: Hashable, Sendable {
    package var tick: Duration
    package var lease: Duration
    package var claimSize: Int
    package var placeWithin: Duration
  }

  /// What the carrier is like.
  package struct CarrierPlan: Hashable, Sendable {
    package var capabilities: DialerCapabilities
    package var mix: CarrierMix
    package var faults: CarrierFaults
  }

  /// The longest that one operation of the store can take.
  package var slowestOperation: Duration {
    troubles.map { if case .slowStore(let delay, _) = $0.event { delay } else { .zero } }.max() ?? .zero
  }

  /// Whether single calls keep the legal hours, as they do where the simulation lasts for days.
  package var singleCallsKeepHours: Bool { calm > .seconds(86_400) }

  /// The greatest sum by which the clock on the wall jumps forwards.
  package var jumps: [Entry<Duration>] {
    troubles.compactMap { entry in
      if case .clockJump(let by) = entry.event { Entry(at: entry.at, event: by) } else { nil }
    }
  }
}
