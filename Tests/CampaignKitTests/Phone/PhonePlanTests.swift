import CampaignKit
import Foundation
import Testing

@testable import PhoneTables

/// What the facts say of every region, and the tables that are made of them.
@Suite struct PhonePlanTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func plan() throws -> NumberingPlan {
    try NumberingPlan(text: String(contentsOf: package.appending(path: Main.planPath), encoding: .utf8))
  }

  @Test func theTablesAreMadeOfTheFacts() throws {
    let written = try String(contentsOf: Self.package.appending(path: Main.tablesPath), encoding: .utf8)
    let made = try NumberingTables(Self.plan()).source
    let isSame = written == made
    #expect(isSame, "the facts have changed: run `swift run PhoneTables generate`")
  }

  @Test func theFactsAreWrittenInOneWayOnly() throws {
    let plan = try Self.plan()
    let isSame = try NumberingPlan(text: plan.text).text == plan.text
    #expect(isSame)
  }

  @Test func everyRegionHasItsCallingCode() throws {
    for country in try Self.plan().countries {
      for region in country.regions where region.name != "001" {
        #expect(Region(region.name)?.callingCode == Int(country.callingCode), "\(region.name)")
      }
    }
    #expect(Region.all.count == 245)
  }

  @Test func everyExampleIsReadInEveryForm() throws {
    var count = 0
    for country in try Self.plan().countries {
      for region in country.regions {
        for (kind, digits) in region.examples {
          let text = "+\(country.callingCode)\(digits)"
          let number = try #require(PhoneNumber(text))
          let found = number.kind
          #expect(Self.isSame(found, kind), "\(region.name) \(text) is \(String(describing: found)), not \(kind)")
          try Self.checkForms(of: number, in: Region(region.name))
          count += 1
        }
      }
    }
    #expect(count > 1100)
  }

  @Test func whatIsNearAnExampleIsReadInEveryForm() throws {
    var dice = Dice(11)
    var count = 0
    for country in try Self.plan().countries {
      for region in country.regions {
        for (_, digits) in region.examples {
          var bytes = Array(digits.utf8)
          for _ in 0..<3 { bytes[dice(0...bytes.count - 1)] = UInt8(48 + dice(0...9)) }
          let text = "+\(country.callingCode)" + String(decoding: bytes, as: UTF8.self)
          guard let number = PhoneNumber(text), let owner = number.region else { continue }
          try Self.checkForms(of: number, in: owner)
          count += 1
        }
      }
    }
    #expect(count > 600)
  }

  @Test func noEmergencyNumberIsAssignable() throws {
    var count = 0
    for country in try Self.plan().countries {
      for region in country.regions {
        guard let pattern = region.emergency else { continue }
        var automata = Automata()
        let root = automata.build(pattern)
        for digits in Self.numbers(automata, from: root) {
          let number = PhoneNumber("+\(country.callingCode)\(digits)")
          #expect(number?.isAssignable != true, "\(digits) in \(region.name)")
          let error = #expect(throws: PhoneNumberError.self) {
            try PhoneNumber.parse(digits, defaultRegion: Region(region.name))
          }
          if digits.count > 2 { #expect(error?.problem == .emergencyNumber, "\(digits) in \(region.name)") }
          count += 1
        }
      }
    }
    #expect(count > 600)
  }

  /// Every number of an automaton.
  private static func numbers(_ automata: Automata, from root: Int) -> [String] {
    let state = automata.states[root]
    let longer = state.targets.enumerated().filter { $0.element != Automata.nowhere }.flatMap { digit, target in
      numbers(automata, from: target).map { "\(digit)" + $0 }
    }
    return (state.label != 0 ? [""] : []) + longer
  }

  private static func isSame(_ kind: PhoneNumber.Kind?, _ written: NumberingPlan.Kind) -> Bool {
    switch written {
    case .fixed: kind == .fixed || kind == .fixedOrMobile
    case .mobile: kind == .mobile || kind == .fixedOrMobile
    case .premium: kind == .premium
    case .tollFree: kind == .tollFree
    case .sharedCost: kind == .sharedCost
    case .voip: kind == .voip
    case .personal: kind == .personal
    case .pager: kind == .pager
    case .uan: kind == .company
    case .voicemail: kind == .voicemail
    }
  }

  private static func checkForms(of number: PhoneNumber, in region: Region?) throws {
    for text in [number.description, number.international] {
      let parsed = try? PhoneNumber.parse(text)
      #expect(parsed == ParsedPhoneNumber(number: number), "\(number) is written \(text)")
    }
    let parsed = try? PhoneNumber.parse(number.national, defaultRegion: region)
    if let region, region != .world {
      #expect(parsed?.number == number, "\(number) is written \(number.national) in \(region)")
    }
  }
}
