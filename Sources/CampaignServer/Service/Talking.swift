import CampaignCarriers
import CampaignKit

// Who talks to people who answer, where a carrier asks over the web what to say to them, and what carriers can do then.
extension CampaignService {
  private var carrierNames: [String] { (engine.dialer as? Trunks)?.conditions.map(\.name) ?? [engine.dialer.name] }

  /// The carriers that ask over the web what to say in a call.
  var webCarriers: [WebCarrier] { carrierNames.compactMap { WebCarrier(rawValue: $0) } }

  /// Whether a carrier that may have the calls records them, where a campaign asks for it. `AsteriskDialer` does not.
  var canRecord: Bool { carrierNames.contains { $0 != "asterisk" } }

  /// Sees that somebody or something talks to people who answer the calls of a campaign: a carrier that asks over the
  /// web would put them on hold for nobody.
  ///
  /// - Throws: A ``Refusal`` that says what is missing.
  func checkTalker(of campaign: Campaign) async throws {
    guard !webCarriers.isEmpty else { return }
    guard !campaign.leavesMessages, try await engine.talker(of: campaign) == .nobody else { return }
    throw Refusal(
      .state,
      "nobody would talk to people who answer; give the campaign a group of agents, an agent with an address to stream "
        + "to, or a message for machines")
  }

  /// Sees that every carrier that may have the call can stream to an address.
  ///
  /// - Throws: A ``Refusal`` that names the field.
  func checkStream(_ address: String?, field: String) throws(Refusal) {
    guard let address else { return }
    for carrier in webCarriers {
      do throws(CallScriptError) {
        _ = try CallScript([.stream(CallScript.Stream(address))]).document(for: carrier)
      } catch {
        throw .invalid(field, "must begin with wss://, since \(carrier.rawValue) streams to nothing else")
      }
    }
  }
}

/// Who talks to people who answer.
enum Talker: Hashable, Sendable {
  /// People, who join them in a conference: the campaign's group, or those of another system.
  case people
  /// A program, to which what is heard is streamed; `agent` is its name.
  case program(address: String, agent: String?)
  case nobody
}

extension Campaign {
  /// Whether machines are told apart, and told a message.
  var leavesMessages: Bool { machineDetection.mode != .off && machineDetection.messageURL != nil }
}

extension CampaignEngine {
  /// Who talks to people who answer the calls of a campaign.
  func talker(of campaign: Campaign) async throws -> Talker {
    guard campaign.agents.group == nil else { return .people }
    var voice: Agent?
    for id in campaign.agents.agents where voice == nil {
      let agent = try await storage.agent(id, of: campaign.account)
      if let agent, agent.isActive, agent.kind == .voice, agent.voice.streamURL != nil { voice = agent }
    }
    guard let address = campaign.agents.mediaStreamURL ?? voice?.voice.streamURL else {
      return campaign.agents.externalAgentID == nil ? .nobody : .people
    }
    return .program(address: address, agent: campaign.agents.externalAgentID ?? voice?.id.description)
  }
}
