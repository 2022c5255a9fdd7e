extension CallScript {
  /// The document that tells a carrier what to do.
  ///
  /// Any text is taken; characters that no document of XML may hold are left out.
  ///
  /// - Parameter carrier: The carrier: TwiML for Twilio, LaML for SignalWire, Plivo's XML for Plivo.
  /// - Returns: The document.
  /// - Throws: A ``CallScriptError`` where the carrier has no words for a step, or a value is none that it takes.
  public func document(for carrier: WebCarrier) throws(CallScriptError) -> String {
    var writer = XMLWriter()
    try writer.element("Response") { (writer) throws(CallScriptError) in
      for step in steps {
        switch carrier {
        case .twilio, .signalWire: try TwilioScript.write(step, to: &writer)
        case .plivo: try PlivoScript.write(step, to: &writer)
        }
      }
    }
    return writer.text
  }
}

/// Values as documents have them.
enum ScriptText {
  /// Whole seconds, rounded up.
  static func seconds(_ duration: Duration, in range: ClosedRange<Int64>) -> String {
    "\(CarrierText.seconds(duration, in: range))"
  }

  /// An address that begins in one of some ways, and has no blanks or controls in it.
  static func address(_ text: String, _ schemes: [String] = ["https://", "http://"]) throws(CallScriptError) -> String {
    guard schemes.contains(where: { text.lowercased().hasPrefix($0) && text.utf8.count > $0.utf8.count }),
      text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
    else { throw CallScriptError(.invalidAddress, "'\(text)' is no address that begins with \(schemes[0])") }
    return text
  }

  /// An address, if there is one.
  static func optionalAddress(_ text: String?) throws(CallScriptError) -> String? {
    guard let text else { return nil }
    return try address(text)
  }

  /// How often a recording is played.
  static func times(_ count: Int) throws(CallScriptError) -> String? {
    guard (1...1000).contains(count) else {
      throw CallScriptError(.invalidValue, "a recording can be played 1 to 1000 times, not \(count)")
    }
    return count == 1 ? nil : "\(count)"
  }

  /// A number of keys.
  static func digits(_ count: Int) throws(CallScriptError) -> String {
    guard (1...99).contains(count) else {
      throw CallScriptError(.invalidValue, "1 to 99 keys can be taken, not \(count)")
    }
    return "\(count)"
  }

  static func nothingElse() -> CallScriptError {
    CallScriptError(.notExpressible, "only speech, recordings and pauses can be heard while keys are taken")
  }
}
