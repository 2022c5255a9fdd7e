// What a reader tells of the record that it has read.
extension CSVReader {
  /// What was guessed at in the record; nil when it is as RFC 4180 has it, apart from its number of fields.
  public var problem: CSVError? {
    guard isRecord, let stray = scanner.stray else { return nil }
    var problem = irregularity(.textAfterQuote, at: stray.place)
    problem.row = row
    problem.column = stray.column + 1
    return problem
  }

  /// Where the record begins in the file, in bytes from 0.
  public var offset: Int { removed + fileBytes(upTo: isRecord ? scanner.recordStart : scanner.start) }

  /// The texts of all fields of the record.
  public var fields: [String] { (0..<count).map { text(at: $0) } }

  /// The text of a field.
  ///
  /// - Parameter column: The field, from 0.
  /// - Returns: The text; empty when the record has no such field.
  public func text(at column: Int) -> String {
    withBytes(at: column) { String(csv: $0, as: encoding) }
  }

  /// Lends the bytes of a field, its quotes removed, in UTF-8 or as the file has them in an encoding of single bytes.
  ///
  /// - Parameters:
  ///   - column: The field, from 0. A field that the record does not have is empty.
  ///   - body: What is done with the bytes, which are there only meanwhile.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    at column: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (range, isRewritten) = text(of: column)
    return try (isRewritten ? scratch : buffer).withUnsafeBufferPointer { bytes throws(Failure) in
      try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
    }
  }

  /// Lends the bytes of some fields that follow one another as they stand in the file, with quotes and delimiters.
  ///
  /// - Parameters:
  ///   - columns: The fields, from 0; those that the record does not have are left out.
  ///   - body: What is done with the bytes, which are there only meanwhile.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func withRawBytes<Result, Failure: Error>(
    of columns: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let columns = columns.clamped(to: 0..<count)
    guard !columns.isEmpty else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let range = place(of: columns.lowerBound).lowerBound..<place(of: columns.upperBound - 1).upperBound
    return try buffer.withUnsafeBufferPointer { bytes throws(Failure) in
      try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[range])))
    }
  }

  /// Reads a whole file that is in memory.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - configuration: How it is read.
  /// - Returns: The texts of all fields of all records.
  /// - Throws: A ``CSVError``.
  public static func records(
    in bytes: [UInt8], _ configuration: Configuration = Configuration()
  ) throws(CSVError) -> [[String]] {
    var reader = CSVReader(configuration)
    reader.append(bytes)
    reader.finish()
    var records: [[String]] = []
    while try reader.next() { records.append(reader.fields) }
    return records
  }

  /// Where the text of a field is: in the buffer or, if it had to be rewritten, in the scratch.
  @usableFromInline
  func text(of column: Int) -> (range: Range<Int>, isRewritten: Bool) {
    guard column >= 0, column < count else { return (0..<0, false) }
    if !rewritten.isEmpty, let range = rewrittenText(of: column) { return (range, true) }
    let range = place(of: column)
    // A field that begins with a quote and was not rewritten ends with one.
    guard !range.isEmpty, buffer[range.lowerBound] == CSVByte.quote else { return (range, false) }
    return (range.lowerBound + 1..<range.upperBound - 1, false)
  }

  /// Where a field stands in the buffer, its quotes included.
  func place(of column: Int) -> Range<Int> {
    let start = column == 0 ? 0 : Int(ends[column - 1]) + 1
    return scanner.recordStart + start..<scanner.recordStart + Int(ends[column])
  }

  private func rewrittenText(of column: Int) -> Range<Int>? {
    var low = 0
    var high = rewritten.count
    while low < high {
      let middle = (low + high) / 2
      if rewritten[middle].column < column { low = middle + 1 } else { high = middle }
    }
    return low < rewritten.count && rewritten[low].column == column ? rewritten[low].text : nil
  }
}
