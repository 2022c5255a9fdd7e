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
    #expect(field?.field == "telephon")
    let header = #expect(throws: ImportError.self) { try fields(["+14155552671", "Ann"]) }
    #expect(header?.code == .noHeader)
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
