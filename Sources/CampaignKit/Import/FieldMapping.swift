/// What the columns of a file mean.
///
/// ```swift
/// let mapping = try FieldMapping(header: ["First Name", "Tel", "Plan"])
/// print(mapping.columns.map(\.field))  // [first_name, phone, custom_fields.Plan]
/// ```
public struct FieldMapping: Hashable, Sendable {
  /// A column.
  public struct Column: Hashable, Sendable {
    /// The name of the column, as the file has it.
    public var name: String
    /// What it means.
    public var field: LeadField

    /// Creates a column.
    public init(name: String, field: LeadField) {
      self.name = name
      self.field = field
    }
  }

  /// The columns, in the order of the file.
  public var columns: [Column]
  /// The columns with phone numbers, counted from 0, in the order in which they are tried.
  public var phones: [Int]

  /// Creates a mapping of columns whose meaning is known.
  ///
  /// - Parameter columns: The columns in the order of the file; phone numbers are tried in this order.
  public init(columns: [Column]) {
    self.columns = columns
    phones = columns.indices.filter { columns[$0].field == .phone }
  }

  /// Finds out what columns mean by their names.
  ///
  /// A column that is named in `fields` means that. Others are known by the usual words in several languages, as
  /// long as nothing else has the field; what is left becomes a custom field under its own name. A column without a
  /// name is a custom field `column N`.
  ///
  /// - Parameters:
  ///   - header: The names of the columns, in the order of the file.
  ///   - fields: Names of columns with the names of fields, such as `["Phone Number": "phone"]`.
  /// - Throws: An ``ImportError`` when `fields` names a column or a field that there is not, when no column is a phone
  ///   number, or when a name holds one: then the row is no header but somebody, whatever `fields` says. The columns of
  ///   a file without a header are given to ``init(columns:)``.
  public init(header: [String], fields: [String: String] = [:]) throws(ImportError) {
    guard !header.contains(where: NumberShape.holdsNumber) else { throw Self.noHeader }
    let told = try Self.told(fields, header)
    var columns = header.enumerated().map { index, name in Column(name: name, field: told[index] ?? .ignored) }
    var taken = Set(told.values)
    let guesses = header.map { HeaderWords.meaning(of: $0) }
    let tellsPhones = taken.contains(.phone)
    let found = tellsPhones ? [] : HeaderWords.phoneColumns(among: guesses).filter { told[$0] == nil }
    for column in found { columns[column].field = .phone }
    for (index, guess) in guesses.enumerated() where told[index] == nil {
      guard let guess, guess.field != .phone, taken.insert(guess.field).inserted else { continue }
      columns[index].field = guess.field
    }
    var names = FreeNames(
      taken: Set(told.values.compactMap { if case .custom(let name) = $0 { name } else { nil } }))
    for index in columns.indices where told[index] == nil && columns[index].field == .ignored {
      columns[index].field = .custom(names.name(for: header[index], column: index))
    }
    self.init(columns: columns)
    guard !phones.isEmpty else { throw Self.noPhone(header) }
    if !tellsPhones { phones = found }
  }

  private static func told(
    _ fields: [String: String], _ header: [String]
  ) throws(ImportError) -> [Int: LeadField] {
    var told: [Int: LeadField] = [:]
    guard !fields.isEmpty else { return told }
    let places = Dictionary(zip(header, header.indices), uniquingKeysWith: { first, _ in first })
    let keyPlaces = Dictionary(
      zip(header.map { HeaderKey($0) }, header.indices), uniquingKeysWith: { first, _ in first })
    // In the order of names, so that of several mistakes always the same one is told.
    for (column, name) in fields.sorted(by: { $0.key < $1.key }) {
      guard let index = places[column] ?? keyPlaces[HeaderKey(column)] else {
        throw ImportError(
          .unknownColumn, field: column, "the file has no column '\(column)'; it has \(Self.list(header))")
      }
      guard let field = LeadField(name) else {
        throw ImportError(
          .unknownField, field: column,
          "'\(name)' is no field; there are \(list(LeadField.allNames)), and custom_fields.NAME")
      }
      told[index] = field
    }
    return told
  }

  private static let noHeader = ImportError(
    .noHeader,
    "the first row holds a phone number, so it is no header; put a row with the names of the columns above it")

  private static func noPhone(_ header: [String]) -> ImportError {
    ImportError(
      .noPhoneColumn,
      "no column is known to hold phone numbers; the file has \(list(header)). Call one 'phone', or map it")
  }

  /// Gives names to columns that become custom fields, each name once.
  private struct FreeNames {
    private var taken: Set<String>
    /// The number that was last put behind a name. A file may have a hundred thousand columns of one name.
    private var numbers: [String: Int] = [:]

    init(taken: Set<String>) {
      self.taken = taken
    }

    mutating func name(for header: String, column: Int) -> String {
      let trimmed = String(header.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
      let name = trimmed.isEmpty ? "column \(column + 1)" : trimmed
      var free = name
      while !taken.insert(free).inserted {
        let number = numbers[name, default: 1] + 1
        numbers[name] = number
        free = "\(name) \(number)"
      }
      return free
    }
  }

  /// Names for a message, not too many of them.
  private static func list(_ names: [String]) -> String {
    let some = names.prefix(20).map { "'\($0.prefix(60))'" }.joined(separator: ", ")
    return names.count > 20 ? "\(some) and \(names.count - 20) more" : some
  }
}
