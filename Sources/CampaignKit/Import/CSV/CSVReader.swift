/// Reads CSV as it comes: RFC 4180, and what programs write that never read it.
///
/// Feed it bytes, and take the records that are complete:
///
/// ```swift
/// var reader = CSVReader()
/// for chunk in ["phone,name\n+14155552671,\"Lovelace, ", "Ada\"\n"] {
///   reader.append(Array(chunk.utf8))
///   while try reader.next() { print(reader.fields) }
/// }
/// reader.finish()
/// while try reader.next() { print(reader.fields) }
/// ```
///
/// However the input is cut into pieces, the records are the same. Bytes are looked at once, and a field becomes a
/// `String` only when it is asked for. Memory is that of the longest record and the largest piece.
///
/// ## What is read how
///
/// - Lines end with LF, CRLF or CR. Empty lines are no records. The last line break may be missing.
/// - Spaces belong to fields, quoted or not.
/// - A quote inside a field that does not begin with one is text; a strict reader refuses it.
/// - Text behind a closing quote makes the record one with a ``problem``: if the field ends with a quote, the quotes
///   in between are read as text, and else as the end of a quoted part. A strict reader refuses it.
/// - A quote that is never closed is an error.
/// - NUL bytes are text. A last line that is only the byte 0x1A, an old end-of-file mark, is none.
/// - A first line such as `sep=;` names the delimiter, unless the delimiter is told.
public struct CSVReader: Sendable {
  /// How the file is read.
  public let configuration: Configuration

  /// The number of the record that ``next()`` has read, from 1; the header is one, empty lines are not.
  public private(set) var row = 0
  /// How many fields the record has.
  public var count: Int { isRecord ? scanner.count : 0 }
  /// What stands between fields; nil until enough was read to find it.
  public private(set) var delimiter: CSVDelimiter?
  /// The encoding that was told or found; nil if it is UTF-8 or Windows-1252, field by field, or not known yet.
  public private(set) var encoding: CSVEncoding?

  var scanner: CSVScanner
  /// What is to be read. Behind ``end`` there is always a block of the scanner's.
  @usableFromInline var buffer: [UInt8] = []
  private var end = 0
  /// Bytes of the file that came before the buffer.
  var removed = 0
  private var transcoder: UTF16Transcoder?
  /// A place in the buffer, and how many bytes of the file the bytes before it were, where those are UTF-16. It moves
  /// on with the records, so that nothing is counted again and again.
  private var counted = (place: 0, fileBytes: 0)
  private var isOpen = false
  private var isFinished = false
  var isRecord = false
  private var failure: CSVError?
  /// Where the fields end, from the start of the record.
  var ends: [UInt32]
  /// The fields whose text does not stand in the buffer as it is: the field, and where its text is in ``scratch``.
  var rewritten: [(column: Int, text: Range<Int>)] = []
  @usableFromInline var scratch: [UInt8] = []
  /// How many fields the first record has.
  private var width: Int?

  /// Creates a reader; without arguments, one that finds out by itself and reads what it can.
  public init(_ configuration: Configuration = Configuration()) {
    self.configuration = configuration
    ends = Array(repeating: 0, count: min(64, max(1, configuration.maximumColumns)))
    scanner = CSVScanner(delimiter: .comma, isStrict: configuration.mode == .strict)
  }

  // MARK: Feeding

  /// Takes in the next bytes of the file. Pieces of 64 KiB to 1 MiB serve best.
  ///
  /// The record of ``next()`` is gone.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard !isFinished, failure == nil else { return }
    isRecord = false
    take(bytes)
    let needed = CSVOpening.size(for: configuration)
    if !isOpen, end >= needed { open(needed) }
  }

  /// Takes in the next bytes of the file.
  public mutating func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { append($0) }
  }

  /// Says that no more bytes come. What is left is read by ``next()``.
  public mutating func finish() {
    guard !isFinished else { return }
    isRecord = false
    if !isOpen { open(end) }
    if transcoder != nil {
      var rest: [UInt8] = []
      transcoder?.finish(into: &rest)
      rest.withUnsafeBytes { store($0) }
    }
    isFinished = true
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) {
    guard transcoder != nil else { return store(bytes) }
    var text: [UInt8] = []
    transcoder?.transcode(bytes, into: &text)
    text.withUnsafeBytes { store($0) }
  }

  private mutating func store(_ bytes: UnsafeRawBufferPointer) {
    makeRoom(for: bytes.count)
    buffer.withUnsafeMutableBytes { buffer in
      UnsafeMutableRawBufferPointer(rebasing: buffer[end..<end + bytes.count]).copyMemory(from: bytes)
    }
    end += bytes.count
  }

  /// Moves what is unread to the front when that pays, and grows when it does not.
  private mutating func makeRoom(for count: Int) {
    guard end + count + CSVStructure.blockSize > buffer.count else { return }
    let read = scanner.isBetween ? scanner.start : scanner.recordStart
    if read >= end - read, read > 0 {
      removed += fileBytes(upTo: read)
      counted = (0, 0)
      buffer.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return }
        base.copyMemory(from: base + read, byteCount: end - read)
      }
      end -= read
      scanner.shift(by: read)
    }
    let needed = end + count + CSVStructure.blockSize
    guard needed > buffer.count else { return }
    buffer += Array(repeating: 0, count: max(needed, 2 * buffer.count) - buffer.count)
  }

  /// Looks at the first bytes, and goes on with what follows them.
  private mutating func open(_ count: Int) {
    let opening = CSVOpening(Array(buffer[..<min(count, end)]), configuration: configuration)
    encoding = opening.encoding
    delimiter = opening.delimiter
    scanner = CSVScanner(delimiter: opening.delimiter, isStrict: configuration.mode == .strict)
    isOpen = true
    removed = opening.mark
    let rest = Array(buffer[opening.mark..<end])
    end = 0
    if encoding == .utf16LittleEndian || encoding == .utf16BigEndian {
      transcoder = UTF16Transcoder(isBigEndian: encoding == .utf16BigEndian, keepsHalves: configuration.mode == .strict)
    }
    rest.withUnsafeBytes { take($0) }
    scanner.skip(to: opening.declaration)
  }

  // MARK: Records

  /// Goes to the next record.
  ///
  /// - Returns: Whether there is one. If not, more bytes are needed, or after ``finish()`` the file is at its end.
  /// - Throws: A ``CSVError``, and the same one ever after.
  public mutating func next() throws(CSVError) -> Bool {
    if let failure { throw failure }
    isRecord = false
    guard isOpen else { return false }
    do throws(CSVError) {
      isRecord = try advance()
    } catch {
      failure = error
      throw error
    }
    return isRecord
  }

  private mutating func advance() throws(CSVError) -> Bool {
    if scanner.isBetween { scanner.beginRecord() }
    while true {
      let event = buffer.withUnsafeBufferPointer { bytes in
        ends.withUnsafeMutableBufferPointer { ends in
          guard let base = bytes.baseAddress else { return CSVScanner.Event.starved }
          return scanner.scan(base, end: end, isLast: isFinished, ends: ends)
        }
      }
      switch event {
      case .record:
        try complete()
        return true
      case .crowded(let place):
        try checkLength(upTo: place)
        try growEnds()
      case .irregular(let code, let place):
        try checkLength(upTo: place)
        throw irregularity(code, at: place)
      case .starved:
        try checkLength(upTo: isFinished ? end : end - 1)
        guard isFinished else { return false }
        return try endInput()
      }
    }
  }

  private mutating func endInput() throws(CSVError) -> Bool {
    if let quote = scanner.openQuote {
      throw error(
        .unterminatedQuote, column: scanner.count + 1, at: quote,
        "a quote is opened here and never closed; close it, or double it if it is part of the text")
    }
    let isMark = end - scanner.recordStart == 1 && buffer[scanner.recordStart] == 0x1A
    guard end > scanner.recordStart, configuration.mode == .strict || !isMark else { return false }
    if scanner.count == ends.count { try growEnds() }
    _ = ends.withUnsafeMutableBufferPointer { scanner.end(at: end, ends: $0) }
    try complete()
    return true
  }

  private var maximumRecordBytes: Int { min(configuration.maximumRecordBytes, 1 << 30) }

  /// Checks the length of the record as far as it is known. That is done at every place where something else may be
  /// wrong, so that it does not depend on the pieces which of the two is told.
  private func checkLength(upTo place: Int) throws(CSVError) {
    guard place - scanner.recordStart <= maximumRecordBytes else {
      throw error(
        .recordTooLong, at: scanner.recordStart,
        "the record has more than \(maximumRecordBytes) bytes; a quote that is not closed may be the reason")
    }
  }

  private mutating func growEnds() throws(CSVError) {
    let most = max(1, configuration.maximumColumns)
    guard ends.count < most else {
      throw error(
        .tooManyColumns, column: most + 1, at: scanner.recordStart,
        "the record has more than \(most) fields; is the delimiter the right one?")
    }
    ends += Array(repeating: 0, count: min(ends.count, most - ends.count))
  }

  /// Checks a record whose end is known, and writes down the fields that do not stand there as they are.
  private mutating func complete() throws(CSVError) {
    try checkLength(upTo: scanner.recordEnd)
    if transcoder != nil { counted = (scanner.recordStart, fileBytes(upTo: scanner.recordStart)) }
    if !rewritten.isEmpty {
      rewritten.removeAll(keepingCapacity: true)
      scratch.removeAll(keepingCapacity: true)
    }
    if scanner.isIntricate { rewrite() }
    let isStrict = configuration.mode == .strict
    if isStrict {
      guard (width ?? scanner.count) == scanner.count else {
        throw error(
          .raggedRecord, at: scanner.recordStart,
          "the record has \(scanner.count) fields, the first one \(width ?? 0)")
      }
      width = scanner.count
    }
    if isStrict && encoding != .windows1252 || configuration.encoding == .utf8 { try checkText() }
    row += 1
  }

  private mutating func rewrite() {
    buffer.withUnsafeBufferPointer { bytes in
      for column in 0..<scanner.count {
        let raw = place(of: column)
        guard !raw.isEmpty, bytes[raw.lowerBound] == CSVByte.quote else { continue }
        let field = UnsafeBufferPointer(rebasing: bytes[raw])
        let inner = field.dropFirst().dropLast()
        guard field.count < 2 || field[field.count - 1] != CSVByte.quote || inner.contains(CSVByte.quote) else {
          continue
        }
        let start = scratch.count
        CSVQuoting.append(field, to: &scratch)
        rewritten.append((column, start..<scratch.count))
      }
    }
  }

  private func checkText() throws(CSVError) {
    for column in 0..<scanner.count {
      let isText = buffer.withUnsafeBytes { bytes in
        let field = UnsafeRawBufferPointer(rebasing: bytes[place(of: column)])
        return field.isASCII
          || String(validating: field.bindMemory(to: UInt8.self), as: UTF8.self) != nil
      }
      guard isText else {
        throw error(
          .invalidText, column: column + 1, at: place(of: column).lowerBound,
          "this is not text in the encoding of the file; say which encoding it has, or export it as UTF-8")
      }
    }
  }

  // MARK: Errors

  func irregularity(_ code: CSVError.Code, at place: Int) -> CSVError {
    error(
      code, column: scanner.count + 1, at: code == .quoteInField ? place : place + 1,
      code == .quoteInField
        ? "a quote stands inside a field that is not quoted; put the field into quotes and double those inside"
        : "text follows a closing quote; double the quotes that are part of the text")
  }

  private func error(_ code: CSVError.Code, column: Int? = nil, at place: Int, _ message: String) -> CSVError {
    CSVError(code, row: row + 1, column: column, offset: removed + fileBytes(upTo: place), message)
  }

  /// How many bytes of the file the first bytes of the buffer were.
  func fileBytes(upTo place: Int) -> Int {
    guard transcoder != nil else { return place }
    guard place >= counted.place else { return 2 * UTF16Transcoder.units(in: buffer[..<place]) }
    return counted.fileBytes + 2 * UTF16Transcoder.units(in: buffer[counted.place..<place])
  }
}
