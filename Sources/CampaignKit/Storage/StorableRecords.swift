import JSON

// What no store takes in, whatever it keeps its records in: what would make no sense, what could be written but not read
// again, and what is too large.

extension Account {
  /// Refuses an account that cannot be kept.
  package func check() throws(StoreError) {
    try metadata.checkDepth(of: "an account's metadata")
    guard concurrencyLimit ?? 0 >= 0 else {
      throw StoreError(.invalid, "concurrencyLimit is below zero; 0 stops all calls")
    }
  }
}

extension Agent {
  /// Refuses an agent that cannot be kept.
  package func check() throws(StoreError) {
    try metadata.checkDepth(of: "an agent's metadata")
    guard maximumConcurrentCalls >= 0 else {
      throw StoreError(.invalid, "maximumConcurrentCalls is below zero; 0 gives the agent no calls")
    }
  }
}

extension Campaign {
  /// Refuses a campaign with settings that cannot be kept, or with which no call could be made.
  package func check() throws(StoreError) {
    try metadata.checkDepth(of: "a campaign's metadata")
    try agents.configuration?.checkDepth(of: "agents.configuration")
    func demand(_ holds: Bool, _ rule: String) throws(StoreError) {
      guard holds else { throw StoreError(.invalid, rule) }
    }
    try demand(retries.maximumAttempts >= 1, "retries.maximumAttempts is below 1; 1 is a single attempt")
    try demand(pacing.maximumConcurrentCalls ?? 0 >= 0, "pacing.maximumConcurrentCalls is below zero; nil is no limit")
    try demand(pacing.reservedSlots >= 0, "pacing.reservedSlots is below zero")
    try demand(pacing.callsPerSecond ?? 1 > 0, "pacing.callsPerSecond is not above zero; nil is no limit")
    try demand(pacing.delayBetweenCalls >= .zero, "pacing.delayBetweenCalls is below zero")
    try demand(ringTime >= .zero && longestCall >= .zero, "ringTime or longestCall is below zero")
    try demand(callerChoice.maximumPerDay ?? 1 >= 1, "callerChoice.maximumPerDay is below 1; nil is no limit")
    let most = CallerChoice.mostNumbers
    try demand(callerNumbers.count <= most, "callerNumbers are \(callerNumbers.count); at most \(most) are kept")
    try compliance.rollingLimits.check()
    let delays = [retries.delay] + retries.delays.values
    var numbers = [pacing.callsPerSecond ?? 1, pacing.breaker?.failureShare ?? 0]
    for case .exponential(_, let factor, _) in delays { numbers.append(factor) }
    // JSON has no others.
    try demand(
      numbers.allSatisfy(\.isFinite),
      "a rate, share or factor of the campaign is not a finite number; nil is no limit")
  }
}

extension [RollingLimit] {
  /// Refuses limits that let no call pass, or look back further than is remembered.
  package func check() throws(StoreError) {
    for limit in self {
      guard limit.maximum >= 1, limit.window > .zero, limit.window <= .seconds(400 * 86_400) else {
        throw StoreError(
          .invalid,
          "the rolling limit '\(limit.name)' needs a maximum of at least 1 and a window of at most 400 days")
      }
    }
  }
}

extension Contact {
  /// Refuses a contact that cannot be kept.
  package func check() throws(StoreError) {
    try furtherNumbers.checkCount(of: "a contact's furtherNumbers")
    try fields.checkDepth(of: "a contact's fields")
    try checkSize()
  }
}

extension Lead {
  /// Refuses a lead that cannot be kept.
  package func check() throws(StoreError) {
    try fields.checkDepth(of: "a lead's fields")
    try checkSize()
  }
}

extension Call {
  /// Refuses a call that cannot be kept.
  package func check() throws(StoreError) {
    try metadata.checkDepth(of: "a call's metadata")
    try checkSize()
  }
}

extension Call.Failure {
  /// What is kept of it: a call ends whatever its carrier writes, so what is too long is cut and not refused.
  package var kept: Call.Failure {
    Call.Failure(code: code.map { String($0.prefix(100)) }, cause: String(cause.prefix(2000)))
  }
}

extension NewLead {
  /// Refuses leads that could not be kept.
  package static func check(_ leads: [NewLead]) throws(StoreError) {
    var size = 0
    // Leads are looked at where they are: a copy of one counts sixteen references up and down.
    try leads.withUnsafeBufferPointer { (leads) throws(StoreError) in
      guard let first = leads.baseAddress else { return }
      for index in 0..<leads.count {
        let lead = first + index
        if !lead.pointee.furtherNumbers.isEmpty {
          try lead.pointee.furtherNumbers.checkCount(of: "a lead's furtherNumbers")
        }
        if !lead.pointee.fields.isEmpty { try lead.pointee.fields.checkDepth(of: "a lead's fields") }
        size += try checkSize(lead)
      }
    }
    guard size <= LeadInsertion.maximumBytes else {
      throw StoreError(
        .invalid,
        "the texts and fields of these \(leads.count) leads take \(size) bytes; at most \(LeadInsertion.maximumBytes) "
          + "are added at once")
    }
  }
}

extension [Contact.Number] {
  /// Refuses more numbers than a lead can name one of, since it keeps in a byte which of them is its next.
  fileprivate func checkCount(of what: String) throws(StoreError) {
    guard count <= Contact.maximumFurtherNumbers else {
      throw StoreError(.invalid, "\(what) are \(count); at most \(Contact.maximumFurtherNumbers) are kept")
    }
  }
}

extension JSONObject {
  /// The deepest nesting that is stored: what JSON allows, less what is written around it.
  static let maximumStoredDepth = JSONLimits.depthCeiling - 8

  func checkDepth(of what: String) throws(StoreError) {
    guard !isDeeper(than: Self.maximumStoredDepth) else {
      throw StoreError(.invalid, "\(what) are nested deeper than \(Self.maximumStoredDepth) levels; flatten them")
    }
  }
}
