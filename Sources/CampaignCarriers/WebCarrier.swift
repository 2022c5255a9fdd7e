/// A carrier that is spoken to over HTTP and reports to webhooks.
public enum WebCarrier: String, Hashable, Sendable, CaseIterable {
  /// Twilio.
  case twilio
  /// Plivo.
  case plivo
  /// SignalWire, through its compatibility API.
  case signalWire = "signalwire"
}
