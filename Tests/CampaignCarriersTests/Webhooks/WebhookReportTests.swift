import CampaignKit
import Testing

@testable import CampaignCarriers

@Suite struct WebhookReportTests {
  static let call = Call.ID(high: 3, low: 4)

  func report(
    _ body: String, from carrier: WebCarrier, to purpose: WebhookAddresses.Purpose, query: String? = nil
  ) -> WebhookReport {
    let request = WebhookRequest(
      publicURL: "https://calls.example.com",
      target: "/webhooks/\(carrier.rawValue)/\(purpose.rawValue)?" + (query ?? "callId=\(Self.call)"),
      fields: ["content-type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
    return WebhookReport(request, from: carrier, to: purpose)
  }

  @Test("Twilio's and SignalWire's reports of a call", arguments: [WebCarrier.twilio, .signalWire])
  func twilio(_ carrier: WebCarrier) {
    let subject = CallEvent.Subject.call(Self.call)
    let placed = CallEvent(.placed(reference: "CA1"), of: subject)
    func events(_ body: String, _ purpose: WebhookAddresses.Purpose = .status) -> [CallEvent] {
      report("CallSid=CA1&" + body, from: carrier, to: purpose).events
    }
    #expect(events("CallStatus=initiated") == [placed])
    let at = Timestamp("2026-11-28T20:36:28Z")
    #expect(
      events("CallStatus=ringing&Timestamp=Sat%2C+28+Nov+2026+20%3A36%3A28+%2B0000")
        == [placed, CallEvent(.ringing, of: subject, at: at)])
    #expect(events("CallStatus=in-progress") == [placed, CallEvent(.answered(nil), of: subject)])
    #expect(
      events("CallStatus=in-progress&AnsweredBy=human", .answer) == [placed, CallEvent(.answered(.human), of: subject)])
    let end = CallEnd(.completed, duration: .seconds(330), answeredBy: .machineEndBeep)
    let recording = Call.Recording(url: "https://r.example/1", reference: "RE1", duration: .seconds(5))
    let recorded = "RecordingUrl=https%3A%2F%2Fr.example%2F1&RecordingSid=RE1&RecordingDuration=5"
    #expect(
      events("CallStatus=completed&CallDuration=330&AnsweredBy=machine_end_beep&\(recorded)")
        == [placed, CallEvent(.ended(end), of: subject), CallEvent(.recording(recording), of: subject)])
    #expect(events("CallStatus=busy&SipResponseCode=486") == [placed, CallEvent(.ended(CallEnd(.busy)), of: subject)])
    #expect(events(recorded, .recording) == [CallEvent(.recording(recording), of: subject)])
    #expect(events(recorded + "&RecordingStatus=in-progress", .recording) == [])
    #expect(events("AnsweredBy=machine_start", .machine) == [CallEvent(.detected(.machineStart), of: subject)])
    #expect(events("AnsweredBy=dog", .machine) == [])
    #expect(events("CallStatus=great") == [])
  }

  @Test("Plivo's reports of a call") func plivo() {
    let subject = CallEvent.Subject.call(Self.call)
    let placed = CallEvent(.placed(reference: "R1"), of: subject)
    func events(_ body: String, _ purpose: WebhookAddresses.Purpose = .status) -> [CallEvent] {
      report("CallUUID=C1&RequestUUID=R1&" + body, from: .plivo, to: purpose).events
    }
    #expect(events("Event=Ring&CallStatus=ringing") == [placed, CallEvent(.ringing, of: subject)])
    #expect(
      events("Event=StartApp&CallStatus=in-progress", .answer) == [placed, CallEvent(.answered(nil), of: subject)])
    let end = CallEnd(.completed, duration: .seconds(330), costMicros: 7000)
    let hangup = "Event=Hangup&CallStatus=completed&Duration=330&TotalCost=0.00700&HangupCauseCode=4000"
    #expect(
      events(hangup + "&EndTime=2024-09-26+14%3A05%3A18")
        == [placed, CallEvent(.ended(end), of: subject, at: Timestamp("2024-09-26T14:05:18Z"))])
    #expect(events("Event=Hangup&CallStatus=timeout") == [placed, CallEvent(.ended(CallEnd(.noAnswer)), of: subject)])
    #expect(
      events("Event=MachineDetection&Machine=true", .machine) == [CallEvent(.detected(.machineStart), of: subject)])
    #expect(events("CallStatus=in-progress&Digits=", .abandoned).isEmpty)
    #expect(events("CallStatus=in-progress&Digits=9", .abandoned).map(\.kind) == [.optedOut])
    #expect(
      events("RecordUrl=https%3A%2F%2Fr.example%2F1&RecordingID=X&RecordingDuration=4", .recording)
        == [
          CallEvent(
            .recording(Call.Recording(url: "https://r.example/1", reference: "X", duration: .seconds(4))), of: subject)
        ])
  }

  @Test("A report without our name is about the carrier's; one with neither is about nothing") func subjects() {
    let named = report("CallSid=CA1&CallStatus=initiated", from: .twilio, to: .status, query: "callId=nonsense")
    #expect(named.events == [CallEvent(.placed(reference: "CA1"), of: .carrier("twilio", reference: "CA1"))])
    #expect(named.call == nil)
    #expect(report("CallStatus=completed", from: .twilio, to: .status, query: "").events == [])
  }

  @Test("Reports of an agent's call and of a conference say nothing of the call") func others() {
    let conference = report(
      "ConferenceSid=CF1&FriendlyName=x&CallSid=CA9&CallStatus=completed&StatusCallbackEvent=participant-join",
      from: .twilio, to: .conferenceStatus)
    #expect(conference.events == [])
    #expect(conference.conference == "CF1")
    let agent = report("CallSid=CA9&CallStatus=in-progress", from: .twilio, to: .agentAnswer)
    #expect(agent.events == [])
    #expect(agent.call == Self.call)
    #expect(agent.conference == nil)
    #expect(agent.agentEnd == nil)
  }

  @Test("How the call to an agent ended", arguments: [WebCarrier.twilio, .signalWire, .plivo])
  func agentEnds(_ carrier: WebCarrier) {
    let agent = Agent.ID(high: 5, low: 6)
    func told(_ word: String, query: String = "callId=\(Self.call)&agentId=\(agent)") -> WebhookReport {
      let name = carrier == .plivo ? "CallUUID=C9&HangupCauseCode=3000" : "CallSid=CA9"
      return report("\(name)&CallStatus=\(word)", from: carrier, to: .agentStatus, query: query)
    }
    let absent = told("no-answer")
    #expect(absent.events == [CallEvent(.agentAbsent(agent), of: .call(Self.call))])
    #expect((absent.agent, absent.agentEnd) == (agent, .noAnswer))
    // Who was there has talked, or has left: that is for others to say.
    #expect(told("completed").events == [])
    #expect(told("completed").agentEnd == .completed)
    #expect(told("ringing").agentEnd == nil)
    #expect(told("ringing").events == [])
    #expect(told("no-answer", query: "callId=\(Self.call)").events == [])
    #expect(told("no-answer", query: "agentId=\(agent)").events == [])
  }
}
