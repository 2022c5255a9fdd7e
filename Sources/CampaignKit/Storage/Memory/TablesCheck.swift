import Dispatch
import Locks

/// Whether tables that were read hold together: that every row they name is there, and that every count is one.
///
/// Checksums find what an accident has changed. This finds what another program has written, so that nothing that is
/// done with the tables later can lead out of them.
extension Tables {
  func check() throws(StoreError) {
    let checks: [@Sendable () -> String?] = [
      { smallMisfit }, { contactMisfit }, { segmentMisfit }, { callMisfit },
    ]
    let found = Locked<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: checks.count) { number in
      guard let misfit = checks[number]() else { return }
      found.withLock { $0 = $0 ?? misfit }
    }
    if let misfit = found.withLock({ $0 }) {
      throw StoreError(
        .damaged,
        "the snapshot has \(misfit) that does not fit the rest; another program wrote it, so restore a backup")
    }
  }

  /// Counts that grow by one at a time stay far below what can be added up.
  private static let counts = 0...Int(UInt32.max)
  private static let limits = 0...Int.max

  /// What there is little of.
  private var smallMisfit: String? {
    guard Self.limits.contains(systemLimit), Self.limits.contains(defaultAccountLimit), Self.counts.contains(liveCalls)
    else { return "a limit" }
    for record in accounts {
      guard Self.counts.contains(record.liveCalls), isCall(record.oldestLive), isCall(record.newestLive),
        record.events.all.allSatisfy({ isCall($0.call) && isCampaign($0.campaign) && isAgent($0.agent) })
      else { return "the account \(record.account.id)" }
    }
    for row in campaigns.indices where !isWhole(campaign: row) { return "the campaign \(campaigns[row].campaign.id)" }
    for record in agents
    where record.account >= accounts.count || !Self.counts.contains(record.calls)
      || !Self.counts.contains(record.currentCalls) || record.talkTime < 0
    {
      return "the agent \(record.agent.id)"
    }
    for record in lists
    where record.account >= accounts.count || !record.members.allSatisfy({ contacts.contains($0) }) {
      return "the list \(record.list.id)"
    }
    for chunk in numbers.chunks {
      for number in chunk
      where number.account >= accounts.count || !isCall(number.newestCall)
        || !Self.counts.contains(Int(number.liveCalls)) || PhoneNumber(digits: number.number) == nil
      {
        return "a called number"
      }
    }
    if let owner = suppressions.keys.first(where: { $0 != noRow && $0 >= accounts.count }) {
      return "a do-not-call list of the account \(owner)"
    }
    guard contacts.isRegular, calls.isRegular, numbers.isRegular, contactPayloads.count == contacts.chunks.count,
      callPayloads.count == calls.chunks.count
    else { return "a table" }
    return nil
  }

  private func isWhole(campaign row: Int) -> Bool {
    let record = campaigns[row]
    let places = StoreState.place(record.nextOrdinal)
    guard record.account < accounts.count, Self.counts.contains(record.liveCalls),
      Self.counts.contains(record.unassigned), Self.counts.contains(record.counts.attempted),
      Lead.Status.allCases.allSatisfy({ Self.counts.contains(record.counts[$0]) }),
      record.segments.count == (Int(record.nextOrdinal) + LeadSegment.size - 1) / LeadSegment.size
    else { return false }
    for (index, segment) in record.segments.enumerated() {
      guard segment < segments.count, segments[Int(segment)].campaign == row,
        Int(segments[Int(segment)].base) == index * LeadSegment.size
      else { return false }
    }
    // New leads follow in the last segment.
    guard places > 0, let last = record.segments.last else { return true }
    return segments[Int(last)].status.count == places
  }

  private var contactMisfit: String? {
    for (number, chunk) in contacts.chunks.enumerated() where number < contactPayloads.count {
      let bytes = contactPayloads[number].bytes.count
      for contact in chunk {
        guard contact.account < accounts.count, contact.payload.end <= bytes, isLeadPlace(contact.newestLead),
          isCall(contact.newestCall), contact.numberRow == noRow || contact.numberRow < numbers.count
        else { return "the contact \(contact.id.of(Contact.self))" }
      }
    }
    return nil
  }

  private var segmentMisfit: String? {
    for segment in segments {
      let bytes = segment.payload.bytes.count
      guard segment.campaign < campaigns.count else { return "leads of a campaign" }
      for (place, lead) in segment.core.enumerated() {
        let status = segment.status[place]
        if status == LeadSegment.removed { continue }
        guard Lead.Status(raw: status) != nil, lead.ending == 0 || Lead.Status(raw: lead.ending &- 1) != nil,
          contacts.contains(lead.contact), !contacts[lead.contact].isDeleted, lead.payload.end <= bytes,
          isCall(lead.liveCall), isCall(lead.newestCall), isLeadPlace(lead.olderOfContact),
          lead.batch == noRow || lead.batch < batches.count
        else { return "the lead \(lead.id.of(Lead.self))" }
      }
    }
    return nil
  }

  private var callMisfit: String? {
    var row: UInt32 = 0
    for (number, chunk) in calls.chunks.enumerated() where number < callPayloads.count {
      let bytes = callPayloads[number].bytes.count
      for call in chunk {
        guard call.account < accounts.count, isCampaign(call.campaign), isAgent(call.agent),
          call.contact == noRow || contacts.contains(call.contact), call.number < numbers.count,
          call.payload.end <= bytes, call.status <= Call.Status.ended.raw,
          call.disposition <= Disposition.allCases.count,
          // Each chain leads to older calls, so that it ends.
          isOlder(call.olderOfLead, than: row), isOlder(call.olderOfNumber, than: row),
          isOlder(call.olderOfContact, than: row), isOlder(call.olderLive, than: row),
          call.newerLive == noRow || call.newerLive > row && call.newerLive < calls.count,
          !call.isLive || call.campaign == noRow || isCalled(call.lead, from: call.campaign),
          !call.awaitsAgent || call.campaign != noRow
        else { return "the call \(call.id.of(Call.self))" }
        row += 1
      }
    }
    return nil
  }

  private func isCall(_ row: UInt32) -> Bool { row == noRow || row < calls.count }
  private func isCampaign(_ row: UInt32) -> Bool { row == noRow || row < campaigns.count }
  private func isAgent(_ row: UInt32) -> Bool { row == noRow || row < agents.count }
  private func isOlder(_ row: UInt32, than other: UInt32) -> Bool { row == noRow || row < other }

  private func isLeadPlace(_ row: UInt32) -> Bool { row == noRow || isLead(row) }

  private func isCalled(_ lead: UInt32, from campaign: UInt32) -> Bool {
    isLead(lead) && leadStatus(lead) == Lead.Status.calling.raw && self.campaign(ofLead: lead) == campaign
  }
}

extension PayloadRef {
  fileprivate var end: Int { Int(offset) + Int(length) }
}

extension Rows {
  /// Whether every chunk but the last is full, as rows are found by that.
  fileprivate var isRegular: Bool {
    chunks.dropLast().allSatisfy { $0.count == Self.chunkSize }
      && chunks.last.map { (1...Self.chunkSize).contains($0.count) } ?? true
  }
}
