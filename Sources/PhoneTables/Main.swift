import Foundation

/// Makes the tables of telephone numbers in the library from numbering-plan.txt.
@main
struct Main {
  static let usage = """
    Usage: PhoneTables generate
             writes Sources/CampaignKit/Phone/NumberingTables.swift from Sources/PhoneTables/numbering-plan.txt
           PhoneTables convert NUMBERS.xml SHORT.xml ZONES.txt
             writes numbering-plan.txt from public numbering metadata
    Both are run in the folder of the package.
    """
  static let planPath = "Sources/PhoneTables/numbering-plan.txt"
  static let tablesPath = "Sources/CampaignKit/Phone/NumberingTables.swift"

  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    do {
      switch arguments.first {
      case "generate" where arguments.count == 1: try generate()
      case "convert" where arguments.count == 4: try convert(Array(arguments.dropFirst()))
      default:
        print(usage)
        exit(arguments.isEmpty ? 0 : 2)
      }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit(1)
    }
  }

  private static func generate() throws {
    let tables = try NumberingTables(NumberingPlan(text: String(contentsOfFile: planPath, encoding: .utf8)))
    try tables.source.write(toFile: tablesPath, atomically: true, encoding: .utf8)
    print(tables.summary)
  }

  private static func convert(_ paths: [String]) throws {
    let texts = try paths.map { try String(contentsOfFile: $0, encoding: .utf8) }
    let plan = try PublicMetadata.plan(numbers: texts[0], short: texts[1], zones: texts[2])
    try plan.text.write(toFile: planPath, atomically: true, encoding: .utf8)
    print("\(plan.countries.count) calling codes, \(plan.countries.map(\.regions.count).reduce(0, +)) regions")
  }
}
