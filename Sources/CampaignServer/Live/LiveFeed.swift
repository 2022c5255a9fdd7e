import CampaignKit
import JSON

/// The events of an account as they happen, from a number on.
///
/// A reader that was away for too long is told `resync`, and goes on with what happens from then on: it reads what it
/// shows anew. So is one that has heard of more than there is, as of a store that was put back to a copy from before.
struct LiveFeed: AsyncSequence, Sendable {
  let engine: CampaignEngine
  let account: Account.ID
  /// The number after which to begin; nil to hear only of what is still to happen.
  let start: UInt64?

  struct AsyncIterator: AsyncIteratorProtocol {
    private let feed: LiveFeed
    private var events: CampaignEvents.AsyncIterator
    private var isAtStart = true

    init(_ feed: LiveFeed) {
      self.feed = feed
      events = feed.engine.events(of: feed.account, after: feed.start).makeAsyncIterator()
    }

    mutating func next() async throws -> LiveEvent? {
      if isAtStart {
        isAtStart = false
        if let start = feed.start {
          let last = try await feed.engine.storage.lastEvent(of: feed.account)
          if start > last { return goOn(after: last, "the last event is \(last); read the state anew") }
        }
      }
      do throws(StoreError) {
        guard let event = try await events.next() else { return nil }
        return await feed.tell(event)
      } catch {
        guard error.code == .gone else { throw error }
        return goOn(after: try await feed.engine.storage.lastEvent(of: feed.account), error.message)
      }
    }

    private mutating func goOn(after last: UInt64, _ reason: String) -> LiveEvent {
      events = feed.engine.events(of: feed.account, after: last).makeAsyncIterator()
      return LiveEvent(name: "resync", data: ["reason": .string(reason)], sequence: last)
    }
  }

  func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }

  /// The event with what an agent has to see before they take a call.
  private func tell(_ event: CampaignEvent) async -> LiveEvent {
    var told = LiveEvent(event)
    guard event.kind == .callAssigned, let call = event.call, let call = try? await engine.storage.call(call) else {
      return told
    }
    told.data["phone"] = .string(call.to.description)
    let lead = if let lead = call.lead { try? await engine.storage.lead(lead) } else { Lead?.none }
    told.data["first_name"] = .text(lead?.person.firstName)
    told.data["last_name"] = .text(lead?.person.lastName)
    told.data["notes"] = .text(lead?.notes)
    return told
  }
}
