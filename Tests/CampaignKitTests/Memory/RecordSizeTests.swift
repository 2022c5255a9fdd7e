import JSON
import Testing

@testable import CampaignKit

/// The variable parts of the records of a chunk are found by places of 32 bits, so none may be very large.
@Suite struct RecordSizeTests {
  private static let now = Samples.moment
  private static let tooLong = String(repeating: "x", count: RecordSize.maximum)
  private static let half = String(repeating: "y", count: RecordSize.maximum * 6 / 10)

  private func refuses(_ state: inout StoreState, _ change: (inout StoreState) throws -> Void) throws {
    let size = state.outbox.bytes.count
    let leads = state.tables.segments.reduce(0) { $0 + $1.status.count }
    do {
      try change(&state)
      Issue.record("a record of more than \(RecordSize.maximum) bytes was taken")
    } catch let error as StoreError {
      #expect(error.code == .invalid && error.message.contains("\(RecordSize.maximum)"), "\(error)")
    }
    let after = state.outbox.bytes.count
    let leadsAfter = state.tables.segments.reduce(0) { $0 + $1.status.count }
    #expect(after == size && leadsAfter == leads)
  }

  @Test func contactsAreBounded() throws {
    var state = StoreState(seed: 1, keepsChanges: true)
    _ = try state.begin(leads: 1, at: Self.now)
    var contact = Contact(id: Samples.id(24), account: Samples.id(1), number: samplePhone, createdAt: Self.now)
    contact.notes = String(Self.tooLong.dropLast(1000))
    try state.insert(contact, at: Self.now)
    let edits: [(inout Contact) -> Void] = [
      { $0.notes = Self.tooLong }, { $0.person.company = Self.half }, { $0.fields = ["a": .string(Self.half)] },
      { $0.furtherNumbers = [Contact.Number(samplePhone, label: Self.half)] },
      { $0.consents = Array(repeating: Consent(kind: "k", source: "s", givenAt: Self.now), count: 30_000) },
    ]
    for edit in edits {
      var changed = contact
      edit(&changed)
      try refuses(&state) { [changed] in _ = try $0.update(changed, at: Self.now) }
      changed.id = Samples.id(25)
      changed.number = PhoneNumber(digits: 4_930_000_001) ?? samplePhone
      try refuses(&state) { [changed] in try $0.insert(changed, at: Self.now) }
      try refuses(&state) { [changed] in try $0.commit(.restored(.contact(changed)), at: Self.now) }
    }
  }

  @Test func newLeadsAreBounded() throws {
    var state = StoreState(seed: 1, keepsChanges: true)
    _ = try state.begin(leads: 1, at: Self.now)
    let good = NewLead(number: PhoneNumber(digits: 4_930_000_000) ?? samplePhone)
    var bad = NewLead(number: samplePhone, person: Person(company: Self.half))
    bad.fields = ["a": ["b": [.string(Self.half)]]]
    try refuses(&state) { [bad] in
      _ = try $0.insert([good, bad], into: Samples.id(2), options: LeadInsertion(), at: Self.now)
    }
    bad.fields = [:]
    bad.notes = Self.half
    try refuses(&state) { [bad] in
      _ = try $0.insert([good, bad], into: Samples.id(2), options: LeadInsertion(), at: Self.now)
    }
  }

  /// What takes little when it is written is taken, however much it could take.
  @Test func whatFitsIsTaken() throws {
    var state = StoreState(seed: 1, keepsChanges: true)
    _ = try state.begin(leads: 1, at: Self.now)
    let half = String(repeating: "z", count: RecordSize.maximum / 2)
    var lead = NewLead(number: samplePhone, fields: ["a": .string(half)])
    lead.notes = String(half.dropLast(100))
    let result = try state.insert([lead], into: Samples.id(2), options: LeadInsertion(), at: Self.now)
    #expect(result.inserted == 1)
    let stored = try state.tables.lead(at: 1)
    #expect(stored.fields == lead.fields && stored.notes == lead.notes)
  }

  @Test func changesOfALeadCountTogether() throws {
    var state = StoreState(seed: 1, keepsChanges: true)
    _ = try state.begin(leads: 1, at: Self.now)
    let id = try state.tables.lead(at: 0).id
    _ = try state.update(id, with: LeadChanges(notes: Self.half), at: Self.now)
    try refuses(&state) { _ = try $0.update(id, with: LeadChanges(subject: Self.half), at: Self.now) }
    try refuses(&state) { _ = try $0.update(id, with: LeadChanges(fields: ["a": .string(Self.half)]), at: Self.now) }
    try refuses(&state) { _ = try $0.update(id, with: LeadChanges(person: Person(email: Self.half)), at: Self.now) }
    _ = try state.update(id, with: LeadChanges(subject: Self.half, notes: .some(nil)), at: Self.now)
    _ = try state.update(id, with: LeadChanges(priority: 3), at: Self.now)
    // What the contact says of the person becomes the lead's own when it changes.
    var contact = try state.tables.contact(at: 0)
    contact.person.company = Self.half
    _ = try state.update(contact, at: Self.now)
    let kept = try state.tables.lead(at: 0)
    #expect(kept.person.company == nil && kept.subject == Self.half)
  }

  @Test func whatIsSaidOfACallIsBounded() throws {
    var state = StoreState(seed: 1, keepsChanges: true)
    let lease = try state.begin(leads: 1, at: Self.now)
    let order = SingleCall(account: Samples.id(1), to: samplePhone, metadata: ["a": .string(Self.tooLong)])
    try refuses(&state) { _ = try $0.begin(order, at: Self.now) }
    let claim = try state.claim(1, lease, at: Self.now)
    let call = try #require(claim.calls.first?.call)
    _ = try state.annotate(call, notes: Self.half, metadata: nil, at: Self.now)
    try refuses(&state) { _ = try $0.annotate(call, notes: nil, metadata: ["a": .string(Self.half)], at: Self.now) }
    let news: [CallNews] = [
      .placed(carrier: "c", reference: Self.half, at: Self.now), .conference(Self.half),
      .recording(Call.Recording(url: Self.half, reference: nil, duration: nil)),
    ]
    for news in news { try refuses(&state) { _ = try $0.record(news, of: call, at: Self.now) } }
    let failed = CallEnding(.failed, next: .complete, failure: Call.Failure(code: nil, cause: Self.half))
    // A new text in the place of an old one is no more than one of them.
    _ = try state.annotate(call, notes: Self.half.uppercased(), metadata: nil, at: Self.now)
    // A call ends whatever its carrier writes.
    let over = try state.finish(call, failed, at: Self.now).call
    #expect(over.status == .ended)
    #expect(over.failure?.cause == String(Self.half.prefix(2000)))
    var restored = try state.tables.call(at: 0)
    restored.id = Samples.id(40)
    restored.metadata = ["a": .string(Self.half)]
    try refuses(&state) { [restored] in
      try $0.commit(.restored(.call(restored, awaitsAgent: false)), at: Self.now)
    }
  }
}
