extension Change {
  /// Refuses what no store keeps. A log with such a change in it could never be opened.
  func check() throws(StoreError) {
    switch self {
    case .account(let account): try account.check()
    case .agent(let agent): try agent.check()
    case .campaign(let campaign): try campaign.check()
    case .contact(let contact): try contact.check()
    case .leadChanged(_, let changes): try changes.fields?.checkDepth(of: "a lead's fields")
    case .began(let record):
      try record.metadata.checkDepth(of: "a call's metadata")
      try RecordSize.check(0, record.metadata, of: "the metadata of a call")
    case .annotated(_, _, let metadata): try metadata?.checkDepth(of: "a call's metadata")
    case .restored(let record):
      switch record {
      case .account(let account, _): try account.check()
      case .agent(let agent, _): try agent.check()
      case .campaign(let campaign, _): try campaign.check()
      case .contact(let contact): try contact.check()
      case .lead(let lead, _): try lead.check()
      case .call(let call, _): try call.check()
      default: break
      }
    default: break
    }
  }
}
