import JSON

extension Change {
  /// Refuses what could be written but not read again. A log with such a change in it could never be opened.
  func check() throws(StoreError) {
    switch self {
    case .account(let account): try account.metadata.checkDepth(of: "an account's metadata")
    case .agent(let agent): try agent.metadata.checkDepth(of: "an agent's metadata")
    case .campaign(let campaign): try campaign.checkStorable()
    case .contact(let contact):
      try contact.furtherNumbers.checkCount(of: "a contact's furtherNumbers")
      try contact.fields.checkDepth(of: "a contact's fields")
      try contact.checkSize()
    case .leadChanged(_, let changes): try changes.fields?.checkDepth(of: "a lead's fields")
    case .began(let record):
      try record.metadata.checkDepth(of: "a call's metadata")
      try RecordSize.check(0, record.metadata, of: "the metadata of a call")
    case .annotated(_, _, let metadata): try metadata?.checkDepth(of: "a call's metadata")
    case .restored(let record):
      switch record {
      case .account(let account, _): try Change.account(account).check()
      case .agent(let agent, _): try Change.agent(agent).check()
      case .campaign(let campaign, _): try Change.campaign(campaign).check()
      case .contact(let contact): try Change.contact(contact).check()
      case .lead(let lead, _):
        try lead.fields.checkDepth(of: "a lead's fields")
        try lead.checkSize()
      case .call(let call, _):
        try call.metadata.checkDepth(of: "a call's metadata")
        try call.checkSize()
      default: break
      }
    default: break
    }
  }
}

extension Campaign {
  /// Refuses numbers that JSON cannot hold, and objects that it cannot hold deep enough.
  fileprivate func checkStorable() throws(StoreError) {
    try metadata.checkDepth(of: "a campaign's metadata")
    try agents.configuration?.checkDepth(of: "agents.configuration")
    let delays = [retries.delay] + retries.delays.values
    var numbers = [pacing.callsPerSecond ?? 1, pacing.breaker?.failureShare ?? 0]
    for case .exponential(_, let factor, _) in delays { numbers.append(factor) }
    guard numbers.allSatisfy(\.isFinite) else {
      throw StoreError(.invalid, "a rate, share or factor of the campaign is not a finite number; nil is no limit")
    }
  }
}

extension NewLead {
  /// Refuses leads that could not be kept.
  static func check(_ leads: [NewLead]) throws(StoreError) {
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
