import CampaignKit
import CampaignTesting
import Foundation

/// Kills a process that changes a store, again and again, and looks each time whether anything was lost.
struct CrashSoak {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  struct Tally {
    var kills = 0
    var acknowledged = 0
    var inDoubt = 0
    var repaired = 0
    var whileOpening = 0
    var leads = 0
    var calls = 0
    var restarts = 0
  }

  let kills: Int
  let seed: UInt64
  /// The program to start: this one.
  let program: String
  /// After so many kills an empty store is begun, since checking takes longer with every one.
  var killsOfAStore = 25
  /// The most lines that a child may tell before it is killed.
  var mostLines = 2500

  func run() async throws -> Tally {
    var tally = Tally()
    var random = SeededGenerator(seed: seed)
    while tally.kills < kills {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crash-\(UUID().uuidString)").path
      defer { try? FileManager.default.removeItem(atPath: folder) }
      var ledger = Ledger()
      tally.restarts += 1
      for _ in 0..<min(killsOfAStore, kills - tally.kills) {
        do {
          try await round(folder, &ledger, &tally, &random)
        } catch {
          throw Failure(description: "seed \(seed), kill \(tally.kills): \(error)")
        }
      }
    }
    return tally
  }

  private func round(
    _ folder: String, _ ledger: inout Ledger, _ tally: inout Tally, _ random: inout SeededGenerator
  ) async throws {
    let before = ledger.acknowledged
    let wasOpen = try live(folder, &ledger, &random)
    tally.kills += 1
    tally.acknowledged += ledger.acknowledged - before
    tally.inDoubt += ledger.doubts.count
    if !wasOpen { tally.whileOpening += 1 }
    let store = try LocalStore.file(at: folder)
    if !store.condition.repairs.isEmpty { tally.repaired += 1 }
    var differences = try await ledger.settle(with: store)
    var recount = Recount(store)
    try await recount.run()
    differences += recount.differences
    tally.leads = max(tally.leads, recount.leads)
    tally.calls = max(tally.calls, recount.calls)
    try await store.close()
    guard differences.isEmpty else {
      throw Failure(description: differences.prefix(20).joined(separator: "\n"))
    }
  }

  /// Lets a child work until a random moment; false when it was killed before its store was open.
  private func live(_ folder: String, _ ledger: inout Ledger, _ random: inout SeededGenerator) throws -> Bool {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: program)
    child.arguments = ["crash-child", folder, "\(random.next())"]
    let pipe = Pipe()
    child.standardOutput = pipe
    try child.run()
    // The moment is told in lines, so that a slow machine gets as far as a quick one, and a little time after that.
    let isEarly = Int.random(in: 0..<10, using: &random) == 0
    let lines = isEarly ? 0 : Int.random(in: 1..<mostLines, using: &random)
    let delay = UInt32.random(in: 0..<(isEarly ? 60_000 : 3000), using: &random)
    var carry: [UInt8] = []
    var count = 0
    var isKilled = false
    var isOpen = false
    func kill() {
      usleep(delay)
      Foundation.kill(child.processIdentifier, SIGKILL)
      isKilled = true
    }
    if lines == 0 { kill() }
    while let data = try pipe.fileHandleForReading.read(upToCount: 1 << 16), !data.isEmpty {
      carry += data
      while let end = carry.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: carry[..<end], as: UTF8.self)
        carry.removeSubrange(...end)
        count += 1
        if line == "open" {
          isOpen = true
        } else if !ledger.take(line: line) {
          throw Failure(description: "a line that is none: \(line)")
        }
      }
      if count >= lines, !isKilled { kill() }
    }
    child.waitUntilExit()
    guard isKilled, child.terminationReason == .uncaughtSignal, child.terminationStatus == SIGKILL else {
      throw Failure(description: "the child ended by itself, with status \(child.terminationStatus)")
    }
    return isOpen
  }
}
