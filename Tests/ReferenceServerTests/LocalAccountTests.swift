import CampaignKit
import CampaignServer
import Testing

@testable import ReferenceServer

@Suite struct LocalAccountTests {
  @Test("A key that is no longer configured opens nothing, and no other key is taken for one that was")
  func removesKeysThatAreNoLongerConfigured() async throws {
    let store = LocalStore()
    try await LocalAccount.prepare(in: store)
    let names = ["the-first-key-of-two", "the-second-key-of-two"]
    let now = try await store.now()
    // Made by a program, and named as if it was configured.
    let own = APIKeyText.make()
    let record = own.record(
      id: IdentifierGenerator().next(at: now), account: LocalAccount.account, name: "configuration 1", role: .admin,
      at: now)
    try await store.insert(record)
    func isKept(_ text: String) async throws -> Bool {
      let digest = try #require(APIKeyText(text)).digest
      return try await store.key(digest: digest) != nil
    }
    for keys in [names, names] {
      try await LocalAccount.configure(keys: keys, in: store, isShared: false)
      #expect(try await store.keys(of: LocalAccount.account).count == 3)
    }
    try await LocalAccount.configure(keys: [names[1]], in: store, isShared: true)
    var kept: [Bool] = []
    for text in names + [own.secret] { kept.append(try await isKept(text)) }
    #expect(kept == [false, true, true])
    try await LocalAccount.configure(keys: [], in: store, isShared: true)
    #expect(try await store.keys(of: LocalAccount.account).count == 2, "those of another server on the same store")
    try await LocalAccount.configure(keys: [], in: store, isShared: false)
    #expect(try await store.keys(of: LocalAccount.account) == [record])
    await #expect(throws: UsageError.self) {
      try await LocalAccount.configure(keys: ["short"], in: store, isShared: false)
    }
  }
}
