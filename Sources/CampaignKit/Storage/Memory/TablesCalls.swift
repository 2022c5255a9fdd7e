// Reading values out of the tables.
extension Tables {
  func callPayload(_ row: UInt32) throws(StoreError) -> CallPayload {
    let reference = calls[row].payload
    guard reference.length > 0 else { return CallPayload() }
    return try callPayloads[Int(row >> Rows<CallRow>.chunkBits)].withBytes(reference) {
      (bytes) throws(StoreError) in
      var reader = ByteReader(bytes)
      return try CallPayload(from: &reader)
    }
  }

  func call(at row: UInt32) throws(StoreError) -> Call {
    let stored = calls[row]
    func moment(_ milliseconds: Int64) -> Timestamp? {
      milliseconds == 0 ? nil : Timestamp(milliseconds: milliseconds)
    }
    guard let to = PhoneNumber(digits: stored.to) else { throw .misfit("phone number") }
    let payload = try callPayload(row)
    var call = Call(
      id: stored.id.of(Call.self), account: accounts[Int(stored.account)].account.id,
      attempt: Int(stored.attempt), to: to, createdAt: Timestamp(milliseconds: stored.createdAt),
      placeBy: Timestamp(milliseconds: stored.placeBy), expiresAt: Timestamp(milliseconds: stored.expiresAt))
    if stored.campaign != noRow { call.campaign = campaigns[Int(stored.campaign)].campaign.id }
    if stored.leadID != .none { call.lead = stored.leadID.of(Lead.self) }
    if stored.contact != noRow { call.contact = contacts[stored.contact].id.of(Contact.self) }
    if stored.agent != noRow { call.agent = agents[Int(stored.agent)].agent.id }
    call.from = PhoneNumber(digits: stored.from)
    call.status = Call.Status(raw: stored.status)
    call.disposition = Disposition(stored: stored.disposition)
    call.answeredBy = AnsweredBy(stored: stored.answeredBy)
    call.placedAt = moment(stored.placedAt)
    call.ringingAt = moment(stored.ringingAt)
    call.answeredAt = moment(stored.answeredAt)
    call.endedAt = moment(stored.endedAt)
    call.duration = stored.duration < 0 ? nil : .milliseconds(stored.duration)
    call.talkTime = stored.talkTime < 0 ? nil : .milliseconds(stored.talkTime)
    call.costMicros = stored.costMicros == .min ? nil : stored.costMicros
    call.carrier = texts[stored.carrier]
    call.carrierReference = payload.reference
    call.conference = payload.conference
    call.subject = payload.subject
    call.recording = payload.recording
    call.messageLeftAt = payload.messageLeftAt
    call.agentAbsentAt = payload.agentAbsentAt
    call.agreedCallback = payload.agreedCallback
    call.failure = payload.failure
    call.isAttempt = stored.isAttempt
    call.followUp = Call.FollowUp(stored: stored.followUp)
    call.rule = texts[stored.rule]
    call.notes = payload.notes
    call.metadata = payload.metadata
    return call
  }
}
