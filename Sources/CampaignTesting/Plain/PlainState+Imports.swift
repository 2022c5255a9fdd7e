import CampaignKit

extension PlainState {
  mutating func insert(_ batch: ImportBatch) throws(StoreError) {
    guard campaigns[try index(of: batch.campaign)].account == batch.account else { throw .missing("campaign") }
    guard !imports.contains(where: { $0.id == batch.id }), importBatch(batch.digest, into: batch.campaign) == nil
    else { throw StoreError(.duplicate, "the content was imported already") }
    imports.append(batch)
  }

  func importBatch(_ digest: String, into campaign: Campaign.ID) -> ImportBatch? {
    imports.first { $0.campaign == campaign && $0.digest == digest && $0.status != .undone }
  }

  mutating func complete(_ id: ImportBatch.ID) throws(StoreError) -> ImportBatch {
    let index = try index(of: id)
    guard imports[index].status == .running else { throw StoreError(.notPermitted, "the import does not run") }
    imports[index].status = .completed
    imports[index].updatedAt = now
    return imports[index]
  }

  mutating func undo(_ id: ImportBatch.ID) throws(StoreError) -> ImportBatch {
    let index = try index(of: id)
    guard imports[index].status != .undone else { throw StoreError(.notPermitted, "the import was undone") }
    let own = leads.filter { $0.importBatch == id }
    guard own.allSatisfy({ $0.attempts == 0 && $0.liveCall == nil }) else {
      throw StoreError(.notPermitted, "a lead of the import was tried")
    }
    leads.removeAll { $0.importBatch == id }
    imports[index].status = .undone
    imports[index].updatedAt = now
    let batch = imports[index]
    if !own.isEmpty {
      tell(batch.account, .leadsRemoved, campaign: batch.campaign, count: own.count)
      completeIfDone(batch.campaign)
    }
    return batch
  }
}
