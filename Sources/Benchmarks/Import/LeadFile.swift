import Foundation

/// A file of leads as a customer would send it: twelve columns, about 120 bytes a row, and one row in twenty with
/// fields in quotes that hold delimiters, quotes or line breaks. The same seed gives the same file.
struct LeadFile {
  let path: String
  let rows: Int
  let bytes: Int

  static let header = "phone,first_name,last_name,email,company,country,priority,plan,balance,reference,city,notes\r\n"

  private static let firstNames = [
    "Anna", "Boris", "Carla", "David", "Elena", "Farid", "Greta", "Hiroshi", "Inês", "Jonas",
  ]
  private static let lastNames = [
    "Adams", "Brown", "Costa", "Dubois", "Evans", "Fischer", "Garcia", "Hansen", "Ivanov", "Johnson", "Kowalski",
    "Lindqvist", "Müller",
  ]
  private static let companies = ["Acme Corp", "Globex", "Initech", "Umbrella", "Hooli", "Stark Ltd"]
  private static let cities = ["Springfield", "Portland", "Austin", "San José", "Albany", "Reno"]
  private static let quoted = [
    "\"calls back, after six\"", "\"says \"\"maybe\"\"\"", "\"first line\r\nsecond line\"",
    "\"moved, see \"\"file\"\"\"",
  ]

  init(rows: Int, at path: String) throws {
    self.path = path
    self.rows = rows
    guard let file = fopen(path, "wb") else { throw SystemCallFailure("fopen") }
    var random = SplitMix64(seed: 4)
    var text = Self.header
    var written = 0
    var isWhole = true
    for row in 0..<rows {
      text += Self.line(row, &random)
      if text.utf8.count > 1 << 16 || row == rows - 1 {
        written += text.utf8.count
        isWhole = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, file) == $0.count } && isWhole
        text = ""
      }
    }
    guard fclose(file) == 0, isWhole else { throw SystemCallFailure("fwrite") }
    bytes = written
  }

  private static func line(_ row: Int, _ random: inout SplitMix64) -> String {
    func pick(_ list: [String]) -> String { list[Int(random.next() % UInt64(list.count))] }
    let first = pick(firstNames)
    let last = pick(lastNames)
    let isQuoted = random.next() % 20 == 0
    let company = isQuoted && random.next() % 2 == 0 ? "\"\(last), \(pick(lastNames)) & Co\"" : pick(companies)
    let notes = isQuoted ? pick(quoted) : row % 3 == 0 ? "asked to be called" : ""
    let phone = "+1\(2_015_550_000 + row)"
    return
      "\(phone),\(first),\(last),\(first).\(last).\(row)@example.com,\(company),US,\(row % 3 + 1),"
      + "\(row % 3 == 0 ? "standard" : "premium"),\(random.next() % 100_000),A-\(row),\(pick(cities)),\(notes)\r\n"
  }
}
