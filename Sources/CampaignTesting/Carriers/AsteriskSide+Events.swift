import CampaignKit
internal import JSON

extension AsteriskSide {
  /// What is told of a step in the life of a call, in the order in which Asterisk 22 was seen to tell it.
  func callbacks(for step: Switchboard.Step, of call: ScriptedCall, script: CallPlot) -> [ScriptedCallback] {
    switch step {
    case .redirect: return []
    case .start: return [dial("", call, at: call.startedAt)]
    case .ring:
      return [dial("RINGING", call, at: call.ringingAt), event("ChannelStateChange", call, at: call.ringingAt)]
    case .answer:
      return [
        event("ChannelStateChange", call, at: call.answeredAt), dial("ANSWER", call, at: call.answeredAt),
        start(call, at: call.answeredAt),
      ]
    case .detect:
      return [
        event(
          "ChannelVarset", call, ["variable": "AMDSTATUS", "value": .string(Self.findings(on: call).first ?? "")],
          at: nil),
        start(call, at: nil),
      ]
    case .played(let playback):
      let told: JSONObject = [
        "id": .string(playback), "state": "done", "target_uri": .string("channel:\(call.reference)"),
      ]
      return [message("PlaybackFinished", ["playback": .object(told)], at: nil)]
    case .end(let outcome): return end(call, isTheirs: outcome == .completed)
    }
  }

  private func end(_ call: ScriptedCall, isTheirs: Bool) -> [ScriptedCallback] {
    let (cause, words, dialled): (Int, String, String?) =
      switch call.outcome {
      // A call that the other side ends has no cause that is told.
      case .completed: isTheirs ? (0, "Unknown", nil) : (16, "Normal Clearing", nil)
      case .busy: (17, "User busy", "BUSY")
      case .rejected: (21, "Call Rejected", "NOANSWER")
      case .noAnswer: (19, "User alerting, no answer", nil)
      case .failed: (34, "Circuit/channel congestion", "CONGESTION")
      case .cancelled, nil: (16, "Normal Clearing", nil)
      }
    let reasons: JSONObject = ["cause": JSONValue(cause), "cause_txt": .string(words)]
    var events: [ScriptedCallback] = []
    if call.outcome != .noAnswer { events.append(event("ChannelHangupRequest", call, reasons, at: call.endedAt)) }
    if let dialled { events.append(dial(dialled, call, at: call.endedAt)) }
    if call.answeredAt != nil, !call.isInDialplan { events.append(event("StasisEnd", call, at: call.endedAt)) }
    return events + [event("ChannelDestroyed", call, reasons, at: call.endedAt)]
  }

  private func start(_ call: ScriptedCall, at moment: Timestamp?) -> ScriptedCallback {
    event("StasisStart", call, ["args": .array(Self.arguments(of: call).map { .string($0) })], at: moment)
  }

  private func dial(_ status: String, _ call: ScriptedCall, at moment: Timestamp?) -> ScriptedCallback {
    message("Dial", ["dialstatus": .string(status), "peer": .object(Self.channel(call))], at: moment)
  }

  private func event(
    _ type: String, _ call: ScriptedCall, _ more: JSONObject = [:], at moment: Timestamp?
  ) -> ScriptedCallback {
    var members = more
    members["channel"] = .object(Self.channel(call))
    return message(type, members, at: moment)
  }

  private func message(_ type: String, _ more: JSONObject, at moment: Timestamp?) -> ScriptedCallback {
    var members = more
    members["type"] = .string(type)
    if let moment { members["timestamp"] = .string(CarrierMoments.short(moment)) }
    return ScriptedCallback(
      purpose: .event, url: "/ari/events", method: "GET",
      items: [CallbackItem("type", type), CallbackItem("text", JSONValue.object(members).serialized())])
  }
}
