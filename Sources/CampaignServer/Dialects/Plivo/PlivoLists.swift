import CampaignKit
import JSON
import WebServer

// The document makes campaigns of lists, and has no route that makes a list. These are ours.
extension Plivo {
  private static let listSchema = Schema.object([
    .required("listId", identifier), .required("name", .anyText), .required("totalContacts", .count),
    .required("createdAt", moment),
  ])

  private static func value(of list: ContactList) -> JSONValue {
    [
      "listId": value(list.id), "name": .string(list.name), "totalContacts": JSONValue(list.count),
      "createdAt": .moment(list.createdAt),
    ]
  }

  private static let person = Schema.object([
    .required("phone", .name(64).like("+14155551234")), .optional("name", .text(0...500).nullable),
    .optional("email", .text(0...254).nullable), .optional("company", .text(0...500).nullable),
    .optional("notes", .text(0...10_000).nullable),
  ])

  static let lists = [
    Operation(
      .post, "/lists", "Makes a list of contacts, of JSON or of a CSV file; those that cannot be called are left out",
      tag: "lists", access: .changing,
      body: .jsonOrForm(
        .object([.required("name", .name(200)), .required("contacts", .list(of: .anything, count: 1...100_000))]),
        form: .object([
          .required("file", .anyText.described("A CSV file with a column of telephone numbers.")),
          .optional("name", .name(200).described("The name of the list; that of the file where it is left out.")),
        ])),
      success: success(
        message, .required("listId", identifier), .required("data", listSchema), .required("added", .count),
        .required("total", .count),
        .required(
          "errors",
          .list(of: .object([.required("row", .integer(1...Int.max)), .required("error", .anyText)]))
            .described("The first 1,000 contacts that were left out; rows count from 1."))), refusals: [.state]
    ) { inquiry in
      inquiry.hasForm ? try await uploadList(inquiry) : try await createList(inquiry)
    },
    Operation(
      .get, "/lists", "Lists the lists of contacts, the oldest first", tag: "lists", access: .reading,
      success: success(.required("lists", .list(of: listSchema)))
    ) { inquiry in
      answer(["lists": .array(try await inquiry.storage.lists(of: try inquiry.account).map { value(of: $0) })])
    },
  ]

  private static func createList(_ inquiry: Inquiry) async throws -> Response {
    var entries = (inquiry.body["contacts"]?.array ?? [])[...]
    return try await makeList(inquiry.body["name"]?.string ?? "", inquiry) {
      guard let entry = entries.popFirst() else { return nil }
      do throws(Refusal) {
        return .lead(try lead(entry, inquiry.service))
      } catch {
        return .refused(RefusedRow(row: entries.startIndex, kind: .invalid, reason: error.message), doNotCall: [])
      }
    }
  }

  private static func lead(_ entry: JSONValue, _ service: CampaignService) throws(Refusal) -> NewLead {
    var problems: [Problem] = []
    let checked = person.check(entry, &problems)
    guard problems.isEmpty else { throw Refusal(problems) }
    var lead = try service.lead(calling: checked["phone"]?.string ?? "", field: "phone")
    lead.person = Person(
      firstName: checked["name"]?.string, email: checked["email"]?.string, company: checked["company"]?.string)
    lead.notes = checked["notes"]?.string
    return lead
  }

  private static func uploadList(_ inquiry: Inquiry) async throws -> Response {
    try await Upload.receiving(inquiry) { upload in
      guard let path = upload.path else {
        throw Refusal.invalid("file", "is missing; send the list as the part 'file' of a form")
      }
      let name = upload.fields["name"] ?? upload.name
      var problems: [Problem] = []
      _ = Schema.name(200).check(.string(name), at: "name", &problems)
      guard problems.isEmpty else { throw Refusal(problems) }
      var options = LeadImporter.Options()
      options.defaultRegion = inquiry.service.configuration.defaultRegion?.description
      return try await withTaskExecutorPreference(globalConcurrentExecutor) { [options] in
        do {
          var file = try LeadFile(.file(path, name: upload.name), options)
          return try await makeList(name, inquiry) { try file.next() }
        } catch let error as ImportError {
          throw Refusal(error)
        }
      }
    }
  }

  /// Makes a list; there is none where nobody could be put on it.
  private static func makeList(
    _ name: String, _ inquiry: Inquiry, _ next: () throws -> LeadFile.Row?
  ) async throws -> Response {
    let account = try inquiry.account
    let now = try await inquiry.storage.now()
    let list = ContactList(
      id: inquiry.service.identifiers.next(at: now), account: account, name: name, createdAt: now)
    try await inquiry.storage.insert(list)
    do {
      let people = try await inquiry.service.fill(list, next)
      guard people.added > 0 else {
        let reason = people.refused.first.map { "row \($0.row): \($0.reason)" } ?? "there is no row"
        throw Refusal(.invalid, "the list has no contact that can be called; \(reason)")
      }
      var stored = list
      stored.count = people.added
      return answer([
        "message": "Contact list created successfully", "listId": value(list.id), "data": value(of: stored),
        "added": JSONValue(people.added), "total": JSONValue(people.total),
        "errors": .array(people.refused.map { ["row": JSONValue($0.row), "error": .string($0.reason)] }),
      ])
    } catch {
      try? await inquiry.storage.delete(list.id, of: account)
      throw error
    }
  }
}
