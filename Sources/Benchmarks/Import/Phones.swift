import CampaignKit

/// Reading telephone numbers as people write them, and writing them in international form, beside looking at each byte.
func measurePhones(_ context: Context) async throws {
  let texts = PhoneTexts(count: context.scaled(1_000_000))
  let (values, limits) = try await alternate(rounds: context.rounds(9)) {
    let taken = try await processorSeconds { keep(try texts.read()) }
    return Double(texts.count) / taken
  } _: {
    let taken = await processorSeconds { keep(texts.touch()) }
    return Double(texts.count) / taken
  }
  context.report.add(
    Figure(
      name: "phone numbers read, checked and written", value: values.median, unit: "numbers/s",
      limit: limits.median, target: .atLeast(1_000_000),
      note: "one core, by processor time; \(texts.byteCount / texts.count) bytes each, six ways of writing in five "
        + "countries; the limit adds up the bytes; spread \((values.spread * 100).short) %"))
}

/// Telephone numbers in one buffer, as a reader of files has them.
private struct PhoneTexts {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var regions: [Region?] = []

  var count: Int { ends.count }
  var byteCount: Int { bytes.count }

  init(count: Int) {
    let ways: [(before: String, after: String, region: String?)] = [
      ("(415) 555-", "", "US"), ("+1 212-555-", "", nil), ("+44207946", "", nil), ("030 2345", "", "DE"),
      ("+33 6 12 34 ", "", "US"), ("0912 345 ", " ext. 12", "PH"),
    ]
    let known = ways.map { $0.region.flatMap { Region($0) } }
    for index in 0..<count {
      let way = ways[index % ways.count]
      let last = String(10_000 + index % 8_999).dropFirst()
      bytes += Array((way.before + last + (index % 60 == 5 ? way.after : "")).utf8)
      ends.append(bytes.count)
      regions.append(known[index % ways.count])
    }
  }

  /// Reads every number, and returns how many bytes their international forms have.
  func read() throws -> Int {
    try bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var written = 0
      for (end, region) in zip(ends, regions) {
        let text = UnsafeBufferPointer(rebasing: bytes[start..<end])
        written += try PhoneNumber.parse(utf8: text, defaultRegion: region).number.description.utf8.count
        start = end
      }
      return written
    }
  }

  /// Adds up the bytes of every number.
  func touch() -> UInt64 {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var sum: UInt64 = 0
      for end in ends {
        var own: UInt64 = 0
        for byte in bytes[start..<end] { own = own &* 31 &+ UInt64(byte) }
        sum ^= own
        start = end
      }
      return sum
    }
  }
}
