import CampaignKit
import Testing

@Suite struct FieldMappingTests {
  private func fields(_ header: [String], _ told: [String: String] = [:]) throws(ImportError) -> [LeadField] {
    try FieldMapping(header: header, fields: told).columns.map(\.field)
  }

  @Test(arguments: [
    "phone", "Phone", "PHONE NUMBER", "phone_number", "phoneNumber", "Phone-No.", "mobile", "Mobile Number", "Cell",
    "Tel", "Tel.", "Telephone", "E.164", "MSISDN", "Contact Phone Number", "Número de teléfono", "Téléphone",
    "Telefonnummer", "phone1", "Phone 2", "Home Phone", "work_phone", "Customer Mobile", "Number", "Contact Number",
    " phone ", "Handy",
  ])
  func knowsPhoneColumns(header: String) throws {
    #expect(try fields(["plan", header]) == [.custom("plan"), .phone])
  }

  @Test(arguments: ["phone type", "phone_country", "fax", "telex", "account", "numbers of children", "headphones", ""])
  func doesNotTakeOthersForPhones(header: String) {
    let error = #expect(throws: ImportError.self) { try fields(["plan", header]) }
    #expect(error?.code == .noPhoneColumn)
  }

  @Test func knowsTheUsualFields() throws {
    let header = [
      "Phone", "First Name", "surname", "E-Mail", "Organisation", "Country Code", "lead_type", "Subject", "Priority",
      "Comments", "Time Zone", "call after", "metadata", "DNC", "ext", "Plan",
    ]
    let expected: [LeadField] = [
      .phone, .firstName, .lastName, .email, .company, .country, .type, .subject, .priority, .notes, .timeZone,
      .notBefore, .metadata, .doNotCall, .phoneExtension, .custom("Plan"),
    ]
    #expect(try fields(header) == expected)
  }

  @Test func triesTheLikelierNumberFirst() throws {
    #expect(try FieldMapping(header: ["work phone", "mobile", "name", "phone"]).phones == [3, 1, 0])
    #expect(try FieldMapping(header: ["number", "phone"]).columns[0].field == .custom("number"))
    #expect(try FieldMapping(header: ["phone", "name", "PHONE"]).phones == [0, 2])
  }

  @Test func givesAFieldToOneColumn() throws {
    #expect(
      try fields(["phone", "notes", "comment", "x", "X", "x", " "])
        == [
          .phone, .notes, .custom("comment"), .custom("x"), .custom("X"), .custom("x 2"), .custom("column 7"),
        ])
  }

  /// The mapping of document 002.
  @Test func takesWhatItIsTold() throws {
    let told = [
      "First Name": "first_name", "Last Name": "last_name", "Phone Number": "phone", "Country Code": "country",
    ]
    let header = ["First Name", "Last Name", "Phone Number", "Country Code"]
    #expect(try fields(header, told) == [.firstName, .lastName, .phone, .country])
    // A column that is told takes the field from one that would be guessed.
    #expect(
      try fields(["phone", "Landline", "Name"], ["landline": "phone", "Name": "custom_fields.who"])
        == [.custom("phone"), .phone, .custom("who")])
    #expect(try fields(["a", "b"], ["a": "Phone", "b": "ignored"]) == [.phone, .ignored])
  }

  @Test func refusesWhatThereIsNot() {
    let column = #expect(throws: ImportError.self) { try fields(["phone"], ["Mail": "email"]) }
    #expect(column?.code == .unknownColumn)
    #expect(column?.field == "Mail")
    let field = #expect(throws: ImportError.self) { try fields(["phone"], ["phone": "telephon"]) }
    #expect(field?.code == .unknownField)
    #expect(field?.field == "phone")
    #expect(field?.message.hasPrefix("'telephon' is no field") == true)
  }

  @Test(arguments: [
    ["+14155552671", "Ann"], ["tel:+14155552671", "Ann"], ["Phone: 415 555-2671", "Ann"], ["phone", "+14155552671"],
    ["415-555-2671 (cell)"], ["+14155552671", "mobile"], ["٤١٥٥٥٥٢٦٧١", "mobile"],
  ])
  func takesNoRowWithANumberForAHeader(row: [String]) throws {
    let error = #expect(throws: ImportError.self) { try fields(row) }
    #expect(error?.code == .noHeader)
    // Whoever names its cells as columns would lose the person in it.
    for name in row {
      let told = #expect(throws: ImportError.self) { try fields(row, [name: "phone"]) }
      #expect(told?.code == .noHeader)
      #expect(told?.message.contains("put a row with the names of the columns above it") == true)
    }
  }

  @Test func takesYearsAndDaysForNames() throws {
    let header = ["phone", "Balance 2024-01-15", "Umsatz 2023/2024", "31.12.2024", "Q1 2025 (2)", "Plan 123456"]
    #expect(try fields(header).dropFirst() == header.dropFirst().map { .custom($0) }[...])
  }

  @Test(arguments: ["Titel", "Hotel", "HOSTEL", "Excell"])
  func takesNoOtherWordForATelephone(word: String) throws {
    #expect(try fields([word, "Vorname", "Nummer"])[2] == .phone)
    #expect(try fields([word, "Home Tel 2", "homeCell"]).dropFirst() == [.phone, .phone])
  }

  /// As many columns as a reader takes, and names that match only when case is left out.
  @Test func findsWhatItIsToldInAWideHeader() throws {
    let header = (0..<5_000).map { "Column \($0)" } + ["phone"]
    let told = Dictionary(uniqueKeysWithValues: (0..<400).map { ("COLUMN_\(4_999 - $0)", "ignored") })
    let mapping = try FieldMapping(header: header, fields: told)
    #expect(mapping.columns.count { $0.field == .ignored } == 400)
  }

  @Test func fieldsHaveNamesThatReadBack() {
    for name in LeadField.allNames { #expect(LeadField(name)?.description == name) }
    #expect(LeadField("custom_fields.My Plan") == .custom("My Plan"))
    #expect(LeadField("First Name") == .firstName)
    #expect(LeadField("custom_fields.") == nil)
    #expect(LeadField("") == nil)
  }

  /// What is expected of each file: the column that is taken for the phone number.
  @Test func findsThePhoneOfEachCase() throws {
    var count = 0
    for file in CSVCase.all {
      guard let phone = file.expectation["phone"]?.int else { continue }
      let header = try #require(try CSVReader.records(in: file.bytes).first)
      #expect(try FieldMapping(header: header).phones.first == phone, "\(file.name)")
      if let names = file.expectation["header"]?.array { #expect(header == names.compactMap(\.string)) }
      count += 1
    }
    #expect(count > 20)
  }
}
