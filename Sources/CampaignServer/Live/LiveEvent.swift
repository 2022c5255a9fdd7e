import CampaignKit
import JSON

/// Something that happened in an account, as clients that listen are told it.
struct LiveEvent: Sendable, Hashable {
  /// What happened, such as `call:ended`.
  var name: String
  /// What there is to know of it.
  var data: JSONObject
  /// Its number in the account; nil for what concerns one connection only.
  var sequence: UInt64?
  /// The agent whom it concerns before all others.
  var agent: Agent.ID?

  /// The event as an object.
  var json: JSONValue {
    var object: JSONObject = ["event": .string(name), "data": .object(data)]
    if let sequence { object["seq"] = .number(JSONNumber(sequence)) }
    return .object(object)
  }

  /// Tells a connection that something it asked for was not done.
  static func problem(_ message: String) -> LiveEvent { LiveEvent(name: "error", data: ["message": .string(message)]) }
}

extension LiveEvent {
  /// What clients are told of an event of the engine.
  init(_ event: CampaignEvent) {
    let form = IdentifierForm.uuid
    name = event.kind.liveName
    sequence = event.sequence
    agent = event.agent
    data = ["at": .string(event.at.description)]
    if let campaign = event.campaign { data["campaignId"] = .string(form.text(campaign)) }
    if let lead = event.lead { data["leadId"] = .string(form.text(lead)) }
    if let call = event.call { data["callId"] = .string(form.text(call)) }
    if let agent = event.agent { data["agentId"] = .string(form.text(agent)) }
    if let count = event.count { data["count"] = .number(JSONNumber(count)) }
    if let status = event.status { data[event.kind.statusName] = .string(status) }
  }
}

extension CampaignEvent.Kind {
  fileprivate var liveName: String {
    switch self {
    case .campaignCreated: "campaign:created"
    case .campaignUpdated: "campaign:updated"
    case .campaignStatusChanged: "campaign:status:updated"
    case .campaignDeleted: "campaign:deleted"
    case .leadsAdded: "leads:added"
    case .leadUpdated: "lead:updated"
    case .leadsRemoved: "leads:removed"
    case .callIntended: "call:intended"
    case .callPlaced: "call:placed"
    case .callRinging: "call:ringing"
    case .callAnswered: "call:answered"
    case .callEnded: "call:ended"
    case .callAssigned: "incoming:call"
    case .agentUpdated: "agent:updated"
    case .agentStatusChanged: "agent:status:updated"
    case .agentDeleted: "agent:deleted"
    case .suppressionsAdded: "dnc:added"
    case .suppressionsRemoved: "dnc:removed"
    case .limitsChanged: "limits:updated"
    case .callDetected: "call:detected"
    case .agentAbsent: "agent:absent"
    }
  }

  /// What the status of an event is called.
  fileprivate var statusName: String {
    switch self {
    case .callEnded: "disposition"
    case .callDetected: "answeredBy"
    default: "status"
    }
  }
}
