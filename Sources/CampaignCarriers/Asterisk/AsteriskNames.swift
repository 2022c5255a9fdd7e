import CampaignKit

/// The names that we and our calls have in Asterisk. That of a call is made of our name of the call, so that nothing has to be kept to
/// find a call again, and so that no order can become two calls at once.
struct AsteriskNames: Hashable, Sendable {
  /// What a channel is for.
  enum Channel: Hashable, Sendable {
    /// The call itself.
    case call(Call.ID)
    /// The agent who is to talk to whoever answered it.
    case agent(Call.ID)
  }

  /// What all of them start with.
  let prefix: String
  /// Who steers our calls.
  let application: String

  init(prefix: String = "ck", application: String = "campaignkit") {
    self.application = application
    let plain = prefix.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
    self.prefix = plain.isEmpty ? "ck" : plain
  }

  /// The name of a channel.
  subscript(channel: Channel) -> String {
    switch channel {
    case .call(let call): "\(prefix)-\(call)"
    case .agent(let call): "\(prefix)a-\(call)"
    }
  }

  /// The channel of a name; nil for one that is none of ours.
  func channel(_ name: String) -> Channel? {
    call(name, after: "\(prefix)-").map { .call($0) } ?? call(name, after: "\(prefix)a-").map { .agent($0) }
  }

  func bridge(_ call: Call.ID) -> String { "\(prefix)b-\(call)" }

  /// The call that a bridge is for.
  func call(ofBridge name: String) -> Call.ID? { call(name, after: "\(prefix)b-") }

  /// What the dialer plays by itself, and after which it hangs up.
  func playback(_ call: Call.ID) -> String { "\(prefix)p-\(call)" }

  /// The call that a playback is for, if the dialer plays it by itself.
  func call(ofPlayback name: String) -> Call.ID? { call(name, after: "\(prefix)p-") }

  private func call(_ name: String, after prefix: String) -> Call.ID? {
    name.hasPrefix(prefix) ? Call.ID(String(name.dropFirst(prefix.count))) : nil
  }
}
