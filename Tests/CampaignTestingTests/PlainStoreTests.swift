import CampaignKit
import Locks
import Testing

@testable import CampaignTesting

/// Makes plain stores. What a closed one had is handed to the one that is opened in its place.
struct PlainHarness: StorageHarness {
  func makeStore() async throws -> StoreUnderTest {
    let time = ManualTime()

    let last = Opened(open: PlainStore(time: time))
    return StoreUnderTest(last.store, time: time) {
      let old = last.store
      let kept = try old.run { (state) throws(StoreError) in state }
      try await old.close()
      let new = PlainStore(time: time)
      try new.run { (state) throws(StoreError) in state = kept }
      last.replace(by: new)
      return new
    }
  }

  /// The store that is open now.
  private final class Opened: Sendable {
    private let current: Locked<PlainStore>

    init(open: PlainStore) {
      current = Locked(open)
    }

    var store: PlainStore { current.withLock { $0 } }
    func replace(by store: PlainStore) { current.withLock { $0 = store } }
  }
}

@Suite struct PlainStoreTests {
  @Test(arguments: StorageConformance.all + StorageConformance.clock + StorageConformance.durable)
  func keeps(_ promise: StorageConformance.Promise) async throws {
    try await promise.check(PlainHarness())
  }

  @Test func namesAreUnique() {
    let names = (StorageConformance.all + StorageConformance.clock + StorageConformance.durable).map(\.name)
    #expect(Set(names).count == names.count)
  }

  /// Texts for which Foundation's search traps, and ordinary ones.
  @Test func findsTextsWhateverTheirCase() {
    #expect(matches(nil, nil) && matches("", nil))
    #expect(matches("LOVE", nil, "Ada Lovelace") && matches("é", "CAFE\u{301}"))
    #expect(!matches("lovelaces", "Ada Lovelace") && !matches("a", nil))
    for text in ["\0", "a\0\u{301}", "\u{301}", "\u{301}\0a", "\u{600}\u{301}"] {
      #expect(matches(text, text), "\(text.debugDescription)")
      #expect(!matches(text + "x", text), "\(text.debugDescription)")
    }
  }

  /// A store outside of this package can refuse a step as this one does.
  @Test func aRefusedStepCanBeToldByAnyStore() {
    let step = TransitionError(subject: "lead", from: "failed", to: "calling", trigger: "claim", permitted: ["waiting"])
    #expect(StoreError(.notPermitted, step.description, transition: step).transition == step)
  }
}
