/// Steps of a script as Plivo's XML.
enum PlivoScript {
  static func write(_ step: CallScript.Step, to writer: inout XMLWriter) throws(CallScriptError) {
    switch step {
    case .say(let text, let voice, let language):
      writer.element("Speak", ["voice": voice, "language": language], text: text)
    case .play(let address, let times):
      writer.element("Play", ["loop": try ScriptText.times(times)], text: try ScriptText.address(address))
    case .pause(let duration):
      writer.element("Wait", ["length": ScriptText.seconds(duration, in: 1...3600)])
    case .waitForBeep(let longest):
      writer.element("Wait", ["length": ScriptText.seconds(longest, in: 1...3600), "beep": "true"])
    case .gather(let gather): try write(gather, to: &writer)
    case .dial(let dial): try write(dial, to: &writer)
    case .conference(let conference):
      let status = try ScriptText.optionalAddress(conference.statusAddress)
      writer.element(
        "Conference",
        [
          "startConferenceOnEnter": conference.startsOnEntry ? "true" : "false",
          "endConferenceOnExit": conference.endsOnExit ? "true" : "false",
          "enterSound": conference.beeps ? "beep:1" : nil, "exitSound": conference.beeps ? "beep:2" : nil,
          "callbackUrl": status, "callbackMethod": status == nil ? nil : "POST",
        ], text: conference.name)
    case .stream(let stream):
      writer.element(
        "Stream",
        ["bidirectional": "true", "keepCallAlive": "true", "extraHeaders": try headers(stream.parameters)],
        text: try ScriptText.address(stream.address, ["wss://", "ws://"]))
    case .record(let record):
      writer.element(
        "Record",
        [
          "action": try ScriptText.address(record.action), "method": "POST",
          "maxLength": ScriptText.seconds(record.longest, in: 1...14_400),
          "timeout": ScriptText.seconds(record.silence, in: 1...600), "playBeep": record.beeps ? "true" : "false",
        ])
    case .recordCall(let address, let longest):
      // Without a length it ends after a minute.
      writer.element(
        "Record",
        [
          "recordSession": "true", "redirect": "false", "playBeep": "false",
          "maxLength": ScriptText.seconds(longest, in: 1...86_400), "callbackUrl": try ScriptText.address(address),
          "callbackMethod": "POST",
        ])
    case .redirect(let address): writer.element("Redirect", ["method": "POST"], text: try ScriptText.address(address))
    case .hangUp: writer.element("Hangup")
    }
  }

  private static func write(_ gather: CallScript.Gather, to writer: inout XMLWriter) throws(CallScriptError) {
    let timeout = ScriptText.seconds(gather.timeout, in: 1...600)
    try writer.element(
      "GetDigits",
      [
        "action": try ScriptText.address(gather.action), "method": "POST",
        "numDigits": try ScriptText.digits(gather.digits), "timeout": timeout, "digitTimeout": timeout,
        "retries": "1",
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
    let action = try ScriptText.optionalAddress(dial.action)
    try writer.element(
      "Dial",
      [
        "action": action, "method": action == nil ? nil : "POST",
        "timeout": ScriptText.seconds(dial.ringTime, in: 5...600), "callerId": dial.callerNumber,
        "confirmSound": try ScriptText.optionalAddress(dial.whisper),
      ]
    ) { (writer) throws(CallScriptError) in
      switch dial.target {
      case .number(let number): writer.element("Number", text: number)
      case .sip(let address): writer.element("User", text: try ScriptText.address(address, ["sip:", "sips:"]))
      }
    }
  }

  /// Parameters as `name=value` with commas between them; Plivo takes letters and digits alone.
  private static func headers(_ parameters: [CallScript.Stream.Parameter]) throws(CallScriptError) -> String? {
    guard !parameters.isEmpty else { return nil }
    for item in parameters {
      for text in [item.name, item.value] where text.isEmpty || !text.utf8.allSatisfy(isPlain) {
        throw CallScriptError(
          .notExpressible, "Plivo passes on letters and digits only; '\(text)' has to be put into the address instead")
      }
    }
    return parameters.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}
