import CampaignKit
import JSON
import Testing

/// What a row says of a lead, or what is wrong with it.
@Suite struct LeadRowTests {
  private func lead(_ text: String, _ change: (inout LeadImporter.Options) -> Void = { _ in }) async throws -> Lead {
    let scene = try await ImportScene()
    let result = try await scene.run(text, change)
    #expect(result.refused == [])
    return try #require(try await scene.leads().first)
  }

  private func refusal(_ text: String) async throws -> RefusedRow {
    let scene = try await ImportScene()
    let result = try await scene.run(text)
    #expect(result.tally.inserted == 0)
    return try #require(result.refused.first)
  }

  @Test func readsAllFields() async throws {
    let lead = try await lead(
      """
      phone,first_name,last_name,email,company,country,type,subject,priority,notes,timezone,not_before,plan,extension
      +1 (415) 555-2671, Ada ,Lovelace,ada@example.com,ABC Corp,US,carrier,renewal,high,"VIP, really",Europe/Paris,\
      2026-01-31T09:00:00Z,00501,12
      """)
    #expect(lead.number.description == "+14155552671")
    #expect(
      lead.person
        == Person(firstName: "Ada", lastName: "Lovelace", email: "ada@example.com", company: "ABC Corp", country: "US"))
    #expect(lead.type == "carrier")
    #expect(lead.subject == "renewal")
    #expect(lead.priority == -1)
    #expect(lead.notes == "VIP, really")
    #expect(lead.locality.timeZones == ["Europe/Paris"])
    #expect(lead.nextAttemptAt == Timestamp("2026-01-31T09:00:00Z"))
    #expect(lead.fields == ["plan": "00501"])
  }

  /// The sample of document 001 as it is printed: JSON without quotes around it.
  @Test func readsTheSampleAsPrinted() async throws {
    let scene = try await ImportScene()
    let result = try await scene.run(
      """
      phoneNumber,name,priority,metadata
      +919529117230,John Doe,1,{"source":"website"}
      +918329823146,Jane Smith,2,{"source":"referral"}
      """)
    #expect(result.tally == ImportBatch.Tally(total: 2, inserted: 2, contactsCreated: 2))
    let leads = try await scene.leads()
    #expect(leads.map(\.person.firstName) == ["John Doe", "Jane Smith"])
    #expect(leads.map(\.priority) == [1, 2])
    #expect(leads.map(\.fields) == [["source": "website"], ["source": "referral"]])
  }

  @Test(
    arguments: [
      ("metadata,name", "{\"a\":1,\"b\":\"x\"},Ann", ["a": 1, "b": "x"]),
      ("name,metadata", "Ann,{\"tags\":[\"a\",\"b\"],\"n\":null}", ["tags": ["a", "b"], "n": nil]),
      ("metadata,name", "\"{\"\"a\"\":1,\"\"b\"\":2}\",Ann", ["a": 1, "b": 2]),
      ("metadata,name", "just text,Ann", ["metadata": "just text"]),
      ("metadata,name", "\"[1,2]\",Ann", ["metadata": [1, 2]]),
      ("metadata,name", ",Ann", [:]),
    ] as [(String, String, JSONObject)])
  func readsMetadata(header: String, row: String, expected: JSONObject) async throws {
    let lead = try await lead("phone,\(header)\n+14155552671,\(row)\n")
    #expect(lead.fields == expected)
    #expect(lead.person.firstName == "Ann")
  }

  @Test func takesTheFirstNumberThatIsOne() async throws {
    let scene = try await ImportScene()
    let result = try await scene.run(
      "phone,mobile,work phone\n,+14155552671,+14155552672\nnone,+14155552673,+14155552673\n")
    #expect(result.refused == [])
    let leads = try await scene.leads()
    #expect(leads.map(\.number.description) == ["+14155552671", "+14155552673"])
    #expect(leads.map(\.fields) == [[:], ["phone": "none"]])
    let contact = try #require(try await scene.store.contact(leads[0].contact, of: scene.account))
    #expect(contact.furtherNumbers.map(\.label) == ["work phone"])
    let second = try #require(try await scene.store.contact(leads[1].contact, of: scene.account))
    #expect(second.furtherNumbers == [])
  }

  @Test func tellsThePhoneReaderTheCountry() async throws {
    let scene = try await ImportScene()
    _ = try await scene.run("phone,country\n1,fr\n2,\n3,UK\n4,Germany\n") { options in
      options.phones = AnyPhoneReader()
      options.defaultRegion = "US"
    }
    #expect(try await scene.leads().map(\.locality.jurisdiction) == ["FR", "US", "GB", "US"])
  }

  @Test(arguments: [
    "\u{202A}+14155552671\u{202C}", "=\"\"+14155552671\"\"", " +1 415 555 2671\u{A0}", "+1-415.555/2671",
  ])
  func readsNumbersThatWereCopied(text: String) async throws {
    #expect(try await lead("phone\n\"\(text)\"\n").number.description == "+14155552671")
  }

  @Test(
    arguments: [
      ("phone,name", ",Ann", "phone", "", "Phone number is required"),
      ("phone,name", "invalid,Ann", "phone", "invalid", "Invalid phone number format"),
      ("phone,name", "4155552671,Ann", "phone", "4155552671", "Invalid phone number format"),
      ("phone,name", "+0155552671,Ann", "phone", "+0155552671", "Invalid phone number format"),
      ("phone,mobile", "x,y", "phone", "x", "Invalid phone number format"),
      ("phone,priority", "+14155552671,soon", "priority", "soon", "Priority must"),
      ("phone,not_before", "+14155552671,10/07/2025", "not_before", "10/07/2025", "A time must"),
      ("phone,timezone", "+14155552671,Mars/Base", "timezone", "Mars/Base", "A time zone must"),
      ("phone,dnc", "+14155552671,maybe", "do_not_call", "maybe", "Do not call must"),
      ("phone,metadata", "+14155552671,{\"a\":}", "metadata", "{\"a\":}", "Metadata is no JSON"),
      ("phone,name", "+14155552671,Ann,extra", nil, "extra", "The row has 3 fields"),
      ("phone,name", "+14155552671,\"x\"y", "name", "xy", "text follows a closing quote"),
      ("phone,name", "+14155552671,a\u{0}b", nil, "", "The row holds a NUL byte"),
    ] as [(String, String, String?, String, String)])
  func saysWhatIsWrong(header: String, row: String, field: String?, value: String, reason: String) async throws {
    // A second, good row, so that the first is not the only one by which the width of the table is judged.
    let scene = try await ImportScene()
    let result = try await scene.run("\(header)\n\(row)\n+14155552699,\n")
    #expect(result.tally.inserted == 1)
    #expect(result.refused.count == 1)
    let refused = try #require(result.refused.first)
    #expect(refused.row == 1)
    #expect(refused.kind == .invalid)
    #expect(refused.field == field)
    #expect(refused.value == value)
    #expect(refused.reason.hasPrefix(reason), "\(refused.reason)")
  }

  /// A lead may keep 1 MiB. One that has more is a row like any other that is wrong.
  @Test func refusesWhatTheStoreWouldNotKeep() async throws {
    let scene = try await ImportScene()
    let long = String(repeating: "x", count: 1_100_000)
    let result = try await scene.run("phone,notes\n+14155552671,\(long)\n+14155552672,short\n")
    #expect(result.tally.inserted == 1)
    #expect(result.refused.map(\.row) == [1])
    #expect(result.refused.first?.cells == [])
  }

  @Test func ignoresEmptyFieldsBehindTheLast() async throws {
    #expect(try await lead("phone,name\n+14155552671,Ann,,\n").person.firstName == "Ann")
  }

  /// A header that forgot columns, which all rows have.
  @Test func namesColumnsThatHaveNoName() async throws {
    #expect(try await lead("phone\n+14155552671,Ann\n").fields == ["column 2": "Ann"])
  }

  @Test func readsFilesWithoutAHeader() async throws {
    let lead = try await lead("Ann,+14155552671,gold\n") { options in
      options.columns = .fields([.name, .phone, .custom("plan")])
    }
    #expect(lead.person.firstName == "Ann")
    #expect(lead.fields == ["plan": "gold"])
  }

  /// What is expected of each file: the rows that are told of.
  @Test func tellsOfTheRowsOfEachCase() async throws {
    var count = 0
    for file in CSVCase.all where !file.isRefused {
      // The JSON of this one is read although its comma is not quoted, as document 001's sample has JSON.
      let expected =
        file.name.contains("json-unquoted-comma")
        ? [] : file.expectation["rowErrors"]?.array?.compactMap(\.int) ?? []
      let mayBeRefused = file.expectation["reject"]?.bool == true
      let scene = try await ImportScene()
      var options = LeadImporter.Options()
      options.phones = AnyPhoneReader()
      let header = try CSVReader.records(in: file.bytes).first ?? []
      if header.contains("a"), !header.contains("phone") { options.columns = .header(["a": "phone"]) }
      do throws(ImportError) {
        let result = try await LeadImporter(scene.store, options: options)
          .run(.bytes(file.bytes, name: file.name), into: scene.campaign)
        // A file without a phone column was given one, and may have no text there.
        let isPhone = file.expectation["phone"] != nil || !expected.isEmpty
        let rows = result.refused.filter { $0.kind == .invalid && (isPhone || $0.value != "") }.map(\.row)
        #expect(rows == expected || mayBeRefused && expected.isEmpty, "\(file.name): \(result.refused)")
        count += 1
      } catch {
        let isOtherPhone = file.expectation["phone"] == nil
        #expect(mayBeRefused || isOtherPhone, "\(file.name): \(error)")
      }
    }
    #expect(count > 40)
  }
}
