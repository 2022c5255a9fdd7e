import CampaignKit
import JSON

/// The status of a lead.
enum TenantLeadStatus: String, CaseIterable, Sendable {
  /// It waits, and its campaign does not call.
  case pending
  /// It waits, and its campaign calls.
  case queued
  /// It has a call.
  case calling
  /// It was reached.
  case completed
  /// It was not reached, and gets no further call.
  case failed
  /// It is not to be called.
  case dnc
  /// It was taken out before it was done.
  case cancelled

  init(_ status: Lead.Status, in campaign: Campaign.Status) {
    self =
      switch status {
      case .waiting: campaign == .active ? .queued : .pending
      case .calling: .calling
      case .completed: .completed
      case .failed: .failed
      case .suppressed: .dnc
      case .cancelled: .cancelled
      }
  }

  /// The statuses that it stands for in a campaign.
  func leads(in campaign: Campaign.Status) -> Set<Lead.Status> {
    Set(Lead.Status.allCases.filter { TenantLeadStatus($0, in: campaign) == self })
  }
}

extension Tenant {
  /// The places in the order of calls that have a word.
  static let priorities = ["low", "normal", "high"]

  /// A lead in an answer.
  static let lead = Schema.object([
    .required("id", id), .required("campaign_id", id), .required("tenant_id", text), .required("phone", text),
    .required("phone_normalized", .text(.phone)), .required("first_name", text.nullable),
    .required("last_name", text.nullable), .required("email", text.nullable), .required("country", text.nullable),
    .required("type", text.nullable), .required("priority", .choice(priorities)),
    .required("custom_fields", .freeObject), .required("notes", text.nullable),
    .required("status", .choice(TenantLeadStatus.allCases.map(\.rawValue))), .required("call_attempts", count),
    .required("last_call_at", moment.nullable), .required("next_call_at", moment.nullable),
    .required("do_not_call", .flag), .required("created_at", moment), .required("updated_at", moment),
  ])

  /// The word for a place in the order of calls.
  static func priority(_ priority: Int32) -> String { priority < 0 ? "high" : priority == 0 ? "normal" : "low" }

  /// The custom fields of a lead; the company is one of them here.
  static func customFields(of lead: Lead) -> JSONObject {
    var fields = lead.fields
    if let company = lead.person.company, fields["company"] == nil { fields["company"] = .string(company) }
    return fields
  }
}

extension TenantView {
  /// A lead of a campaign.
  func lead(_ lead: Lead, of status: Campaign.Status, in storage: any CampaignStorage) async throws -> JSONValue {
    var isSuppressed = lead.status == .suppressed
    if !isSuppressed { isSuppressed = try await storage.suppression(of: lead.number, for: account.id) != nil }
    let number = lead.number.description
    return [
      "id": Tenant.value(lead.id), "campaign_id": Tenant.value(lead.campaign), "tenant_id": tenant,
      "phone": .string(number), "phone_normalized": .string(number),
      "first_name": Tenant.value(lead.person.firstName), "last_name": Tenant.value(lead.person.lastName),
      "email": Tenant.value(lead.person.email), "country": Tenant.value(lead.person.country),
      "type": Tenant.value(lead.type), "priority": .string(Tenant.priority(lead.priority)),
      "custom_fields": .object(Tenant.customFields(of: lead)), "notes": Tenant.value(lead.notes),
      "status": .string(TenantLeadStatus(lead.status, in: status).rawValue),
      "call_attempts": Tenant.value(lead.attempts), "last_call_at": Tenant.value(lead.lastAttemptAt),
      "next_call_at": Tenant.value(lead.status == .waiting ? lead.nextAttemptAt : nil),
      "do_not_call": .bool(isSuppressed), "created_at": Tenant.value(lead.createdAt),
      "updated_at": Tenant.value(lead.updatedAt),
    ]
  }
}
