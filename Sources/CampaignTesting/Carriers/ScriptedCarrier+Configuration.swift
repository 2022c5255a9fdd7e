public import CampaignKit

extension ScriptedCarrier {
  /// The carriers that can be played.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Twilio's interface of 2010.
    case twilio
    /// SignalWire's interface that is compatible with it.
    case signalWire
    /// Plivo's interface.
    case plivo
    /// Asterisk's REST interface. It tells what happens over the WebSocket that it has for that; a callback that is lost
    /// is a connection that is cut, and one that is late makes all behind it late.
    case asterisk
  }

  /// How a carrier behaves.
  public struct Configuration: Sendable {
    /// What becomes of a call, by the number and by how often it was called before; everybody answers and hangs up
    /// after a second, unless told otherwise.
    public var script: @Sendable (_ to: PhoneNumber, _ before: Int) -> CallPlot = { _, _ in
      CallPlot(.answered(.human, hangsUpAfter: .seconds(1)))
    }
    /// What goes wrong.
    public var faults = WireFaults.none
    /// What goes wrong when depends on it, and on the order in which requests come.
    public var seed: UInt64 = 1
    /// Its clock. The `Date` of its answers is the system's all the same.
    public var clock: any EngineClock = .system
    /// The name of the account, or of the user.
    public var account = "AC00000000000000000000000000000001"
    /// What proves who asks.
    public var token = "secret"

    /// Creates a configuration in which nothing goes wrong.
    public init() {}
  }
}
