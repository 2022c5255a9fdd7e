import CampaignCarriers
import CampaignKit
import Foundation
import JSON
import Locks

/// A report that is believed: what is noted of it, and what is to be said now.
struct WebhookVisit: Sendable {
  private let engine: CampaignEngine
  private let report: WebhookReport
  private let query: WebhookForm
  private let carrier: WebCarrier
  private let addresses: WebhookAddresses?
  private let told: ToldMachines
  private let answeredLegs: AnsweredLegs

  init(
    _ inquiry: Inquiry, _ report: WebhookReport, _ query: WebhookForm, carrier: WebCarrier, publicURL: String,
    told: ToldMachines, answeredLegs: AnsweredLegs
  ) {
    engine = inquiry.engine
    self.report = report
    self.query = query
    self.carrier = carrier
    self.told = told
    self.answeredLegs = answeredLegs
    addresses = URL(string: publicURL).map { WebhookAddresses(carrier, publicURL: $0) }
  }

  /// Takes in the report, and says what to do in the call; nothing where nobody asks.
  func answer(to purpose: WebhookAddresses.Purpose) async throws -> CallScript {
    switch purpose {
    case .answer: return try await answered()
    case .abandoned: return try await abandoned()
    case .agentAnswer: return try await agentAnswered()
    case .agentStatus: try await agentHasLeft()
    case .conferenceStatus:
      if let call = try await call(), let conference = report.conference {
        // Nothing changes where the call is over.
        _ = try await engine.storage.record(.conference(conference), of: call.id)
      }
    case .machine: try await detected()
    case .status, .recording: try await hear()
    }
    return CallScript()
  }

  /// Hands what happened to the engine, and waits until it is kept: a carrier does not tell again what was acknowledged.
  private func hear() async throws(Refusal) {
    // The addresses that calls are ordered with hold our name for them, so nobody else's call is waited for.
    for event in report.events where await engine.keep(event) == .late {
      throw Refusal(.unavailable, "what happened cannot be kept now; send it again", retryAfter: .seconds(5))
    }
  }

  /// Hands to the engine what happened in a call in which somebody waits for the document, and waits a moment only: they
  /// would hear silence, and then a carrier's words for a server that fails. The engine goes on with what is late, and
  /// whoever answered is told again by `status` and by look-ups.
  private func hear(_ events: [CallEvent], within patience: Duration = .seconds(2)) async {
    await withDiscardingTaskGroup { group in
      for event in events { group.addTask { _ = await engine.keep(event, within: patience) } }
    }
  }

  /// The call that the report is about, as it is stored; nil for one that is not ours.
  private func call() async throws -> Call? {
    if let id = report.call, let call = try await engine.storage.call(id) { return call }
    guard let reference = report.reference else { return nil }
    return try await engine.storage.call(carrier: carrier.rawValue, reference: reference)
  }

  // MARK: Whoever answered

  private static let messageLeft = "messageLeft"

  private func answered() async throws -> CallScript {
    guard let call = try await call(), call.status.isLive else { return CallScript([.hangUp]) }
    if query[Self.messageLeft] == "true" {
      // The message was played to its end, and the carrier goes on with the next document.
      await hear([CallEvent(.messageLeft, of: .call(call.id))])
      return CallScript([.hangUp])
    }
    await hear(report.events)
    let campaign: Campaign? =
      if let id = call.campaign { try await engine.storage.campaign(id) } else { nil }
    let by = report.answeredBy ?? call.answeredBy
    switch by {
    case .fax: return CallScript([.hangUp])
    case let by? where by.isMachine: return machine(call, campaign)
    default: return try await person(call, campaign, isCertain: by != nil)
    }
  }

  private func machine(_ call: Call, _ campaign: Campaign?) -> CallScript {
    // Plivo asks at once, and leaves it to the document to wait for the beep.
    let script = CallScript.voicemail(
      campaign?.machineDetection.messageURL, waitingForBeep: carrier == .plivo ? .seconds(30) : nil)
    guard script.steps.count > 1 else { return script }
    told.note(call.id)
    guard let addresses else { return script }
    let next = addresses.address(.answer, of: call.id, with: [(Self.messageLeft, "true")])
    return CallScript(script.steps.dropLast() + [.redirect(next)])
  }

  /// By when every carrier has told who or what answered, if it tells; Twilio takes thirty seconds unless set otherwise.
  private static let longestDetection = Duration.seconds(35)

  private func person(_ call: Call, _ campaign: Campaign?, isCertain: Bool) async throws -> CallScript {
    let talk = try await talk(call, campaign, isCertain: isCertain)
    // The other carriers were told with the order.
    guard carrier == .plivo, let campaign, campaign.recordsCalls, let addresses, talk.steps.last != .hangUp else {
      return talk
    }
    let recording = CallScript.Step.recordCall(
      toldAt: addresses.address(.recording, of: call.id), longest: campaign.longestCall)
    return CallScript([recording] + talk.steps)
  }

  private func talk(_ call: Call, _ campaign: Campaign?, isCertain: Bool) async throws -> CallScript {
    switch try await talker(to: call, campaign) {
    case .program(let address, let agent):
      let stream = CallScript.Stream(
        address, parameters: parameters(of: call, agent: agent, campaign?.agents.configuration ?? [:]))
      // Plivo's parameters may hold letters and digits only.
      return CallScript([.stream(carrier == .plivo ? stream.withParametersInAddress : stream)])
    // The person waits until the agent comes, and nobody is left alone.
    case .people: return CallScript([.conference(conference(of: call, startsOnEntry: false))])
    case .nobody:
      // Soon it is known who answered, and a machine is told the message: the call leaves the pause for that. Of whom
      // nothing is told by then is a person, for Plivo tells of machines only, or the report was lost.
      guard !isCertain, let campaign, campaign.leavesMessages else { return CallScript([.hangUp]) }
      return CallScript([.pause(Self.longestDetection), .hangUp])
    }
  }

  private func talker(to call: Call, _ campaign: Campaign?) async throws -> Talker {
    if let campaign { return try await engine.talker(of: campaign) }
    guard let address = call.metadata["wssUrl"]?.string else { return .people }
    return .program(address: address, agent: call.metadata["assistantId"]?.string)
  }

  private func parameters(
    of call: Call, agent: String?, _ configuration: JSONObject = [:]
  ) -> [CallScript.Stream.Parameter] {
    var parameters = [CallScript.Stream.Parameter("callId", call.id.description)]
    if let agent { parameters.append(.init("agentId", agent)) }
    for (name, value) in configuration where name != "callId" && name != "agentId" {
      let text = value.string ?? value.number?.literal ?? value.bool.map { $0 ? "true" : "false" }
      if let text { parameters.append(.init(name, text)) }
    }
    return parameters
  }

  /// Whoever was talked to at once may turn out to be a machine: it is told the message then, once. A report that comes
  /// again does it where the process that took it in first is gone and may not have done it.
  private func detected() async throws {
    let call = try await call()
    try await hear()
    guard let call, call.status.isLive, let id = call.campaign, let by = report.answeredBy,
      let campaign = try await engine.storage.campaign(id)
    else { return }
    guard by.isMachine else {
      // A person for whom nobody comes has waited only to be told apart.
      if try await engine.talker(of: campaign) == .nobody { try await engine.hangUp(call.id) }
      return
    }
    guard let addresses, let dialer = engine.dialer as? any RedirectingDialer,
      campaign.machineDetection.messageURL != nil, told.note(call.id)
    else { return }
    var reference = await engine.reference(of: call)
    reference.reference = reference.reference ?? report.reference
    do throws(DialerError) {
      return try await dialer.redirect(reference, to: addresses.address(.answer, of: call.id))
    } catch {}
    // A machine that cannot be told the message is not talked to either.
    do throws(EngineError) { try await engine.hangUp(call.id) } catch {
      // The carrier tells again what is not acknowledged.
      told.strike(call.id)
      throw error
    }
  }

  // MARK: The agent

  private func agentAnswered() async throws -> CallScript {
    let call = try await call()
    // Nobody is left alone in a conference that the person has left, or from which a machine was taken.
    if let call, !call.wantsAgent || report.agent.map({ call.agent != $0 }) ?? false {
      return CallScript([.say("The call is over."), .hangUp])
    }
    var name = query["leadName"]
    if name == nil, let id = call?.lead { name = try await engine.storage.lead(id)?.person.fullName }
    let whisper = name.flatMap { $0.isEmpty ? nil : "Call with \($0)." } ?? "Call."
    if let call {
      if let reference = report.reference { answeredLegs.note(reference, of: call.id) }
      var conference = conference(of: call, startsOnEntry: true)
      if let name = query["conferenceName"], !name.isEmpty { conference.name = name }
      return .agent(whisper: whisper, into: conference)
    }
    guard let conference = query["conferenceName"], !conference.isEmpty else { return CallScript([.hangUp]) }
    return .agent(whisper: whisper, into: CallScript.Conference(name: conference, endsOnExit: true))
  }

  /// Nobody waits for an agent whose own call is over.
  private func agentHasLeft() async throws {
    guard let end = report.agentEnd, let call = try await call(), let agent = report.agent, call.keeps(agent) else {
      return
    }
    // One telephone may have been rung twice where an answer was lost: only the call counts on which the agent is.
    if let reference = report.reference, answeredLegs.isAnother(reference, than: call.id) { return }
    // Who was on the telephone has talked, or left before that.
    if end == .completed { try await engine.hangUp(call.id) } else { try await hear() }
  }

  /// What a person hears whom no agent takes. Whoever presses a key meanwhile wants no more calls, and is hung up on.
  private func abandoned() async throws -> CallScript {
    try await hear()
    guard report.events.isEmpty, let addresses, let call = try await call(), call.status.isLive, let id = call.campaign,
      let message = try await engine.storage.campaign(id)?.agents.abandonedMessageURL
    else { return CallScript([.hangUp]) }
    let prompt = CallScript.Gather(
      [.play(message)], timeout: .seconds(3), action: addresses.address(.abandoned, of: call.id))
    return CallScript([.gather(prompt), .hangUp])
  }

  /// The conference of a call, which is named after it.
  private func conference(of call: Call, startsOnEntry: Bool) -> CallScript.Conference {
    CallScript.Conference(
      name: "call_" + IdentifierForm.uuid.text(call.id), startsOnEntry: startsOnEntry, endsOnExit: true,
      statusAddress: addresses?.address(.conferenceStatus, of: call.id))
  }
}

/// The calls in which a machine was told the message, or is being told it, as far as this process knows.
final class ToldMachines: Sendable {
  private let calls = Locked(CallBook<Void>())

  /// Notes that a machine is told the message; false if that was noted before.
  @discardableResult
  func note(_ call: Call.ID) -> Bool {
    calls.withLock { calls in
      guard calls[call] == nil else { return false }
      calls.note((), of: call)
      return true
    }
  }

  /// The machine was not told the message after all.
  func strike(_ call: Call.ID) { calls.withLock { _ = $0.strike(call) } }
}
