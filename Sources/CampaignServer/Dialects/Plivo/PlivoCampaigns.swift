import CampaignKit
import JSON
import WebServer

extension Plivo {
  static let campaigns = [
    Operation(
      .post, "/create-campaign", "Makes a campaign of a list of contacts, and starts it", tag: "campaigns",
      access: .changing,
      body: .json(
        .object([
          .required("campaignName", .name(100).like("Q4 Sales Campaign")), .required("listId", identifier),
          .required("fromNumber", .text(1...64).like("+14155550100")), .required("wssUrl", streamAddress),
          .optional("clientId", clientID),
        ])),
      success: success(
        message, .required("campaignId", identifier),
        .required(
          "data",
          .object([
            .required("campaignId", identifier), .required("campaignName", .anyText),
            .required("status", .choice(statuses)), .required("totalContacts", .count),
            .required("currentIndex", .count), .required("heartbeat", moment), .required("createdAt", moment),
          ]))), refusals: [.notFound, .state], answer: create),
    Operation(
      .post, "/pause-campaign", "Lets a campaign place no further call for a while", tag: "campaigns",
      access: .changing,
      body: .json(
        .object([
          .required("campaignId", identifier),
          .optional("pausedBy", .text(0...200).nullable.described("Who, for those who look at the campaign.")),
        ])),
      success: success(message, .required("campaignId", identifier)), refusals: [.notFound, .state]
    ) { inquiry in
      let campaign = try await inquiry.plivoCampaign(inquiry.campaignInBody, orElse: notPausable)
      try await inquiry.pause(campaign, reason: inquiry.body["pausedBy"]?.string.map { "paused by \($0)" })
      return answer(["message": "Campaign paused successfully", "campaignId": value(campaign.id)])
    }
    .unlimited,
    Operation(
      .post, "/resume-campaign", "Goes on with a paused campaign", tag: "campaigns", access: .changing,
      body: .json(.object([.required("campaignId", identifier)])),
      success: success(
        message, .required("campaignId", identifier),
        .required(
          "resumedFrom", .object([.required("currentIndex", .count), .required("remainingContacts", .count)]))),
      refusals: [.notFound, .state]
    ) { inquiry in
      let campaign = try await inquiry.plivoCampaign(inquiry.campaignInBody, orElse: notResumable)
      let progress = try await CampaignReports(inquiry.storage).progress(of: campaign)
      try await inquiry.resume(campaign)
      return answer([
        "message": "Campaign resumed successfully", "campaignId": value(campaign.id),
        "resumedFrom": [
          "currentIndex": JSONValue(progress.processed), "remainingContacts": JSONValue(progress.remaining),
        ],
      ])
    },
    progress,
  ]

  static let notPausable = "Campaign not found or already paused"
  static let notResumable = "Campaign not found or not paused"

  private static func create(_ inquiry: Inquiry) async throws -> Response {
    let service = inquiry.service
    let body = inquiry.body
    try await inquiry.refuseOtherClient(body["clientId"])
    let caller = try service.phoneNumber(body["fromNumber"]?.string ?? "", field: "fromNumber")
    try service.checkStream(body["wssUrl"]?.string, field: "wssUrl")
    let account = try inquiry.account
    guard let id = body["listId"]?.string.flatMap({ IdentifierForm.read($0, as: ContactList.self) }),
      let list = try await inquiry.storage.list(id, of: account)
    else { throw Refusal(.notFound, "Contact list not found") }
    guard list.count > 0 else { throw Refusal(.state, "The contact list is empty; add contacts to it first") }
    let now = try await inquiry.storage.now()
    var campaign = Campaign(
      id: service.identifiers.next(at: now), account: account, name: body["campaignName"]?.string ?? "",
      createdAt: now)
    campaign.callerNumbers = [caller]
    campaign.agents.mediaStreamURL = body["wssUrl"]?.string
    campaign.compliance.keepsLegalHours = service.configuration.keepsLegalHours
    campaign.keep(["listId": value(list.id)], for: "plivo")
    campaign = try await inquiry.engine.create(campaign)
    do {
      let count = try await service.add(everybodyOn: list.id, to: campaign)
      campaign = try await service.start(campaign, callerField: "fromNumber")
      let heartbeat = try await service.heartbeat(of: campaign)
      return answer([
        "message": "Campaign created successfully", "campaignId": value(campaign.id),
        "data": [
          "campaignId": value(campaign.id), "campaignName": .string(campaign.name),
          "status": .string(name(of: campaign.status)), "totalContacts": JSONValue(count), "currentIndex": 0,
          "heartbeat": .moment(heartbeat.at), "createdAt": .moment(campaign.createdAt),
        ],
      ])
    } catch {
      // Nothing of it was called: a campaign that was started is not deleted.
      try? await inquiry.storage.delete(campaign.id)
      throw error
    }
  }

  // MARK: Progress

  private static let progress = Operation(
    .get, "/campaign-progress/{campaignId}", "Tells how far a campaign has come", tag: "campaigns", access: .reading,
    success: success(
      .required("campaignId", identifier),
      .required(
        "progress",
        .object([
          .required("status", .choice(statuses)), .required("currentIndex", .count),
          .required("totalContacts", .count), .required("processedContacts", .count),
          .required("progressPercentage", percentage), .required("remainingContacts", .count),
        ])),
      .required(
        "statistics",
        .object([
          .required("connectedCalls", .count), .required("failedCalls", .count),
          .required("totalCallsAttempted", .count), .required("avgCallDuration", figure.described("In seconds.")),
        ])),
      .required(
        "timing",
        .object([
          .required("startTime", moment), .required("pausedAt", moment.nullable),
          .required("resumedAt", moment.nullable), .required("lastActivity", moment),
          .required("estimatedCompletion", moment.nullable),
        ])),
      .required(
        "container",
        .object([
          .required("containerId", .anyText), .required("heartbeat", moment),
          .required("heartbeatStatus", Heartbeat.schema),
        ])))
  ) { inquiry in
    let campaign = try await inquiry.plivoCampaign(inquiry.path("campaignId"))
    let reports = CampaignReports(inquiry.storage)
    let progress = try await reports.progress(of: campaign)
    let heartbeat = try await inquiry.service.heartbeat(of: campaign)
    return answer([
      "campaignId": value(campaign.id),
      "progress": [
        "status": .string(name(of: campaign.status)), "currentIndex": JSONValue(progress.processed),
        "totalContacts": JSONValue(progress.leads.total), "processedContacts": JSONValue(progress.processed),
        "progressPercentage": .figure(progress.percentage), "remainingContacts": JSONValue(progress.remaining),
      ],
      "statistics": [
        "connectedCalls": JSONValue(progress.calls.reached), "failedCalls": JSONValue(progress.calls.failed),
        "totalCallsAttempted": JSONValue(progress.calls.endedCalls),
        "avgCallDuration": seconds(progress.calls.averageDuration),
      ],
      "timing": [
        "startTime": .moment(campaign.startedAt ?? campaign.createdAt), "pausedAt": .moment(campaign.pausedAt),
        "resumedAt": .moment(campaign.resumedAt), "lastActivity": .moment(try await reports.lastActivity(of: campaign)),
        "estimatedCompletion": .moment(progress.estimatedEnd),
      ],
      "container": [
        "containerId": .string(heartbeat.container), "heartbeat": .moment(heartbeat.at),
        "heartbeatStatus": heartbeat.word,
      ],
    ])
  }
  .identified("campaignId")
}

extension Operation {
  /// The same, with a part of the path that is an identifier of this dialect.
  fileprivate func identified(_ name: String) -> Operation {
    var operation = self
    operation.pathParameters[name] = Plivo.identifier
    return operation
  }
}

extension Inquiry {
  fileprivate var campaignInBody: String { body["campaignId"]?.string ?? "" }

  /// Pauses a campaign, and refuses in the words of the document.
  func pause(_ campaign: Campaign, reason: String?) async throws {
    do throws(EngineError) { _ = try await engine.pause(campaign.id, reason: reason) } catch {
      throw error.store?.transition == nil ? Refusal(error) : Refusal(.state, Plivo.notPausable)
    }
  }

  /// Goes on with a campaign, or starts one that was only prepared.
  func resume(_ campaign: Campaign) async throws {
    guard campaign.status != .draft else {
      _ = try await service.start(campaign, callerField: "fromNumber")
      return
    }
    do throws(EngineError) { _ = try await engine.resume(campaign.id) } catch {
      throw error.store?.transition == nil ? Refusal(error) : Refusal(.state, Plivo.notResumable)
    }
  }
}
