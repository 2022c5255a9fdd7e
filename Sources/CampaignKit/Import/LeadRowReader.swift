import JSON

/// Makes a lead of a record, or says why there is none.
struct LeadRowReader: Sendable {
  /// Why a record makes no lead.
  struct Refusal: Error {
    var field: LeadField?
    var value: String
    var reason: String
  }

  /// The numbers of a record.
  private struct Numbers {
    var first: PhoneReading
    var further: [Contact.Number] = []
    /// What stands where a further number should.
    var unread: [(column: String, text: String)] = []
  }

  let mapping: FieldMapping
  private let phones: any PhoneReader
  private let region: String?
  private let usualPriority: Int32
  private let metadataColumn: Int?
  private let countryColumn: Int?
  private let customCount: Int
  /// How many bytes the names of custom fields take.
  private let nameBytes: Int

  init(_ mapping: FieldMapping, phones: any PhoneReader, region: String?, usualPriority: Int32 = 0) {
    self.mapping = mapping
    self.usualPriority = usualPriority
    self.phones = phones
    self.region = region
    metadataColumn = mapping.columns.firstIndex { $0.field == .metadata }
    countryColumn = mapping.columns.firstIndex { $0.field == .country }
    let names = mapping.columns.compactMap { if case .custom(let name) = $0.field { name } else { nil } }
    customCount = names.count
    nameBytes = names.reduce(0) { $0 + $1.utf8.count }
  }

  /// Adds the lead of a record; whether its number is to go on the do-not-call list.
  func read(_ record: borrowing CSVReader, into leads: inout [NewLead]) throws(Refusal) -> Bool {
    let (size, hasZero) = record.withRawBytes(of: 0..<record.count) { ($0.count, $0.hasZero) }
    guard !hasZero else {
      throw Refusal(field: nil, value: "", reason: "The row holds a NUL byte; export the file as text in UTF-8")
    }
    let metadataWidth = try widthOfMetadata(record)
    let numbers = try numbers(record, metadataWidth)
    var lead = NewLead(number: numbers.first.number, locality: numbers.first.locality)
    lead.phoneExtension = numbers.first.phoneExtension
    if !numbers.further.isEmpty { lead.furtherNumbers = numbers.further }
    var isSuppressed = false
    var name: String?
    if customCount > 0 { lead.fields.reserveCapacity(customCount) }
    for (column, text) in numbers.unread { lead.fields[column] = .string(text) }
    for column in mapping.columns.indices {
      let place = self.place(of: column, metadataWidth)
      switch mapping.columns[column].field {
      case .phone, .ignored: continue
      case .phoneExtension: if let text = text(record, place) { lead.phoneExtension = text }
      case .name: name = text(record, place)
      case .firstName: lead.person.firstName = text(record, place)
      case .lastName: lead.person.lastName = text(record, place)
      case .email: lead.person.email = text(record, place)
      case .company: lead.person.company = text(record, place)
      case .country: lead.person.country = text(record, place)
      case .type: lead.type = text(record, place)
      case .subject: lead.subject = text(record, place)
      case .notes: lead.notes = text(record, place)
      case .custom(let name): if let text = text(record, place) { lead.fields[name] = .string(text) }
      case .metadata: try addMetadata(record, place..<place + metadataWidth, column, to: &lead)
      case .priority:
        guard let text = text(record, place) else { continue }
        guard let priority = CellText.priority(text, usual: usualPriority) else {
          throw Refusal(
            field: .priority, value: text, reason: "Priority must be a whole number, or high, normal or low")
        }
        lead.priority = priority
      case .notBefore:
        guard let text = text(record, place) else { continue }
        guard let moment = Timestamp(text) else {
          throw Refusal(
            field: .notBefore, value: text, reason: "A time must be like 2026-01-31T09:00:00Z or 2026-01-31")
        }
        lead.notBefore = moment
      case .timeZone:
        guard let text = text(record, place) else { continue }
        guard ZoneNames.contains(text) else {
          throw Refusal(field: .timeZone, value: text, reason: "A time zone must be an IANA name like Europe/Paris")
        }
        lead.locality = Locality(jurisdiction: lead.locality.jurisdiction, timeZones: [text])
      case .doNotCall:
        guard let text = text(record, place) else { continue }
        guard let truth = CellText.truth(text) else {
          throw Refusal(field: .doNotCall, value: text, reason: "Do not call must be yes or no")
        }
        isSuppressed = truth
      }
    }
    if let name {
      if lead.person.firstName == nil, lead.person.lastName == nil {
        lead.person.firstName = name
      } else {
        lead.fields["name"] = .string(name)
      }
    }
    // What small rows say is always small enough to be kept.
    if size + nameBytes > RefusedRow.mostKeptBytes || metadataColumn != nil {
      do {
        try NewLead.check([lead])
      } catch {
        throw Refusal(field: nil, value: "", reason: error.message)
      }
    }
    leads.append(lead)
    return isSuppressed
  }

  @inline(__always)
  private func text(_ record: borrowing CSVReader, _ place: Int) -> String? {
    let encoding = record.encoding
    return record.withBytes(at: place) { bytes in
      let bytes = CellText.trimmed(bytes)
      return bytes.isEmpty ? nil : String(csv: bytes, as: encoding)
    }
  }

  // MARK: Numbers

  private func numbers(_ record: borrowing CSVReader, _ metadataWidth: Int) throws(Refusal) -> Numbers {
    let region = region(of: record, metadataWidth)
    var numbers: Numbers?
    var unread: [(column: Int, reason: String)] = []
    for column in mapping.phones {
      switch reading(record, place(of: column, metadataWidth), region) {
      case nil: continue
      case .failure(let refusal): unread.append((column, refusal.reason))
      case .success(let reading):
        guard let known = numbers else {
          numbers = Numbers(first: reading)
          continue
        }
        guard known.first.number != reading.number, !known.further.contains(where: { $0.number == reading.number }),
          known.further.count < Contact.maximumFurtherNumbers
        else { continue }
        let label = mapping.columns[column].name
        numbers?.further.append(
          Contact.Number(reading.number, phoneExtension: reading.phoneExtension, label: label))
      }
    }
    guard var numbers else {
      guard let first = unread.first else {
        throw Refusal(field: .phone, value: "", reason: "Phone number is required")
      }
      throw Refusal(
        field: .phone, value: record.text(at: place(of: first.column, metadataWidth)), reason: first.reason)
    }
    // Of several numbers one is enough. What stands in place of the others is kept as it is.
    for (column, _) in unread {
      guard let text = text(record, place(of: column, metadataWidth)) else { continue }
      numbers.unread.append((mapping.columns[column].name, text))
    }
    return numbers
  }

  @inline(__always)
  private func reading(
    _ record: borrowing CSVReader, _ place: Int, _ region: String?
  ) -> Result<PhoneReading, PhoneRefusal>? {
    record.withBytes(at: place) { bytes in
      let bytes = CellText.trimmed(bytes)
      guard !bytes.isEmpty else { return nil }
      return Result { () throws(PhoneRefusal) in try phones.read(bytes, region: region) }
    }
  }

  /// The country whose national numbers are meant: what the row says, or what was told for all.
  private func region(of record: borrowing CSVReader, _ metadataWidth: Int) -> String? {
    guard let countryColumn else { return region }
    return record.withBytes(at: place(of: countryColumn, metadataWidth)) { CellText.region(CellText.trimmed($0)) }
      ?? region
  }

  // MARK: Metadata

  /// Where a column stands in a record in which the JSON takes several fields.
  @inline(__always)
  private func place(of column: Int, _ metadataWidth: Int) -> Int {
    guard metadataWidth > 1, let metadataColumn, column > metadataColumn else { return column }
    return column + metadataWidth - 1
  }

  /// How many fields the JSON of a record takes: several, if it has delimiters and no quotes around it.
  ///
  /// - Throws: What is wrong with the fields of the record, as far as they are not such JSON.
  private func widthOfMetadata(_ record: borrowing CSVReader) throws(Refusal) -> Int {
    let count = mapping.columns.count
    var width = 1
    if record.count > count, let metadataColumn {
      let columns = metadataColumn..<metadataColumn + record.count - count + 1
      if record.withRawBytes(of: columns, CellText.isJSON) { width = columns.count }
    }
    if let problem = record.problem {
      let column = (problem.column ?? 1) - 1
      // Quotes inside JSON are none of CSV.
      guard width > 1, let metadataColumn, (metadataColumn..<metadataColumn + width).contains(column) else {
        throw Refusal(
          field: mapping.columns.indices.contains(column) ? mapping.columns[column].field : nil,
          value: record.text(at: column), reason: problem.message)
      }
    }
    guard width == 1, record.count > count else { return width }
    // A delimiter at the end of the line is no further field.
    for column in count..<record.count where record.withBytes(at: column, { !$0.isEmpty }) {
      throw Refusal(
        field: nil, value: record.text(at: column),
        reason:
          "The row has \(record.count) fields, the header \(count); put a field with a delimiter in it into quotes")
    }
    return 1
  }

  private func addMetadata(
    _ record: borrowing CSVReader, _ places: Range<Int>, _ column: Int, to lead: inout NewLead
  ) throws(Refusal) {
    let encoding = record.encoding
    let name = mapping.columns[column].name
    let read = { (bytes: UnsafeRawBufferPointer) in
      Result { () throws(JSONError) in
        try CellText.metadata(CellText.trimmed(bytes), column: name, as: encoding)
      }
    }
    let result =
      places.count == 1
      ? record.withBytes(at: places.lowerBound, read) : record.withRawBytes(of: places, read)
    switch result {
    case .success(let members):
      if lead.fields.isEmpty {
        lead.fields = members
      } else {
        for (key, value) in members { lead.fields[key] = value }
      }
    case .failure(let error):
      throw Refusal(
        field: .metadata, value: record.text(at: places.lowerBound), reason: "Metadata is no JSON: \(error.message)")
    }
  }
}
