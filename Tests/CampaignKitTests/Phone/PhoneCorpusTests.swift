import CampaignKit
import Foundation
import Testing

/// 25,402 texts with what they should be read as.
@Suite struct PhoneCorpusTests {
  private struct Row {
    var text: String
    var region: Region?
    /// The number in international form; nil for a text that is no number.
    var number: String?
    var facts: [String]
    var phoneExtension: String?
    var way: String
  }

  private static func rows() throws -> [Row] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "phones.tsv")
    let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n").dropFirst()
    return try lines.map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      try #require(fields.count == 9)
      return Row(
        text: fields[0], region: Region(fields[1]), number: fields[2] == "INVALID" ? nil : fields[2],
        facts: Array(fields[3...5]), phoneExtension: fields[7].isEmpty ? nil : fields[7], way: fields[8])
    }
  }

  private static func facts(_ number: PhoneNumber) -> [String] {
    let zones = number.timeZones.joined(separator: ";")
    return [number.region?.description ?? "", number.kind.map(name) ?? "", zones.isEmpty ? "Etc/Unknown" : zones]
  }

  private static func name(_ kind: PhoneNumber.Kind) -> String {
    switch kind {
    case .fixed: "FIXED_LINE"
    case .mobile: "MOBILE"
    case .fixedOrMobile: "FIXED_LINE_OR_MOBILE"
    case .tollFree: "TOLL_FREE"
    case .premium: "PREMIUM_RATE"
    case .sharedCost: "SHARED_COST"
    case .personal: "PERSONAL_NUMBER"
    case .voip: "VOIP"
    case .pager: "PAGER"
    case .company: "UAN"
    case .voicemail: "VOICEMAIL"
    }
  }

  @Test func almostEveryTextIsReadAsExpected() throws {
    let rows = try Self.rows()
    try #require(rows.count == 25_402)
    var otherNumbers: [String] = []
    var otherFacts: [String] = []
    var otherExtensions: [String] = []
    for row in rows {
      let parsed = try? PhoneNumber.parse(row.text, defaultRegion: row.region)
      let found = "\(row.way): '\(row.text)' in \(row.region?.description ?? "no region")"
      guard parsed?.number.description == row.number else {
        otherNumbers.append("\(found) is \(parsed?.number.description ?? "invalid"), not \(row.number ?? "invalid")")
        continue
      }
      guard let parsed else { continue }
      if Self.facts(parsed.number) != row.facts { otherFacts.append("\(found): \(Self.facts(parsed.number))") }
      if parsed.phoneExtension != row.phoneExtension { otherExtensions.append(found) }
    }
    let count = Double(rows.count)
    #expect(Double(otherNumbers.count) / count <= 0.005, "\(otherNumbers.joined(separator: "\n"))")
    #expect(Double(otherFacts.count) / count <= 0.02, "\(otherFacts.joined(separator: "\n"))")
    #expect(Double(otherExtensions.count) / count <= 0.005, "\(otherExtensions.joined(separator: "\n"))")
  }
}
