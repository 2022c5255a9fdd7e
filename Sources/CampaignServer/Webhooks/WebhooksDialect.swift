public import CampaignCarriers
import CampaignKit
import WebServer

extension Dialect {
  /// Where carriers report what happens to calls, and ask what to say in them.
  ///
  /// `Documentation/Webhooks.md` has the routes. Every request must be signed: for a carrier without a verifier, all are
  /// refused.
  ///
  /// - Parameters:
  ///   - verifiers: Who tells what is signed; of several for one carrier any may accept a request.
  ///   - name: The name by which it is mounted.
  ///   - base: The path that the routes are below of. The dialers tell carriers to report at `/webhooks`; elsewhere the
  ///     routes are good only beside those, for who asks there.
  /// - Returns: The dialect.
  public static func webhooks(
    _ verifiers: [WebhookVerifier], name: String = "webhooks", base: String = "/webhooks"
  ) -> Dialect {
    var operations: [Operation] = []
    let told = ToldMachines()
    let answeredLegs = AnsweredLegs()
    for carrier in WebCarrier.allCases {
      let own = verifiers.filter { $0.carrier == carrier }
      for purpose in WebhookAddresses.Purpose.allCases {
        operations.append(.webhook(purpose, carrier, own, told, answeredLegs))
      }
    }
    return Dialect(
      name: name, title: "Where carriers report what happens to calls", base: base, style: .plain,
      operations: operations)
  }
}

extension WebhookAddresses.Purpose {
  fileprivate var summary: String {
    switch self {
    case .answer: "Asks what to say to whoever answered"
    case .status: "Tells how a call goes"
    case .machine: "Tells who or what answered"
    case .recording: "Tells of a recording"
    case .abandoned: "Asks what to say to a person whom no agent takes"
    case .agentAnswer: "Asks what to say to the agent who was rung"
    case .agentStatus: "Tells how the agent's own call went"
    case .conferenceStatus: "Tells who joined and left a conference"
    }
  }
}

extension Operation {
  /// Reports are short: a few names and values.
  private static let longestReport = 256 << 10

  fileprivate static func webhook(
    _ purpose: WebhookAddresses.Purpose, _ carrier: WebCarrier, _ verifiers: [WebhookVerifier],
    _ told: ToldMachines, _ answeredLegs: AnsweredLegs
  ) -> Operation {
    var operation = Operation(
      .post, "/\(carrier.rawValue)/\(purpose.rawValue)", purpose.summary, tag: carrier.rawValue, access: .carrier,
      body: .raw("application/x-www-form-urlencoded", .freeObject),
      success: Success(.ok, .text(), mediaType: "text/xml")
    ) { inquiry in
      guard let publicURL = inquiry.publicURL, !verifiers.isEmpty else {
        throw Refusal(
          .forbidden, "what \(carrier.rawValue) sends cannot be verified here; set its secret and PUBLIC_URL")
      }
      let body = try await inquiry.request.body.collect(upTo: longestReport)
      let request = WebhookRequest(
        inquiry.request.method.name, publicURL: publicURL, target: inquiry.request.target,
        fields: inquiry.request.joinedFields, body: body)
      guard verifiers.contains(where: { $0.accepts(request) }) else {
        throw Refusal(.forbidden, "the signature does not fit")
      }
      let report = WebhookReport(request, from: carrier, to: purpose) { IdentifierForm.read($0) }
      let visit = WebhookVisit(
        inquiry, report, request.query ?? WebhookForm(), carrier: carrier, publicURL: publicURL, told: told,
        answeredLegs: answeredLegs)
      let document = try document(try await visit.answer(to: purpose), for: carrier, inquiry)
      return Response(contentType: "text/xml; charset=utf-8", body: .bytes(Array(document.utf8)))
    }
    operation.bodyLimit = longestReport
    return operation.unlimited
  }

  /// The document of a script. Where the carrier has no words for it, nobody is left in a call that says nothing.
  private static func document(
    _ script: CallScript, for carrier: WebCarrier, _ inquiry: Inquiry
  ) throws(CallScriptError) -> String {
    do throws(CallScriptError) { return try script.document(for: carrier) } catch {
      inquiry.service.configuration.reportError(error, inquiry.request)
      return try CallScript([.hangUp]).document(for: carrier)
    }
  }
}

extension Inquiry {
  /// The address at which carriers reach the server.
  ///
  /// Where none was set, only a server that nobody else can reach takes the one at which it was asked.
  fileprivate var publicURL: String? {
    let configuration = service.configuration
    if let url = configuration.publicURL { return url }
    guard configuration.listensOnThisMachineOnly, let host = request["Host"],
      CampaignService.isThisMachine(host: host)
    else { return nil }
    return "http://\(host)"
  }
}

extension Request {
  /// The fields by their names in lower case; several of one name are joined with commas.
  fileprivate var joinedFields: [String: String] {
    var joined: [String: String] = [:]
    for field in fields {
      let name = field.name.lowercased()
      joined[name] = joined[name].map { "\($0),\(field.value)" } ?? field.value
    }
    return joined
  }
}
