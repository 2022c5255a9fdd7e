import JSON

/// Makes a lead of a record, or says why there is none.
struct LeadRowReader: Sendable {
  /// Why a record makes no lead.
  struct Refusal: Error {
    var field: LeadField?
    var value: String
    var reason: String
    /// Numbers that go on the do-not-call list all the same, since the record is marked so.
    var marked: [PhoneNumber] = []
  }

  /// What a record says that is marked so that all of its numbers go on the do-not-call list.
  struct Mark {
    var numbers: [PhoneNumber]
    /// Which of its numbers cannot be read; empty if there is none.
    var unread = ""
  }

  /// The numbers of a record.
  struct Numbers {
    var first: PhoneReading
    var further: [Contact.Number] = []
    /// Those that are too many for a contact.
    var surplus: [PhoneNumber] = []
    /// What stands where a further number should, or where one is too many.
    var unread: [(column: String, text: String)] = []
  }

  /// What a record says beside its texts.
  private struct Row {
    var numbers: Numbers
    var metadataWidth: Int
    var priority: Int32 = 0
    var notBefore: Timestamp?
    var isSuppressed = false
    var metadata: JSONObject?
    /// Whether the whole name stands where the first name belongs.
    var hasOnlyName = false
  }

  /// Where the texts of a lead are, by the names of fields; of several columns for one the last.
  struct TextColumns: Sendable {
    var name: Int?
    var firstName: Int?
    var lastName: Int?
    var email: Int?
    var company: Int?
    var country: Int?
    var type: Int?
    var subject: Int?
    var notes: Int?
  }

  /// A column that becomes a custom field, and its name as the JSON of fields has it, a colon behind it.
  private struct CustomColumn: Sendable {
    var column: Int
    var name: String
    var key: [UInt8]
  }

  let mapping: FieldMapping
  let phones: any PhoneReader
  let region: String?
  private let usualPriority: Int32
  let metadataColumn: Int?
  var texts = TextColumns()
  private var customs: [CustomColumn] = []
  /// Columns with more than text in them, so that something may be wrong with it.
  private var checked: [Int] = []
  /// Whether no two columns have the same custom field.
  private let hasDistinctNames: Bool
  /// How many bytes the names of custom fields take.
  private let nameBytes: Int

  init(_ mapping: FieldMapping, phones: any PhoneReader, region: String?, usualPriority: Int32 = 0) {
    self.mapping = mapping
    self.usualPriority = usualPriority
    self.phones = phones
    self.region = region
    metadataColumn = mapping.columns.firstIndex { $0.field == .metadata }
    for (column, meaning) in mapping.columns.enumerated() {
      switch meaning.field {
      case .phone, .ignored: continue
      case .name: texts.name = column
      case .firstName: texts.firstName = column
      case .lastName: texts.lastName = column
      case .email: texts.email = column
      case .company: texts.company = column
      case .country: texts.country = column
      case .type: texts.type = column
      case .subject: texts.subject = column
      case .notes: texts.notes = column
      // Whether the numbers go on the list is read first: whatever else is wrong, they do.
      case .doNotCall: checked.insert(column, at: 0)
      case .phoneExtension, .priority, .timeZone, .notBefore, .metadata: checked.append(column)
      case .custom(let name):
        var key = JSONValue.string(name).bytes
        key.append(UInt8(ascii: ":"))
        customs.append(CustomColumn(column: column, name: name, key: key))
      }
    }
    hasDistinctNames = Set(customs.map(\.name)).count == customs.count
    nameBytes = customs.reduce(0) { $0 + $1.name.utf8.count }
  }

  /// Adds the lead of a record.
  ///
  /// - Returns: What goes on the do-not-call list, if the record is marked so.
  func read(_ record: borrowing CSVReader, into leads: inout PackedLeads) throws(Refusal) -> Mark? {
    let (size, hasZero) = record.withRawBytes(of: 0..<record.count) { ($0.count, $0.hasZero) }
    guard !hasZero else {
      throw Refusal(field: nil, value: "", reason: "The row holds a NUL byte; export the file as text in UTF-8")
    }
    let metadataWidth = try widthOfMetadata(record)
    var row = Row(numbers: try numbers(record, metadataWidth), metadataWidth: metadataWidth)
    do throws(Refusal) {
      for column in checked { try check(record, column, &row) }
    } catch {
      throw row.isSuppressed ? error.marking(row.numbers) : error
    }
    var hasNameBeside = false
    if hasText(record, texts.name, row) {
      row.hasOnlyName = !hasText(record, texts.firstName, row) && !hasText(record, texts.lastName, row)
      hasNameBeside = !row.hasOnlyName
    }
    let isPlain = hasDistinctNames && metadataColumn == nil && row.numbers.unread.isEmpty && !hasNameBeside
    let object = isPlain ? nil : fields(record, row, hasNameBeside: hasNameBeside)
    leads.add(
      number: row.numbers.first.number, priority: row.priority, notBefore: row.notBefore,
      locality: row.numbers.first.locality, isSuppressed: false, phoneExtension: row.numbers.first.phoneExtension,
      furtherNumbers: row.numbers.further
    ) { text, writer in
      let column =
        switch text {
        case .firstName: row.hasOnlyName ? texts.name : texts.firstName
        case .lastName: texts.lastName
        case .email: texts.email
        case .company: texts.company
        case .country: texts.country
        case .type: texts.type
        case .subject: texts.subject
        case .notes: texts.notes
        }
      guard let column else { return false }
      return write(record, place(of: column, metadataWidth), to: &writer)
    } fields: { writer in
      guard let object else { return writeFields(record, to: &writer) }
      if !object.isEmpty { writer.object(object) }
      return !object.isEmpty
    }
    // What small rows say is always small enough to be kept.
    if size + nameBytes > RefusedRow.mostKeptBytes || metadataColumn != nil {
      do {
        try NewLead.check([leads.lead(at: leads.count - 1)])
      } catch {
        leads.removeLast()
        let refusal = Refusal(field: nil, value: "", reason: error.message)
        throw row.isSuppressed ? refusal.marking(row.numbers) : refusal
      }
    }
    return row.isSuppressed ? Mark(numbers: row.numbers.all, unread: row.numbers.unreadList) : nil
  }

  // MARK: Texts

  @inline(__always)
  func text(_ record: borrowing CSVReader, _ place: Int) -> String? {
    let encoding = record.encoding
    return record.withBytes(at: place) { bytes in
      let bytes = CellText.trimmed(bytes)
      return bytes.isEmpty ? nil : String(csv: bytes, as: encoding)
    }
  }

  @inline(__always)
  private func hasText(_ record: borrowing CSVReader, _ column: Int?, _ row: borrowing Row) -> Bool {
    guard let column else { return false }
    return record.withBytes(at: place(of: column, row.metadataWidth)) { !CellText.trimmed($0).isEmpty }
  }

  /// Writes a text with its length in front; false if there is none.
  @inline(__always)
  private func write(_ record: borrowing CSVReader, _ place: Int, to writer: inout ByteWriter) -> Bool {
    let encoding = record.encoding
    return record.withBytes(at: place) { bytes in
      let bytes = CellText.trimmed(bytes)
      if bytes.isEmpty { return false }
      if bytes.isASCII {
        writer.count(bytes.count)
        writer.bytes.append(contentsOf: bytes)
      } else {
        writer.text(String(csv: bytes, as: encoding))
      }
      return true
    }
  }

  // MARK: Fields

  /// Writes the custom fields of a record in which nothing else becomes one; false if there are none.
  private func writeFields(_ record: borrowing CSVReader, to writer: inout ByteWriter) -> Bool {
    let encoding = record.encoding
    let start = writer.bytes.count
    var isEmpty = true
    writer.nested { writer in
      for custom in customs {
        if custom.column >= record.count { break }
        record.withBytes(at: custom.column) { bytes in
          let bytes = CellText.trimmed(bytes)
          guard !bytes.isEmpty else { return }
          writer.byte(UInt8(ascii: isEmpty ? "{" : ","))
          isEmpty = false
          writer.bytes.append(contentsOf: custom.key)
          if bytes.isASCII {
            writer.bytes.appendJSON(utf8: bytes)
          } else {
            var text = String(csv: bytes, as: encoding)
            text.withUTF8 { writer.bytes.appendJSON(utf8: UnsafeRawBufferPointer($0)) }
          }
        }
      }
      if !isEmpty { writer.byte(UInt8(ascii: "}")) }
    }
    if isEmpty { writer.bytes.removeLast(writer.bytes.count - start) }
    return !isEmpty
  }

  /// The fields of a lead, as they come from custom columns, JSON, the name, and what is no number.
  private func fields(_ record: borrowing CSVReader, _ row: borrowing Row, hasNameBeside: Bool) -> JSONObject {
    var fields: JSONObject = [:]
    fields.reserveCapacity(min(customs.count, record.count))
    for (column, text) in row.numbers.unread { fields[column] = .string(text) }
    var metadata = row.metadata
    for custom in customs {
      if place(of: custom.column, row.metadataWidth) >= record.count { break }
      if let column = metadataColumn, column < custom.column, let members = metadata.take() { fields.add(members) }
      if let text = text(record, place(of: custom.column, row.metadataWidth)) { fields[custom.name] = .string(text) }
    }
    if let members = metadata { fields.add(members) }
    if hasNameBeside, let column = texts.name, let name = text(record, place(of: column, row.metadataWidth)) {
      fields["name"] = .string(name)
    }
    return fields
  }

  /// Reads a column in which there is more than text.
  private func check(_ record: borrowing CSVReader, _ column: Int, _ row: inout Row) throws(Refusal) {
    let place = place(of: column, row.metadataWidth)
    let field = mapping.columns[column].field
    if field == .metadata {
      row.metadata = try metadata(record, place..<place + row.metadataWidth, column)
      return
    }
    guard let text = text(record, place) else { return }
    switch field {
    case .phoneExtension: row.numbers.first.phoneExtension = text
    case .priority:
      guard let priority = CellText.priority(text, usual: usualPriority) else {
        throw Refusal(field: field, value: text, reason: "Priority must be a whole number, or high, normal or low")
      }
      row.priority = priority
    case .notBefore:
      guard let moment = Timestamp(text) else {
        throw Refusal(field: field, value: text, reason: "A time must be like 2026-01-31T09:00:00Z or 2026-01-31")
      }
      row.notBefore = moment
    case .timeZone:
      guard ZoneNames.contains(text) else {
        throw Refusal(field: field, value: text, reason: "A time zone must be an IANA name like Europe/Paris")
      }
      let known = row.numbers.first.locality
      row.numbers.first.locality = Locality(jurisdiction: known.jurisdiction, timeZones: [text])
    case .doNotCall:
      guard let truth = CellText.truth(text) else {
        throw Refusal(field: field, value: text, reason: "Do not call must be yes or no")
      }
      row.isSuppressed = row.isSuppressed || truth
    default: break
    }
  }
}

extension JSONObject {
  /// Sets what another object has.
  fileprivate mutating func add(_ members: JSONObject) {
    for (key, value) in members { self[key] = value }
  }
}
