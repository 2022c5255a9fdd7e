import CampaignKit
import Foundation

/// Where a carrier reports what happens to calls: the addresses of one server's webhooks for one carrier.
///
/// Each address holds our name of the call, so that a report finds its call even when the carrier's answer to the
/// order was lost.
public struct WebhookAddresses: Hashable, Sendable {
  /// What an address is for, by the last part of its path.
  public enum Purpose: String, Hashable, Sendable, CaseIterable {
    /// Asks what to say to whoever answered.
    case answer
    /// Tells how the call goes.
    case status
    /// Tells who or what answered.
    case machine = "amd"
    /// Tells of a recording.
    case recording
    /// Asks what to say to a person whom no agent takes.
    case abandoned
    /// Asks what to say to the agent who was rung.
    case agentAnswer = "agent-answer"
    /// Tells how the agent's own call went.
    case agentStatus = "agent-status"
    /// Tells who joined and left the conference.
    case conferenceStatus = "conference-status"
  }

  /// The carrier that reports.
  public let carrier: WebCarrier
  /// What stands before the purpose in every address.
  private let start: String

  /// Creates the addresses of a server.
  ///
  /// - Parameters:
  ///   - carrier: The carrier that reports.
  ///   - publicURL: The server's address as the carrier reaches it, such as `https://calls.example.com`.
  public init(_ carrier: WebCarrier, publicURL: URL) {
    self.carrier = carrier
    var text = publicURL.absoluteString
    while text.last == "/" { text.removeLast() }
    start = "\(text)/webhooks/\(carrier.rawValue)/"
  }

  /// The address for one purpose and one call.
  ///
  /// - Parameters:
  ///   - purpose: What it is for.
  ///   - call: The call.
  ///   - items: What else is to come back with the report, in this order. Any text may be a value.
  /// - Returns: The address, in the characters that an address may hold.
  public func address(_ purpose: Purpose, of call: Call.ID, with items: [(name: String, value: String)] = []) -> String
  {
    var address = "\(start)\(purpose.rawValue)?callId=\(call)"
    for item in items { address += "&\(Self.escape(item.name))=\(Self.escape(item.value))" }
    return address
  }

  /// Which call an address is about, if it is one of these and tells of the call itself, not of an agent's.
  func call(of address: String) -> Call.ID? {
    guard address.hasPrefix(start), let query = address.firstIndex(of: "?"),
      let purpose = Purpose(rawValue: String(address[..<query].dropFirst(start.count)))
    else { return nil }
    switch purpose {
    case .agentAnswer, .agentStatus, .conferenceStatus: return nil
    case .answer, .status, .machine, .recording, .abandoned: break
    }
    for item in address[query...].dropFirst().split(separator: "&") where item.hasPrefix("callId=") {
      return Call.ID(String(item.dropFirst("callId=".count)))
    }
    return nil
  }

  /// Percent-encodes all but the characters that mean nothing in any part of an address.
  static func escape(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
