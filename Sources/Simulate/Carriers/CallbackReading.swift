import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation

extension ScriptedCarrier.Kind {
  /// The carrier that reports in its way; nil for one whose dialer hears by itself what happens.
  var reporting: WebCarrier? {
    switch self {
    case .twilio: .twilio
    case .signalWire: .signalWire
    case .plivo: .plivo
    case .asterisk: nil
    }
  }
}

extension WebCarrier {
  /// What a callback tells, as something that happened to one of our calls; nil if it tells nothing new.
  func event(_ callback: ScriptedCallback) -> CallEvent? {
    guard let call = Call.ID(ofAddress: callback.url) else { return nil }
    if let agent = Agent.ID(ofAddress: callback.url) {
      guard callback.purpose == .status, case .ended(let end) = kind(callback), end.outcome != .completed else {
        return nil
      }
      return CallEvent(.agentAbsent(agent), of: .call(call))
    }
    return kind(callback).map { CallEvent($0, of: .call(call)) }
  }

  private func kind(_ callback: ScriptedCallback) -> CallEvent.Kind? {
    let isPlivo = self == .plivo
    if callback.purpose == .machine {
      if isPlivo { return callback["Machine"] == "true" ? .detected(.machineStart) : nil }
      return callback["AnsweredBy"].flatMap(AnsweredBy.init(carrierWord:)).map { .detected($0) }
    }
    // The other carriers tell of the answer to the address for news as well.
    if callback.purpose == .answer, !isPlivo { return nil }
    guard let word = callback["CallStatus"], let reference = callback[isPlivo ? "RequestUUID" : "CallSid"] else {
      return nil
    }
    var report = CarrierReport(word, of: reference, by: self)
    report.answeredBy = callback["AnsweredBy"]
    report.causeCode = callback[isPlivo ? "HangupCauseCode" : "SipResponseCode"]
    report.cause = callback["HangupCauseName"]
    report.seconds = callback[isPlivo ? "Duration" : "CallDuration"]
    return report.kind
  }
}

extension Call.ID {
  /// Our name of the call that is in an address of `WebhookAddresses`.
  init?(ofAddress url: String) {
    guard let value = url.queryValue("callId") else { return nil }
    self.init(value)
  }

  /// Our name of a call that a carrier has.
  init?(_ call: ScriptedCall) { self.init(orderedBy: call.parameters) }

  /// Our name of the call for which an order asks.
  init?(orderedBy parameters: [CallbackItem]) {
    let names = ["Url", "answer_url", "channelId"]
    guard let item = parameters.first(where: { names.contains($0.name) }) else { return nil }
    if item.name == "channelId", item.value.hasPrefix("ck-") {
      self.init(String(item.value.dropFirst(3)))
    } else {
      self.init(ofAddress: item.value)
    }
  }
}

extension Agent.ID {
  /// Our name of the agent that is in an address of `WebhookAddresses`, for a call to the agent's telephone.
  fileprivate init?(ofAddress url: String) {
    guard let value = url.queryValue("agentId") else { return nil }
    self.init(value)
  }
}

extension String {
  /// The value of a name in the query of an address.
  fileprivate func queryValue(_ name: String) -> String? {
    URLComponents(string: self)?.queryItems?.first { $0.name == name }?.value
  }
}
