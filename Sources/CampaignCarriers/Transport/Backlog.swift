import CampaignKit

/// What waits for its turn, the oldest first.
struct Backlog<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var taken = 0

  var count: Int { elements.count - taken }
  var isEmpty: Bool { taken == elements.count }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func takeFirst() -> Element? {
    guard taken < elements.count else { return nil }
    defer {
      taken += 1
      // Also where it is never empty, what was taken is let go.
      if taken == elements.count {
        (elements, taken) = ([], 0)
      } else if taken >= 1024, taken * 2 >= elements.count {
        elements.removeFirst(taken)
        taken = 0
      }
    }
    return elements[taken]
  }

  mutating func take(atMost most: Int) -> [Element] {
    var first: [Element] = []
    first.reserveCapacity(min(most, count))
    while first.count < most, let element = takeFirst() { first.append(element) }
    return first
  }

  /// Lets go of what matters no more.
  mutating func keep(where isKept: (Element) -> Bool) { (elements, taken) = (elements[taken...].filter(isKept), 0) }
}

/// Events that wait to be told. While nobody listens the oldest are forgotten; who listens later asks.
struct UntoldEvents: Sendable {
  private var events = Backlog<CallEvent>()
  private let capacity: Int

  init(capacity: Int = 65_536) { self.capacity = max(1, capacity) }

  var isEmpty: Bool { events.isEmpty }

  mutating func append(_ event: CallEvent) {
    events.append(event)
    if events.count > capacity { _ = events.takeFirst() }
  }

  mutating func takeFirst() -> CallEvent? { events.takeFirst() }
  mutating func take(atMost most: Int) -> [CallEvent] { events.take(atMost: most) }
}
