import CampaignKit
import JSON

extension Tenant {
  /// The account's address book.
  static let contacts = [createContact, listContacts, callContacts, getContact, updateContact, deleteContact]

  private static let properties: [Schema.Property] = [
    .optional("email", .text(0...254).nullable), .optional("company", .text(0...1000).nullable),
    .optional("country", .text(0...100).nullable), .optional("notes", .text(0...100_000).nullable),
  ]
  private static let name = Schema.name(500).like("John Smith")
  private static let phone = Schema.text(1...40).like("+919876543210")

  private static let contact = Schema.object([
    .required("id", id), .required("tenant_id", text), .required("name", text), .required("phone_number", text),
    .required("email", text.nullable), .required("company", text.nullable), .required("country", text.nullable),
    .required("notes", text.nullable), .required("created_at", moment), .required("updated_at", moment),
  ])

  private static func row(_ contact: Contact, _ view: TenantView) -> JSONValue {
    [
      "id": value(contact.id), "tenant_id": view.tenant, "name": .string(contact.person.fullName ?? ""),
      "phone_number": .string(contact.number.description), "email": value(contact.person.email),
      "company": value(contact.person.company), "country": value(contact.person.country),
      "notes": value(contact.notes), "created_at": value(contact.createdAt), "updated_at": value(contact.updatedAt),
    ]
  }

  /// Changes a contact as a body says.
  private static func apply(_ body: JSONObject, to contact: inout Contact, _ service: CampaignService) throws(Refusal) {
    if let name = body["name"]?.string, name != contact.person.fullName {
      contact.person.firstName = name
      contact.person.lastName = nil
    }
    if let value = body["email"] { contact.person.email = value.string }
    if let value = body["company"] { contact.person.company = value.string }
    if let value = body["country"] { contact.person.country = value.string }
    if let value = body["notes"] { contact.notes = value.string }
    if let text = body["phone_number"]?.string {
      contact.number = try service.phoneNumber(text, field: "phone_number", country: contact.person.country)
    }
  }

  private static let createContact = Operation(
    .post, "/contacts", "Adds a contact", tag: "contacts", access: .changing,
    body: .json(.object([.required("name", name), .required("phone_number", phone)] + properties)),
    success: answer(.created, .required("contact", contact)), refusals: [.duplicate]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let body = inquiry.body
    let now = await inquiry.service.now()
    let number = try inquiry.service.phoneNumber(
      body["phone_number"]?.string ?? "", field: "phone_number", country: body["country"]?.string)
    var contact = Contact(
      id: inquiry.service.identifiers.next(at: now), account: view.account.id, number: number, createdAt: now)
    try apply(body, to: &contact, inquiry.service)
    try await inquiry.storage.insert(contact)
    return done(["contact": row(contact, view)], .created)
  }

  private static let listContacts = Operation(
    .get, "/contacts", "Lists contacts, the oldest first", tag: "contacts", access: .reading,
    query: [.optional("search", .text(1...200).described("A part of a name, an address or a number."))] + paging,
    success: answer(.ok, .required("contacts", .list(of: contact)), counted, total)
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let query = ContactQuery(account: view.account.id, search: inquiry.query["search"]?.string)
    let page = try await inquiry.storage.contacts(query, page: inquiry.window(limit: 50))
    let rows = page.elements.map { row($0, view) }
    return done(["contacts": .array(rows), "count": value(rows.count), "total": value(page.total ?? rows.count)])
  }

  private static let getContact = Operation(
    .get, "/contacts/{id}", "Shows a contact", tag: "contacts", access: .reading,
    success: answer(.ok, .required("contact", contact))
  ) { inquiry in
    done(["contact": row(try await inquiry.contact(), try await inquiry.tenantView())])
  }

  private static let updateContact = Operation(
    .put, "/contacts/{id}", "Changes a contact; leads that wait are called on the new number", tag: "contacts",
    access: .changing,
    body: .json(.object([.optional("name", name), .optional("phone_number", phone)] + properties)),
    success: answer(.ok, .required("contact", contact)), refusals: [.duplicate]
  ) { inquiry in
    var contact = try await inquiry.contact()
    try apply(inquiry.body, to: &contact, inquiry.service)
    let updated = try await inquiry.storage.update(contact)
    return done(["contact": row(updated, try await inquiry.tenantView())])
  }

  private static let deleteContact = Operation(
    .delete, "/contacts/{id}", "Removes a contact that no campaign has as a lead", tag: "contacts", access: .changing,
    success: answer(.ok, message), refusals: [.state]
  ) { inquiry in
    let contact = try await inquiry.contact()
    try await inquiry.storage.delete(contact.id, of: contact.account)
    return done(["message": "Contact deleted successfully"])
  }

  private static let callContacts = Operation(
    .post, "/contacts/call", "Makes a campaign of chosen contacts, and starts it", tag: "contacts", access: .changing,
    body: .json(
      .object(
        settings + [
          .required("contact_ids", .list(of: .text(1...64), count: 1...100_000)),
          .optional("start", .flag.defaulting(to: true).described("Whether to start it at once.")),
        ])), success: answer(.created, message, .required("campaign", campaign)), refusals: [.state]
  ) { inquiry in
    let view = try await inquiry.tenantView()
    let service = inquiry.service
    var body = inquiry.body
    if body["name"] == nil, body["campaign_name"] == nil {
      body["name"] = .string("Bulk call \(await service.now())")
    }
    let leads = try await inquiry.leads(of: body["contact_ids"]?.array ?? [])
    var campaign = try await service.makeTenantCampaign(body, view, retries: .tenantOnce, leads: leads).campaign
    guard body["start"]?.bool ?? true else {
      return done(
        ["message": "Campaign created", "campaign": try await view.campaign(campaign, in: inquiry.storage)], .created)
    }
    do {
      campaign = try await service.start(campaign, callerField: "caller_id")
    } catch {
      try? await inquiry.storage.delete(campaign.id)
      throw error
    }
    return done(
      [
        "message": "Campaign started successfully",
        "campaign": try await view.campaign(campaign, in: inquiry.storage),
      ], .created)
  }
}

extension Inquiry {
  /// The contact that the path names, if it belongs to whoever asks.
  fileprivate func contact() async throws -> Contact {
    let id = try identifier(of: "contact", as: Contact.self)
    guard let contact = try await storage.contact(id, of: try account) else { throw Refusal.notFound("contact") }
    return contact
  }
}
