import JSON

/// Reads the lines of an export, which come in pieces of any size.
///
/// ```swift
/// var reader = StoreLineReader()
/// while let piece = try file.read() {
///   for record in try reader.take(piece) { ... }
/// }
/// let tally = try reader.finish()
/// ```
///
/// It keeps the line that is not complete yet, and nothing else that grows with the export.
public struct StoreLineReader: Sendable {
  /// The longest line that is read: 256 MiB. A list of contacts is one line, with 27 bytes for each.
  public static let maximumLineBytes = 256 << 20

  /// The line that was read last, from 1.
  public private(set) var line = 0
  private var carry: [UInt8] = []
  private var tally = StoreTally()
  private var announced: StoreTally?
  /// The calls of leads that have one, until they come.
  private var openCalls: [Call.ID: Lead.ID] = [:]

  /// Creates a reader.
  public init() {}

  /// Takes the next bytes, and returns the records whose lines they complete.
  ///
  /// - Throws: A ``StoreLinesError`` for the first line that cannot be read; the reader is of no use after that.
  public mutating func take(_ bytes: some Collection<UInt8>) throws(StoreLinesError) -> [StoreRecord] {
    try takeNumbered(bytes).map(\.record)
  }

  mutating func takeNumbered(_ bytes: some Collection<UInt8>) throws(StoreLinesError) -> [NumberedRecord] {
    // Looking at every byte through a protocol would take longer than all the rest.
    let result =
      bytes.withContiguousStorageIfAvailable { takeLines(UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { takeLines($0) }
    return try result.get()
  }

  private mutating func takeLines(_ bytes: UnsafeRawBufferPointer) -> Result<[NumberedRecord], StoreLinesError> {
    Result { () throws(StoreLinesError) in try readLines(bytes) }
  }

  private mutating func readLines(_ bytes: UnsafeRawBufferPointer) throws(StoreLinesError) -> [NumberedRecord] {
    var records: [NumberedRecord] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      line += 1
      let record: StoreRecord?
      if carry.isEmpty {
        record = try read(UnsafeRawBufferPointer(rebasing: rest[..<end]))
      } else {
        carry += rest[..<end]
        let whole = carry
        record = try whole.withUnsafeBytes { bytes in
          Result { () throws(StoreLinesError) in try read(bytes) }
        }.get()
        carry.removeAll(keepingCapacity: whole.count < 1 << 20)
      }
      if let record { records.append(NumberedRecord(line: line, record: record)) }
      rest = rest[(end + 1)...]
    }
    guard carry.count + rest.count <= Self.maximumLineBytes else {
      throw StoreLinesError(line: line + 1, reason: "the line has more than \(Self.maximumLineBytes) bytes")
    }
    carry += rest
    return records
  }

  /// Makes sure that the export is complete.
  ///
  /// - Returns: How many records there were of each kind.
  /// - Throws: A ``StoreLinesError`` when the last line is missing, or something else comes after it.
  public mutating func finish() throws(StoreLinesError) -> StoreTally {
    if !carry.isEmpty {
      // The last line may come without the end of a line.
      _ = try take([UInt8(ascii: "\n")])
    }
    guard let announced else {
      throw StoreLinesError(
        line: line + 1, reason: "the export ends here without its last line; it was cut off, so export again")
    }
    return announced
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(StoreLinesError) -> StoreRecord? {
    guard announced == nil else { throw failure("there is something behind the last line of the export") }
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes, limits: .stored)
    } catch {
      throw failure("it is not JSON, at byte \(error.offset): \(error.message)", cause: error)
    }
    if line == 1 {
      try readHead(value)
      return nil
    }
    if value["end"] != nil {
      try readTail(value)
      return nil
    }
    let record: StoreRecord = try decode(value)
    tally.count(record)
    if case .lead(let lead, _) = record, let call = lead.liveCall { openCalls[call] = lead.id }
    if case .call(let call, _) = record, call.status.isLive { openCalls[call.id] = nil }
    return record
  }

  private func readHead(_ value: JSONValue) throws(StoreLinesError) {
    guard value["format"]?.string == StoreLines.format, let version = value["version"]?.int else {
      throw failure("it is not the first line of an export of this library")
    }
    guard version == StoreLines.version else {
      throw failure(
        "the export has version \(version), this program reads \(StoreLines.version); use the version that wrote it")
    }
  }

  private mutating func readTail(_ value: JSONValue) throws(StoreLinesError) {
    let tail: StoreLines.Tail = try decode(value)
    guard tail.end == tally else {
      throw failure("the counts are not those of the lines before; lines were lost or added")
    }
    if let (call, lead) = openCalls.min(by: { $0.key < $1.key }) {
      throw failure("the lead \(lead) is in the call \(call), which is not among the lines")
    }
    announced = tail.end
  }

  private func decode<Value: Decodable>(_ value: JSONValue) throws(StoreLinesError) -> Value {
    do {
      return try value.decode(Value.self)
    } catch {
      throw failure(Self.reason(error), cause: error)
    }
  }

  private func failure(_ reason: String, cause: (any Error)? = nil) -> StoreLinesError {
    StoreLinesError(line: line, reason: reason, cause: cause)
  }

  /// What was wrong with a field, without quoting it.
  private static func reason(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty ? "the record" : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
    }
    guard let error = error as? DecodingError else { return "the record cannot be read" }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
    case .valueNotFound(_, let context): return "\(place(context.codingPath)) is null"
    case .typeMismatch(_, let context): return "\(place(context.codingPath)) is of another type than expected"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty
        ? context.debugDescription : "\(place(context.codingPath)) is not an acceptable value"
    @unknown default: return "the record cannot be read"
    }
  }
}

/// A record, and the line in which it stands.
struct NumberedRecord: Sendable {
  var line: Int
  var record: StoreRecord
}
