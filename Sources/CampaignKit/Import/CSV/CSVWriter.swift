/// Writes CSV as RFC 4180 has it: fields are quoted where they must be, and lines end with CRLF.
///
/// ```swift
/// var writer = CSVWriter()
/// writer.write(["phone", "name"])
/// writer.write(["+14155552671", "Lovelace, Ada"])
/// let bytes = writer.take()
/// ```
///
/// What it writes, a ``CSVReader`` that is told the delimiter reads back the same, as long as nothing is guarded.
public struct CSVWriter: Sendable {
  /// What stands between fields.
  public let delimiter: CSVDelimiter
  /// Whether an apostrophe is put before a field that a spreadsheet would take for a formula.
  ///
  /// Such are fields that begin with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break. A sign that
  /// only digits, and at most one point, follow is left alone: a phone number stays one. A spreadsheet may also take
  /// another delimiter than the file has. So an apostrophe is put before what would be such a field then, behind a
  /// comma, a semicolon or a tab inside a field.
  public let guardsFormulas: Bool
  private var bytes: [UInt8] = []

  /// Creates a writer.
  ///
  /// - Parameters:
  ///   - delimiter: What stands between fields.
  ///   - guardsFormulas: Whether an apostrophe is put before what a spreadsheet would take for a formula. Files that
  ///     people will open in one, with text that strangers wrote, should have it; files for programs should not.
  public init(delimiter: CSVDelimiter = .comma, guardsFormulas: Bool = false) {
    self.delimiter = delimiter
    self.guardsFormulas = guardsFormulas
  }

  /// Writes a record. One without fields cannot be written, and is left out.
  public mutating func write(_ fields: [String]) {
    guard !fields.isEmpty else { return }
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(delimiter.byte) }
      // A line without a byte would be no record at all.
      write(field, isQuoted: field.isEmpty && fields.count == 1)
    }
    bytes += [CSVByte.carriageReturn, CSVByte.lineFeed]
  }

  /// Gives what was written since the last time.
  public mutating func take() -> [UInt8] {
    defer { bytes.removeAll() }
    return bytes
  }

  private mutating func write(_ field: String, isQuoted: Bool) {
    let field = guardsFormulas ? Self.guarded(field) : field
    let needsQuotes =
      isQuoted
      || field.utf8.contains {
        $0 == delimiter.byte || $0 == CSVByte.quote || $0 == CSVByte.lineFeed || $0 == CSVByte.carriageReturn
      }
    if needsQuotes { bytes.append(CSVByte.quote) }
    if needsQuotes {
      for byte in field.utf8 {
        if byte == CSVByte.quote { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(CSVByte.quote)
    } else {
      bytes += field.utf8
    }
  }

  /// The field with an apostrophe before each part that would be a formula.
  private static func guarded(_ field: String) -> String {
    var guarded = isFormula(field) ? "'" : ""
    var rest = Substring(field)
    while let place = rest.utf8.firstIndex(where: delimiters.contains) {
      let next = rest.utf8.index(after: place)
      guarded += rest[..<next]
      rest = rest[next...]
      if isFormula(String(rest.prefix(while: { !$0.utf8.contains(where: delimiters.contains) }))) { guarded += "'" }
    }
    return guarded + rest
  }

  private static let delimiters = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]

  private static func isFormula(_ field: String) -> Bool {
    guard let first = field.unicodeScalars.first else { return false }
    switch first {
    case "=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠": return true
    case "+", "-":
      let rest = field.utf8.dropFirst()
      let points = rest.count { $0 == UInt8(ascii: ".") }
      return rest.isEmpty || points > 1 || !rest.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    default: return false
    }
  }
}
