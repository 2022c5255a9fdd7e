import CampaignCarriers
import CampaignKit
import CampaignTesting
import Foundation

extension WebCarrier {
  /// How the carrier is played.
  var scripted: ScriptedCarrier.Kind {
    switch self {
    case .twilio: .twilio
    case .signalWire: .signalWire
    case .plivo: .plivo
    }
  }

  /// What a callback tells, as something that happened to one of our calls; nil if it tells nothing new.
  func event(_ callback: ScriptedCallback) -> CallEvent? {
    guard let call = Call.ID(ofAddress: callback.url) else { return nil }
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
    guard let value = URLComponents(string: url)?.queryItems?.first(where: { $0.name == "callId" })?.value else {
      return nil
    }
    self.init(value)
  }

  /// Our name of a call that a carrier has.
  init?(_ call: ScriptedCall) { self.init(orderedBy: call.parameters) }

  /// Our name of the call for which an order asks.
  init?(orderedBy parameters: [CallbackItem]) {
    guard let address = parameters.first(where: { ["Url", "answer_url"].contains($0.name) })?.value else { return nil }
    self.init(ofAddress: address)
  }
}
