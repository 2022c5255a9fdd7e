/// What the first bytes of a file say of it.
struct CSVOpening {
  /// How many bytes are looked at when the delimiter is sought.
  static let size = 64 << 10
  /// How many records are looked at.
  private static let records = 50

  var encoding: CSVEncoding?
  /// How many bytes the byte order mark takes.
  var mark = 0
  var delimiter = CSVDelimiter.comma
  /// How many bytes of UTF-8 a line takes that only names the delimiter, as spreadsheets write it.
  var declaration = 0

  /// How many bytes are needed before anything is read.
  static func size(for configuration: CSVReader.Configuration) -> Int {
    configuration.delimiter == nil ? size : configuration.encoding == nil ? 1024 : 3
  }

  /// Looks at the beginning of a file: ``size(for:)`` bytes, or all that there are.
  init(_ bytes: [UInt8], configuration: CSVReader.Configuration) {
    (encoding, mark) = Self.encoding(of: bytes, told: configuration.encoding)
    if let told = configuration.delimiter {
      delimiter = told
      return
    }
    var text = Array(bytes[mark...])
    if encoding == .utf16LittleEndian || encoding == .utf16BigEndian {
      var transcoder = UTF16Transcoder(isBigEndian: encoding == .utf16BigEndian, keepsHalves: false)
      var output: [UInt8] = []
      text.withUnsafeBytes { transcoder.transcode($0, into: &output) }
      text = output
    }
    if let (declared, count) = Self.declaration(in: text) {
      delimiter = declared
      declaration = count
    } else {
      delimiter = Self.likeliestDelimiter(of: text, isWhole: bytes.count < Self.size)
    }
  }

  private static func encoding(of bytes: [UInt8], told: CSVEncoding?) -> (CSVEncoding?, mark: Int) {
    let marks: [(CSVEncoding, [UInt8])] = [
      (.utf8, [0xEF, 0xBB, 0xBF]), (.utf16LittleEndian, [0xFF, 0xFE]), (.utf16BigEndian, [0xFE, 0xFF]),
    ]
    for (encoding, mark) in marks where (told ?? encoding) == encoding && bytes.starts(with: mark) {
      // A mark that says UTF-8 does not rule out a byte that is not: the fields are looked at all the same.
      return (encoding == .utf8 ? told : encoding, mark.count)
    }
    guard told == nil else { return (told, 0) }
    // Text of a few European languages in UTF-16 has a NUL in most of its pairs of bytes, always on the same side.
    let pairs = min(bytes.count, 1024) / 2
    var zeros = (even: 0, odd: 0)
    for pair in 0..<pairs {
      if bytes[2 * pair] == 0 { zeros.even += 1 }
      if bytes[2 * pair + 1] == 0 { zeros.odd += 1 }
    }
    if zeros.even == 0, zeros.odd > pairs / 2 { return (.utf16LittleEndian, 0) }
    if zeros.odd == 0, zeros.even > pairs / 2 { return (.utf16BigEndian, 0) }
    return (nil, 0)
  }

  /// A first line such as `sep=;`.
  private static func declaration(in text: [UInt8]) -> (CSVDelimiter, count: Int)? {
    guard text.count >= 5, text.prefix(4).elementsEqual("sep=".utf8), let delimiter = CSVDelimiter(text[4]) else {
      return nil
    }
    let rest = text[5...].prefix(2)
    guard let first = rest.first else { return (delimiter, 5) }
    if first == CSVByte.lineFeed { return (delimiter, 6) }
    guard first == CSVByte.carriageReturn else { return nil }
    return (delimiter, rest.count == 2 && rest.last == CSVByte.lineFeed ? 7 : 6)
  }

  /// The delimiter with which the most records have the same number of fields, more than one.
  ///
  /// Of several, the one that gives more fields; of several such, the one that is more usual.
  private static func likeliestDelimiter(of text: [UInt8], isWhole: Bool) -> CSVDelimiter {
    var best = (delimiter: CSVDelimiter.comma, share: 0.0, fields: 1)
    for candidate in CSVDelimiter.candidates {
      let counts = fieldCounts(of: text, isWhole: isWhole, delimiter: candidate)
      let tally = Dictionary(grouping: counts.filter { $0 > 1 }, by: \.self).mapValues(\.count)
      guard let mode = tally.max(by: { ($0.value, $0.key) < ($1.value, $1.key) }) else { continue }
      let share = Double(mode.value) / Double(counts.count)
      if (share, mode.key) > (best.share, best.fields) { best = (candidate, share, mode.key) }
    }
    return best.delimiter
  }

  /// How many fields the first records have. A record that is cut off counts only if it is the first.
  private static func fieldCounts(of text: [UInt8], isWhole: Bool, delimiter: CSVDelimiter) -> [Int] {
    var configuration = CSVReader.Configuration()
    configuration.delimiter = delimiter
    configuration.encoding = .windows1252
    var reader = CSVReader(configuration)
    text.withUnsafeBytes { reader.append($0) }
    var counts: [Int] = []
    while counts.count < records, (try? reader.next()) == true { counts.append(reader.count) }
    if isWhole || counts.isEmpty {
      reader.finish()
      while counts.count < records, (try? reader.next()) == true { counts.append(reader.count) }
    }
    return counts
  }
}
