// What the calls of a while say about the next.
extension StoreState {
  /// When a rolling limit lets a lead pass; nil if it does now.
  func heldUntil(
    _ limit: RollingLimit, lead: UInt32, number: UInt64, now: Timestamp
  ) throws(StoreError) -> Int64? {
    let start = (now - limit.window).milliseconds
    let contact = tables.leadCore(lead).contact
    var call: UInt32
    var subject: (text: String, hash: UInt32)?
    switch limit.key {
    case .number: call = numberRow(number, ofContact: contact).map { tables.numbers[$0].newestCall } ?? noRow
    case .person: call = tables.contacts[contact].newestCall
    case .subject:
      guard let text = try tables.subject(ofLead: lead) else { return nil }
      subject = (text, CallRow.hash(subject: text))
      call = tables.contacts[contact].newestCall
    }
    var counted = 0
    while call != noRow {
      let stored = tables.calls[call]
      // Calls are newest first, unless a clock went back.
      guard stored.createdAt > start || indexes.callsAreOutOfOrder else { break }
      if stored.createdAt > start, try counts(call, stored, in: limit, subject: subject) {
        counted += 1
        // The newest `maximum` of them fill the limit; it opens when the oldest of these leaves the window.
        if counted == limit.maximum { return (Timestamp(milliseconds: stored.createdAt) + limit.window).milliseconds }
      }
      call = limit.key == .number ? stored.olderOfNumber : stored.olderOfContact
    }
    return nil
  }

  private func counts(
    _ row: UInt32, _ call: CallRow, in limit: RollingLimit, subject: (text: String, hash: UInt32)?
  ) throws(StoreError) -> Bool {
    guard call.isAttempt else { return false }
    if !limit.counting.isEmpty {
      guard let disposition = Disposition(stored: call.disposition), limit.counting.contains(disposition) else {
        return false
      }
    }
    if let subject {
      guard call.subjectHash == subject.hash, try tables.callPayload(row).subject == subject.text else { return false }
    }
    return true
  }
}
