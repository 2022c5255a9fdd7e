import Locks

/// What the leads of a file are taken into.
protocol ImportTarget: Sendable {
  /// Takes the leads of a piece, all or none.
  ///
  /// - Returns: What became of each.
  func take(_ piece: ImportPiece) async throws(StoreError) -> [RowFate]
}

/// What became of the lead of a row.
enum RowFate: Hashable, Sendable {
  case inserted(contactCreated: Bool)
  case refused(RefusedRow.Kind)
}

/// The store itself. Leads, their contacts and the progress of the import go in together.
struct StoreTarget: ImportTarget {
  let store: any CampaignStorage
  let batch: ImportBatch
  let duplicatesSince: Timestamp?

  func take(_ piece: ImportPiece) async throws(StoreError) -> [RowFate] {
    let (before, after) = piece.markedNumbers
    let list = ImportedSuppressions(store: store, batch: batch)
    try await list.add(before)
    let step = LeadInsertion.Step(
      batch: batch.id, from: Int64(piece.firstRow), to: Int64(piece.lastRow), invalid: piece.refused.count)
    let options = LeadInsertion(step: step, duplicatesSince: duplicatesSince)
    let result =
      if let store = store as? any PackedLeadStore {
        try await store.insert(piece.leads, into: batch.campaign, options: options)
      } else {
        try await store.insert(try piece.leads.unpacked(), into: batch.campaign, options: options)
      }
    try await list.add(after)
    return result.outcomes.map { outcome in
      switch outcome {
      case .inserted(_, let contactCreated): .inserted(contactCreated: contactCreated)
      case .duplicate: .refused(.duplicate)
      case .recent: .refused(.recent)
      case .suppressed: .refused(.doNotCall)
      }
    }
  }
}

/// Puts the numbers of marked rows on the account's list. Doing it again changes nothing.
struct ImportedSuppressions {
  let store: any CampaignStorage
  let batch: ImportBatch

  func add(_ numbers: [PhoneNumber]) async throws(StoreError) {
    guard !numbers.isEmpty else { return }
    let now = try await store.now()
    let source = "import \(batch.name)"
    let entries = numbers.map { number in
      Suppression(.number(number), account: batch.account, source: source, reason: "marked in the file", addedAt: now)
    }
    // What is known of a number that is on the list already is better than this.
    _ = try await store.suppress(entries, where: .stayIfTheyHoldAsLong)
  }
}

extension ImportPiece {
  /// The numbers of marked rows: those that go on the list before the leads go in, so that neither their row nor a
  /// later one becomes a lead, and those that go there afterwards, since an earlier row has the same number and
  /// becomes a lead as it would in another piece.
  var markedNumbers: (before: [PhoneNumber], after: [PhoneNumber]) {
    var numbers: (before: [PhoneNumber], after: [PhoneNumber]) = ([], [])
    var unmarked: Set<PhoneNumber> = []
    var next = 0
    for mark in marked {
      while next < mark.place {
        unmarked.insert(leads.entries[next].number)
        next += 1
      }
      if mark.isLead { next += 1 }
      for number in mark.numbers {
        if unmarked.contains(number) { numbers.after.append(number) } else { numbers.before.append(number) }
      }
    }
    return numbers
  }
}

/// Looks up what a store would do, and changes nothing.
///
/// It remembers the numbers that it has seen, 16 bytes or so for each.
final class DryTarget: ImportTarget {
  private let store: any CampaignStorage
  private let campaign: Campaign
  private let duplicatesSince: Timestamp?
  private let seen = Locked<Set<PhoneNumber>>([])
  private let marked = Locked<Set<PhoneNumber>>([])

  init(_ store: any CampaignStorage, _ campaign: Campaign, duplicatesSince: Timestamp?) {
    self.store = store
    self.campaign = campaign
    self.duplicatesSince = duplicatesSince
  }

  func take(_ piece: ImportPiece) async throws(StoreError) -> [RowFate] {
    var next = piece.marked[...]
    var fates: [RowFate] = []
    fates.reserveCapacity(piece.leads.count)
    for (index, lead) in piece.leads.entries.enumerated() {
      while let mark = next.first, mark.place <= index {
        next = next.dropFirst()
        marked.withLock { $0.formUnion(mark.numbers) }
      }
      fates.append(try await fate(of: lead.number))
    }
    for mark in next { marked.withLock { $0.formUnion(mark.numbers) } }
    return fates
  }

  private func fate(of number: PhoneNumber) async throws(StoreError) -> RowFate {
    if seen.withLock({ $0.contains(number) }) { return .refused(.duplicate) }
    let contact = try await store.contact(number: number, of: campaign.account)
    if let contact {
      let leads = try await store.leads(LeadQuery(.contact(contact.id)), page: PageRequest(limit: 1000)).elements
      if leads.contains(where: { $0.campaign == campaign.id }) { return .refused(.duplicate) }
      if let duplicatesSince, leads.contains(where: { $0.createdAt >= duplicatesSince }) { return .refused(.recent) }
    }
    if marked.withLock({ $0.contains(number) }) { return .refused(.doNotCall) }
    if try await store.suppression(of: number, for: campaign.account) != nil { return .refused(.doNotCall) }
    seen.withLock { _ = $0.insert(number) }
    return .inserted(contactCreated: contact == nil)
  }
}

/// Finds out again what became of rows that were taken in by a run that was cut off.
///
/// The leads of an import lie in the campaign in the order of the file. So a row whose lead lies behind all those
/// before is the one that made it, and one whose lead was passed before came second.
final class RecallTarget: ImportTarget {
  private let store: any CampaignStorage
  private let batch: ImportBatch
  private let lastOrdinal = Locked(-1)

  init(_ store: any CampaignStorage, _ batch: ImportBatch) {
    self.store = store
    self.batch = batch
  }

  func take(_ piece: ImportPiece) async throws(StoreError) -> [RowFate] {
    // The run may have been cut off between the leads and the list.
    try await ImportedSuppressions(store: store, batch: batch).add(piece.marked.flatMap(\.numbers))
    var fates: [RowFate] = []
    fates.reserveCapacity(piece.leads.count)
    for lead in piece.leads.entries { fates.append(try await fate(of: lead.number)) }
    return fates
  }

  private func fate(of number: PhoneNumber) async throws(StoreError) -> RowFate {
    guard let contact = try await store.contact(number: number, of: batch.account) else { return .refused(.doNotCall) }
    let leads = try await store.leads(LeadQuery(.contact(contact.id)), page: PageRequest(limit: 1000)).elements
    if let lead = leads.first(where: { $0.campaign == batch.campaign }) {
      let isFirst = lastOrdinal.withLock { last in
        guard lead.importBatch == batch.id, lead.ordinal > last else { return false }
        last = lead.ordinal
        return true
      }
      return isFirst ? .inserted(contactCreated: false) : .refused(.duplicate)
    }
    let isSuppressed = try await store.suppression(of: number, for: batch.account) != nil
    return .refused(isSuppressed ? .doNotCall : .recent)
  }
}
