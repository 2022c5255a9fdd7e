import CampaignKit
import Foundation
import JSON
import Testing

/// A file of the folder `Data` with what is expected of it.
struct CSVCase: CustomTestStringConvertible, Sendable {
  var name: String
  var bytes: [UInt8]
  var expectation: JSONValue

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Data")

  static let all: [CSVCase] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".csv") }.sorted().compactMap { name in
      let file = folder.appendingPathComponent(name)
      guard let csv = try? Data(contentsOf: file),
        let json = try? Data(contentsOf: file.deletingPathExtension().appendingPathExtension("json")),
        let expectation = try? JSONValue(parsing: json)
      else { return nil }
      return CSVCase(name: name, bytes: Array(csv), expectation: expectation)
    }
  }()

  static func named(_ part: String) throws -> CSVCase {
    try #require(all.first { $0.name.contains(part) })
  }

  var delimiter: CSVDelimiter? {
    expectation["delimiter"]?.string?.utf8.first.flatMap { CSVDelimiter($0) }
  }

  /// Every outcome that is acceptable.
  var outcomes: [[[String]]] {
    let all = [expectation["records"]].compactMap(\.self) + (expectation["alternatives"]?.array ?? [])
    return all.map { ($0.array ?? []).map { ($0.array ?? []).map { $0.string ?? "" } } }
  }

  /// Whether refusing the file is the one right answer.
  var isRefused: Bool { expectation["reject"]?.string == "only" }
}

@Suite struct CSVCaseTests {
  @Test func findsTheCases() {
    #expect(CSVCase.all.count == 68)
  }

  /// Whether the delimiter is told or found, each file gives its records.
  @Test(arguments: CSVCase.all)
  func givesTheExpectedRecords(_ file: CSVCase) throws {
    var told = CSVReader.Configuration()
    told.delimiter = file.delimiter
    #expect(told.delimiter != nil)
    for configuration in [told, CSVReader.Configuration()] {
      if file.isRefused {
        #expect(throws: CSVError.self) { try CSVReader.records(in: file.bytes, configuration) }
      } else {
        let records = try CSVReader.records(in: file.bytes, configuration)
        #expect(file.outcomes.contains(records))
      }
    }
  }

  @Test(arguments: CSVCase.all.filter { $0.expectation["detect"]?.bool == true })
  func findsTheDelimiter(_ file: CSVCase) throws {
    var reader = CSVReader()
    reader.append(file.bytes)
    reader.finish()
    #expect(reader.delimiter == file.delimiter)
  }

  /// The first of the outcomes, which is the best one, but for one file: in `{"a":1,"b":2}` without quotes around it,
  /// the second field begins with a quote, so that its quotes are taken for such.
  @Test func givesTheBestOfSeveralOutcomes() throws {
    for file in CSVCase.all where !file.isRefused && !file.name.contains("json-unquoted-comma") {
      #expect(try CSVReader.records(in: file.bytes) == file.outcomes.first, "\(file.name)")
    }
  }
}
