public import CampaignKit

/// Where a call is, from the word that its carrier has for it.
public enum CarrierStatus: Hashable, Sendable {
  /// The carrier has the call; it may wait for its turn.
  case placed
  /// It rings.
  case ringing
  /// Somebody or something answered.
  case answered
  /// It is over.
  case ended(CallEnd.Outcome)

  /// Reads a carrier's word; nil for one that the carrier is not known to say.
  ///
  /// - Parameters:
  ///   - word: The word, as in `CallStatus` of a report or `status` of a call that was asked for; in either case.
  ///   - causeCode: Why the call is over: the SIP response of Twilio and SignalWire, the hang-up cause of Plivo. It
  ///     tells a call that was declined from one to a busy line.
  ///   - carrier: The carrier.
  public init?(_ word: String, causeCode: String? = nil, of carrier: WebCarrier) {
    switch word.lowercased() {
    case "queued", "initiated": self = .placed
    case "ringing": self = .ringing
    case "in-progress": self = .answered
    case "completed": self = .ended(.completed)
    case "busy": self = .ended(Self.isDeclined(causeCode, carrier) ? .rejected : .busy)
    case "no-answer": self = .ended(Self.isDeclined(causeCode, carrier) ? .rejected : .noAnswer)
    case "failed": self = .ended(Self.isDeclined(causeCode, carrier) ? .rejected : .failed)
    case "canceled", "cancelled": self = .ended(.cancelled)
    // Plivo's words for a call that rang too long, and for one that was given up.
    case "timeout" where carrier == .plivo: self = .ended(.noAnswer)
    case "cancel" where carrier == .plivo: self = .ended(.cancelled)
    default: return nil
    }
  }

  /// Whether a code says that the person called declined.
  private static func isDeclined(_ code: String?, _ carrier: WebCarrier) -> Bool {
    switch carrier {
    // Decline, Unwanted, Rejected.
    case .twilio, .signalWire: ["603", "607", "608"].contains(code)
    case .plivo: code == "3020"
    }
  }
}

extension AnsweredBy {
  /// Reads the word that Twilio and SignalWire have for who or what answered; nil for any other.
  public init?(carrierWord word: String) {
    switch word.lowercased() {
    case "human": self = .human
    case "fax": self = .fax
    case "unknown": self = .unknown
    case "machine_start": self = .machineStart
    case "machine_end_beep": self = .machineEndBeep
    case "machine_end_silence": self = .machineEndSilence
    case "machine_end_other": self = .machineEndOther
    default: return nil
    }
  }
}
