import JSON

/// How large the variable part of a record may be: its texts and its JSON.
///
/// The parts of 1,024 records lie behind one another, and where each begins is kept in 32 bits. With this bound they
/// take 1 GiB at most, and twice as much before what was replaced is cleared away.
enum RecordSize {
  static let maximum = 1 << 20

  /// Refuses a record whose texts and JSON take more than the bound.
  ///
  /// - Returns: How much they take at most.
  @inline(__always)
  @discardableResult
  static func check(_ texts: Int, _ json: JSONObject, of what: String) throws(StoreError) -> Int {
    let most = json.isEmpty ? texts : texts + json.greatestTextLength
    return most <= maximum ? most : try checkExactly(texts, json, of: what)
  }

  private static func checkExactly(_ texts: Int, _ json: JSONObject, of what: String) throws(StoreError) -> Int {
    let size = texts + JSONValue.object(json).bytes.count
    guard size <= maximum else {
      throw StoreError(
        .invalid, "\(what) take \(size) bytes; at most \(maximum) are kept. Keep what is larger in another place")
    }
    return size
  }
}

extension String? {
  /// The bytes of a text with its length.
  @inline(__always)
  fileprivate var storedSize: Int { map { $0.utf8.count + 4 } ?? 0 }
}

extension Person {
  @inline(__always)
  fileprivate var storedSize: Int {
    firstName.storedSize + lastName.storedSize + email.storedSize + company.storedSize + country.storedSize
  }
}

extension [Contact.Number] {
  fileprivate var storedSize: Int {
    isEmpty ? 0 : reduce(0) { $0 + 10 + $1.phoneExtension.storedSize + $1.label.storedSize }
  }
}

extension Contact {
  func checkSize() throws(StoreError) {
    let texts = [phoneExtension, numberLabel, notes, timeZone].reduce(0) { $0 + $1.storedSize }
    let agreed = consents.reduce(0) { $0 + 40 + $1.kind.utf8.count + $1.source.utf8.count }
    try RecordSize.check(
      person.storedSize + furtherNumbers.storedSize + texts + agreed, fields, of: "the texts and fields of a contact")
  }
}

extension NewLead {
  /// Refuses a lead that is too large; returns how much it takes at most.
  @inline(__always)
  static func checkSize(_ lead: UnsafePointer<NewLead>) throws(StoreError) -> Int {
    var texts = lead.pointee.person.firstName.storedSize + lead.pointee.person.lastName.storedSize
    texts += lead.pointee.person.email.storedSize + lead.pointee.person.company.storedSize
    texts += lead.pointee.person.country.storedSize + lead.pointee.phoneExtension.storedSize
    texts += lead.pointee.furtherNumbers.storedSize + lead.pointee.type.storedSize
    texts += lead.pointee.subject.storedSize + lead.pointee.notes.storedSize
    return try RecordSize.check(texts, lead.pointee.fields, of: "the texts and fields of a lead")
  }
}

extension Lead {
  func checkSize() throws(StoreError) {
    try RecordSize.check(
      person.storedSize + type.storedSize + subject.storedSize + notes.storedSize, fields,
      of: "the texts and fields of a lead")
  }
}

extension CallPayload {
  func checkSize() throws(StoreError) {
    let carrier = reference.storedSize + conference.storedSize + (recording?.storedSize ?? 0)
    try RecordSize.check(
      carrier + (failure?.storedSize ?? 0) + notes.storedSize + subject.storedSize, metadata,
      of: "the texts and metadata of a call")
  }
}

extension Call {
  func checkSize() throws(StoreError) {
    let carrier = carrierReference.storedSize + conference.storedSize + (recording?.storedSize ?? 0)
    try RecordSize.check(
      carrier + (failure?.storedSize ?? 0) + notes.storedSize + subject.storedSize, metadata,
      of: "the texts and metadata of a call")
  }
}

extension Call.Recording {
  fileprivate var storedSize: Int { url.utf8.count + 16 + reference.storedSize }
}

extension Call.Failure {
  fileprivate var storedSize: Int { cause.utf8.count + 4 + code.storedSize }
}

// What is changed in a record counts together with what stays in it.
extension StoreState {
  func checkSize(with change: Change) throws(StoreError) {
    switch change {
    case .leadChanged(let row, let changes):
      if changes.person != nil || changes.type != nil || changes.subject != nil || changes.fields != nil
        || changes.notes != nil
      {
        try checkSize(ofLead: row, with: changes)
      }
    case .annotated(let row, let notes, let metadata):
      var payload = try tables.callPayload(row)
      if let notes { payload.notes = notes }
      if let metadata { payload.metadata = metadata }
      try payload.checkSize()
    case .news(let row, .placed(_, let reference, _)):
      try checkSize(ofCall: row, withMore: reference.utf8.count) { $0.reference = reference }
    case .news(let row, .conference(let name)):
      try checkSize(ofCall: row, withMore: name.utf8.count) { $0.conference = name }
    case .news(let row, .recording(let recording)):
      try checkSize(ofCall: row, withMore: recording.storedSize) { $0.recording = recording }
    default: break
    }
  }

  private func checkSize(
    ofCall row: UInt32, withMore size: Int, _ change: (inout CallPayload) -> Void
  ) throws(StoreError) {
    // Hardly ever is there so much that what is there has to be looked at.
    guard Int(tables.calls[row].payload.length) + size > RecordSize.maximum / 2 else { return }
    var payload = try tables.callPayload(row)
    change(&payload)
    try payload.checkSize()
  }

  private func checkSize(ofLead row: UInt32, with changes: LeadChanges) throws(StoreError) {
    let payload = try tables.leadPayload(row)
    var person = changes.person ?? payload.person
    // It becomes the lead's own when the contact gets another.
    if person == nil { person = try tables.contactPayload(tables.leadCore(row).contact).person }
    let type = changes.type ?? payload.type
    let subject = changes.subject ?? payload.subject
    let notes = changes.notes ?? payload.notes
    try RecordSize.check(
      (person?.storedSize ?? 0) + type.storedSize + subject.storedSize + notes.storedSize,
      changes.fields ?? payload.fields, of: "the texts and fields of a lead")
  }
}
