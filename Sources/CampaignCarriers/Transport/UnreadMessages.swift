/// Messages of a WebSocket that have arrived and were not read yet.
struct UnreadMessages: Sendable {
  private var messages = Backlog<EventSocketMessage>()
  private var bytes = 0
  private let mostMessages: Int
  private let mostBytes: Int

  init(mostMessages: Int, mostBytes: Int) {
    self.mostMessages = max(1, mostMessages)
    self.mostBytes = max(1, mostBytes)
  }

  /// Whether the other side is to wait.
  var isFull: Bool { messages.count >= mostMessages || bytes >= mostBytes }

  /// Whether so few are left that the other side need not wait any more.
  var isLow: Bool { messages.count <= mostMessages / 2 && bytes <= mostBytes / 2 }

  mutating func put(_ message: EventSocketMessage) {
    messages.append(message)
    bytes += message.size
  }

  mutating func take() -> EventSocketMessage? {
    let message = messages.takeFirst()
    bytes -= message?.size ?? 0
    return message
  }
}

extension EventSocketMessage {
  fileprivate var size: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .pong: 8
    }
  }
}
