import CampaignKit

/// The names that our calls have in Asterisk. Each is made of our name of the call, so that nothing has to be kept to
/// find a call again, and so that no order can become two calls at once.
enum AsteriskNames {
  /// What a channel is for.
  enum Channel: Hashable, Sendable {
    /// The call itself.
    case call(Call.ID)
    /// The agent who is to talk to whoever answered it.
    case agent(Call.ID)

    /// Reads a name; nil for a channel that is none of ours.
    init?(_ name: String) {
      if let call = AsteriskNames.call(name, after: "ck-") {
        self = .call(call)
      } else if let call = AsteriskNames.call(name, after: "cka-") {
        self = .agent(call)
      } else {
        return nil
      }
    }

    var name: String {
      switch self {
      case .call(let call): "ck-\(call)"
      case .agent(let call): "cka-\(call)"
      }
    }
  }

  static func bridge(_ call: Call.ID) -> String { "ckb-\(call)" }

  /// What the dialer plays by itself, and after which it hangs up.
  static func playback(_ call: Call.ID) -> String { "ckp-\(call)" }

  /// The call that a playback is for, if the dialer plays it by itself.
  static func call(ofPlayback name: String) -> Call.ID? { call(name, after: "ckp-") }

  private static func call(_ name: String, after prefix: String) -> Call.ID? {
    name.hasPrefix(prefix) ? Call.ID(String(name.dropFirst(prefix.count))) : nil
  }
}
