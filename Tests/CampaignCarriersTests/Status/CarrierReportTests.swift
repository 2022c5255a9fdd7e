import CampaignKit
import Testing

@testable import CampaignCarriers

@Suite struct CarrierReportTests {
  @Test(
    "A carrier's word means a status",
    arguments: [
      ("queued", nil, WebCarrier.twilio, CarrierStatus.placed), ("initiated", nil, .signalWire, .placed),
      ("Ringing", nil, .twilio, .ringing), ("in-progress", nil, .plivo, .answered),
      ("completed", "200", .twilio, .ended(.completed)), ("busy", "486", .twilio, .ended(.busy)),
      ("busy", "603", .twilio, .ended(.rejected)), ("busy", "603", .plivo, .ended(.busy)),
      ("busy", "3020", .plivo, .ended(.rejected)), ("no-answer", nil, .twilio, .ended(.noAnswer)),
      ("failed", "404", .twilio, .ended(.failed)), ("failed", "3020", .plivo, .ended(.rejected)),
      ("canceled", "487", .signalWire, .ended(.cancelled)), ("timeout", nil, .plivo, .ended(.noAnswer)),
      ("cancel", nil, .plivo, .ended(.cancelled)),
    ] as [(String, String?, WebCarrier, CarrierStatus)])
  func words(word: String, code: String?, carrier: WebCarrier, status: CarrierStatus) {
    #expect(CarrierStatus(word, causeCode: code, of: carrier) == status)
  }

  @Test("A word of one carrier means nothing at another, and an unknown one nothing at all")
  func unknownWords() {
    for word in ["timeout", "cancel", "", "done"] {
      #expect(CarrierStatus(word, of: .twilio) == nil)
      #expect(CarrierReport(word, of: "CA1", by: .twilio).kind == nil)
    }
  }

  @Test("Who answered is told in Twilio's words")
  func answeredBy() {
    let words = [
      "human", "fax", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other",
    ]
    #expect(
      words.map { AnsweredBy(carrierWord: $0) } == [
        .human, .fax, .unknown, .machineStart, .machineEndBeep, .machineEndSilence, .machineEndOther,
      ])
    #expect(AnsweredBy(carrierWord: "machine") == nil)
  }

  @Test("The end of a call tells how long it lasted, what it cost, and why it failed")
  func ends() {
    var report = CarrierReport("completed", of: "CA1", by: .twilio)
    (report.seconds, report.cost, report.answeredBy) = ("61", "-0.01300", "machine_start")
    #expect(
      report.kind
        == .ended(CallEnd(.completed, duration: .seconds(61), answeredBy: .machineStart, costMicros: 13_000)))
    report = CarrierReport("failed", of: "CA1", by: .twilio)
    report.causeCode = "404"
    #expect(
      report.kind
        == .ended(CallEnd(.failed, failure: Call.Failure(code: "404", cause: "the call could not be made"))))
  }

  @Test("The history of a call holds all that must have happened")
  func history() {
    let call = Call.ID(high: 1, low: 1)
    let end = Timestamp(milliseconds: 1_700_000_100_000)
    var report = CarrierReport("completed", of: "CA1", by: .twilio)
    report.seconds = "40"
    let events = report.history(of: call, createdAt: end - .seconds(60), answeredAt: nil, endedAt: end)
    #expect(
      events == [
        CallEvent(.placed(reference: "CA1"), of: .call(call), at: end - .seconds(60)),
        CallEvent(.answered(nil), of: .call(call), at: end - .seconds(40)),
        CallEvent(.ended(CallEnd(.completed, duration: .seconds(40))), of: .call(call), at: end),
      ])
    for (word, count) in [("queued", 1), ("ringing", 2), ("in-progress", 2), ("busy", 2), ("rubbish", 1)] {
      let report = CarrierReport(word, of: "CA1", by: .twilio)
      #expect(report.history(of: call, createdAt: nil, answeredAt: nil, endedAt: nil).count == count)
    }
  }

  @Test("Moments are read as each carrier writes them")
  func moments() {
    let moment = Timestamp("2010-08-31T20:36:28Z")
    for text in [
      "Tue, 31 Aug 2010 20:36:28 +0000", "31 Aug 2010 20:36:28 GMT", "2010-08-31 20:36:28", "2010-08-31T22:36:28+02:00",
      "2010-08-31 15:36:28-05:00",
    ] {
      #expect(CarrierText.moment(text) == moment, "\(text)")
    }
    #expect(CarrierText.moment("Tue, 1 Aug 2010 20:36:28 +0000") == Timestamp("2010-08-01T20:36:28Z"))
    for text in ["", "yesterday", "Tue, 31 Foo 2010 20:36:28 +0000", "31 Aug 2010", "Tue, 32 Aug 2010 20:36:28 GMT"] {
      #expect(CarrierText.moment(text) == nil, "\(text)")
    }
  }

  @Test("Amounts and durations that are no numbers are left out")
  func numbers() {
    #expect(CarrierText.micros("0.0085") == 8500)
    #expect(CarrierText.micros("1e-05") == 10)
    for text in ["", "abc", "nan", "inf", "1e30"] { #expect(CarrierText.micros(text) == nil, "\(text)") }
    #expect(CarrierText.duration("1.5") == .milliseconds(1500))
    for text in ["", "-1", "nan", "1e30"] { #expect(CarrierText.duration(text) == nil, "\(text)") }
  }
}
