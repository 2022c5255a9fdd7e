/// Steps of a script as TwiML, and as LaML, which has the same words for them.
enum TwilioScript {
  static func write(_ step: CallScript.Step, to writer: inout XMLWriter) throws(CallScriptError) {
    switch step {
    case .say(let text, let voice, let language):
      writer.element("Say", ["voice": voice, "language": language], text: text)
    case .play(let address, let times):
      writer.element("Play", ["loop": try ScriptText.times(times)], text: try ScriptText.address(address))
    case .pause(let duration):
      writer.element("Pause", ["length": ScriptText.seconds(duration, in: 1...3600)])
    case .waitForBeep:
      throw CallScriptError(
        .notExpressible, "the carrier waits for the beep before it asks; order the call with machine detection")
    case .gather(let gather): try write(gather, to: &writer)
    case .dial(let dial): try write(dial, to: &writer)
    case .conference(let conference): try write(conference, to: &writer)
    case .stream(let stream):
      let address = try ScriptText.address(stream.address, ["wss://"])
      writer.element("Connect") { writer in
        writer.element("Stream", ["url": address]) { writer in
          for item in stream.parameters { writer.element("Parameter", ["name": item.name, "value": item.value]) }
        }
      }
    case .record(let record):
      writer.element(
        "Record",
        [
          "action": try ScriptText.address(record.action), "method": "POST",
          "maxLength": ScriptText.seconds(record.longest, in: 1...14_400),
          "timeout": ScriptText.seconds(record.silence, in: 1...600), "playBeep": record.beeps ? "true" : "false",
        ])
    case .recordCall:
      throw CallScriptError(.notExpressible, "the carrier records a whole call only when it is ordered so")
    case .redirect(let address): writer.element("Redirect", ["method": "POST"], text: try ScriptText.address(address))
    case .hangUp: writer.element("Hangup")
    }
  }

  private static func write(_ gather: CallScript.Gather, to writer: inout XMLWriter) throws(CallScriptError) {
    try writer.element(
      "Gather",
      [
        "input": "dtmf", "numDigits": try ScriptText.digits(gather.digits),
        "timeout": ScriptText.seconds(gather.timeout, in: 1...600), "action": try ScriptText.address(gather.action),
        "method": "POST",
      ]
    ) { (writer) throws(CallScriptError) in
      for prompt in gather.prompts {
        switch prompt {
        case .say, .play, .pause: try write(prompt, to: &writer)
        default: throw ScriptText.nothingElse()
        }
      }
    }
  }

  private static func write(_ dial: CallScript.Dial, to writer: inout XMLWriter) throws(CallScriptError) {
    let whisper = try ScriptText.optionalAddress(dial.whisper)
    let method = whisper == nil ? nil : "POST"
    let action = try ScriptText.optionalAddress(dial.action)
    try writer.element(
      "Dial",
      [
        "action": action, "method": action == nil ? nil : "POST",
        "timeout": ScriptText.seconds(dial.ringTime, in: 5...600), "callerId": dial.callerNumber,
      ]
    ) { (writer) throws(CallScriptError) in
      switch dial.target {
      case .number(let number): writer.element("Number", ["url": whisper, "method": method], text: number)
      case .sip(let address):
        writer.element(
          "Sip", ["url": whisper, "method": method], text: try ScriptText.address(address, ["sip:", "sips:"]))
      }
    }
  }

  private static func write(_ conference: CallScript.Conference, to writer: inout XMLWriter) throws(CallScriptError) {
    let status = try ScriptText.optionalAddress(conference.statusAddress)
    writer.element("Dial") { writer in
      writer.element(
        "Conference",
        [
          "startConferenceOnEnter": conference.startsOnEntry ? "true" : "false",
          "endConferenceOnExit": conference.endsOnExit ? "true" : "false",
          "beep": conference.beeps ? "true" : "false", "statusCallback": status,
          "statusCallbackEvent": status == nil ? nil : "start end join leave",
          "statusCallbackMethod": status == nil ? nil : "POST",
        ], text: conference.name)
    }
  }
}
