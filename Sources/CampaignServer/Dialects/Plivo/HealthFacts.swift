import CampaignKit
import Foundation
import JSON

/// How the system stands, as far as can be found out without a token and without a write.
struct HealthFacts: Sendable {
  /// Whether the store answers.
  var storeAnswers = true
  /// Whether it takes writes, as far as that is known.
  var storeTakesWrites: Bool
  /// What is wrong.
  var report: HealthReport
  /// What the engine of this process does.
  var engine: EngineActivity

  /// Finds out how a system stands. It never fails: that the store does not answer is a finding too.
  init(of service: CampaignService) async {
    engine = service.engine.activity
    storeTakesWrites = service.storeTakesWrites
    do {
      if let account = try await service.accountForHealth() {
        report = try await CampaignReports(service.storage).health(of: account, storeTakesWrites: storeTakesWrites)
      } else {
        // Without an account there is no call and no campaign.
        report = HealthReport(
          system: Utilization(active: 0, limit: 0), campaignsWithoutOwner: 0, recent: Rollup(),
          storeTakesWrites: storeTakesWrites)
      }
    } catch {
      storeAnswers = false
      storeTakesWrites = false
      report = HealthReport(
        system: Utilization(active: 0, limit: 0), campaignsWithoutOwner: 0, recent: Rollup(), storeTakesWrites: false)
    }
  }

  /// How well everything is.
  var level: LoadLevel { max(report.level, container) }

  /// The store by itself.
  var store: LoadLevel { storeTakesWrites ? .healthy : .critical }

  /// The points of the store by itself: none where it does not answer, and what a store without writes costs else.
  var storeScore: Int {
    guard storeAnswers else { return 0 }
    return 100 - report.deductions.filter { $0.fault == .storeRefusesWrites }.reduce(0) { $0 + $1.points }
  }

  /// This process: it is of little use while its engine does not run.
  var container: LoadLevel { engine.isRunning ? .healthy : .warning }

  /// Campaigns that nobody runs, and calls that fail.
  var campaigns: LoadLevel {
    report.deductions.contains { $0.fault == .campaignsWithoutOwner || $0.fault == .carrierErrors }
      ? .warning : .healthy
  }

  /// What is wrong, in sentences.
  var warnings: [String] {
    let found = report.deductions.map { deduction in
      switch deduction.fault {
      case .storeRefusesWrites: storeAnswers ? "The store takes no writes." : "The store does not answer."
      case .loadCritical, .loadWarning: "The system's limit on calls is used to \(deduction.figure) %."
      case .campaignsWithoutOwner: "\(Int(deduction.figure)) campaigns should run, and no process has them."
      case .carrierErrors: "\(deduction.figure) % of the calls of the last hour ended by a fault of the carrier."
      }
    }
    return found + (engine.isRunning ? [] : ["The engine of this process does not run."])
  }

  /// What to do about it.
  var recommendations: JSONValue {
    .array(
      report.deductions.map { deduction in
        let isUrgent = deduction.fault == .storeRefusesWrites || deduction.fault == .loadCritical
        return [
          "type": .string(deduction.fault.rawValue), "message": .string(deduction.advice),
          "priority": .string((isUrgent ? Recommendation.Priority.high : .medium).rawValue),
        ]
      })
  }
}

extension CampaignService {
  /// The account whose calls are the sign of how the carrier does: that of this server, or else the oldest.
  func accountForHealth() async throws -> Account.ID? {
    if let account = configuration.localAccount { return account }
    return try await storage.accounts(PageRequest(limit: 1)).elements.first?.id
  }

  /// How many accounts there are, and how many campaigns they have.
  func countForHealth() async throws -> (accounts: Int, campaigns: Int) {
    var count = (accounts: 0, campaigns: 0)
    try await Page.forEach(in: storage.accounts) { accounts in
      count.accounts += accounts.count
      for account in accounts {
        count.campaigns += try await storage.campaignCounts(of: account.id).values.reduce(0, +)
      }
    }
    return count
  }

  /// How many bytes the files of the store have; 0 where it has none.
  var storeBytes: Int {
    guard let folder = configuration.storeFolder,
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
    else { return 0 }
    return names.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }
}

/// The memory of this process, as the system tells it; 0 where it does not.
struct ProcessMemory {
  /// Bytes that are in memory.
  var resident = 0
  /// Bytes that were set aside for data.
  var data = 0
  /// Bytes that are in memory and are no part of a file.
  var own = 0

  init() {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return }
    let pages = text.split(separator: " ").map { Int($0.filter(\.isNumber)) ?? 0 }
    guard pages.count > 5 else { return }
    let size = Int(sysconf(Int32(_SC_PAGESIZE)))
    (resident, data, own) = (pages[1] * size, pages[5] * size, max(0, pages[1] - pages[2]) * size)
  }
}
