/// What a user's own Asterisk is told and asked beside the numbers that are called.
public struct AsteriskSettings: Sendable {
  /// The name under which the dialer is known to Asterisk, for calls and for events; `campaignkit` unless told otherwise.
  ///
  /// It belongs to one process at a time: Asterisk tells what happens to the last that asked. It stays the same over
  /// restarts, as a process steers the calls of its own application alone.
  public var application = "campaignkit"
  /// What the names of our channels start with, in letters and digits; `ck` unless told otherwise.
  ///
  /// Of several Asterisks behind one ``Trunks`` each needs another one, as from the name of its channel it is told which
  /// of them has had a call. It stays the same over restarts.
  public var channelPrefix = "ck"
  /// Where agents are rung who have an `extension` in their metadata, which takes the place of `{extension}`;
  /// `PJSIP/{extension}` unless told otherwise. Agents without one are rung at their number, as everybody is.
  public var agentEndpoint = "PJSIP/{extension}"
  /// The name that is shown with the caller's number; nil for none.
  public var callerName: String?
  /// The context of the dialplan that tells machines from people; nil, and nobody does.
  ///
  /// A call of a campaign that asks for it is sent to the extension `s` of it when it is answered, and is to come back
  /// with `Stasis(${CAMPAIGNKIT_APPLICATION},${CAMPAIGNKIT_CALL},${AMDSTATUS},${WAITSTATUS})`; see
  /// `Documentation/Carriers.md`.
  public var detectionContext: String?
  /// What is played to people who answer a call that no agent takes, such as `sound:hello-world`; then it is hung up.
  /// nil, and such calls are left to whoever else plays something to them.
  public var announcement: String?
  /// The class of music on hold that people hear while their agent is rung; `default` unless told otherwise, nil for
  /// silence. A class that `musiconhold.conf` does not have is silence, too.
  public var holdMusic: String? = "default"
  /// What is the same for all dialers over HTTP.
  public var common = CarrierSettings()

  /// Creates settings with the defaults.
  public init() {}

  /// How long the dialer waits for an event that is on its way, before it takes it for lost; as long as a connection
  /// may be silent before it is given up.
  static let patience = Duration.seconds(30)
}
