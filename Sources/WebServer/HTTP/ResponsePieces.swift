import Locks

/// The content of an answer in pieces, as the function that writes it gives them.
public struct ResponsePieces: AsyncSequence, Sendable {
  /// A piece of the content.
  public typealias Element = [UInt8]

  fileprivate let handover: Handover

  /// Gives the pieces one after the other.
  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let handover: Handover

    /// The next piece, or nothing at the end.
    ///
    /// - Returns: At least one byte.
    /// - Throws: What the function that writes the content throws, and `CancellationError`.
    public func next() async throws -> [UInt8]? { try await handover.next() }
  }

  /// Begins to read.
  ///
  /// - Returns: An iterator over the pieces.
  public func makeAsyncIterator() -> Iterator { Iterator(handover: handover) }
}

extension Response {
  /// Reads the content piece by piece, which an answer without end needs: nothing is written before it is asked for.
  ///
  /// - Parameter read: Reads as much as it likes; after it, the function that writes the content is cancelled.
  /// - Returns: What `read` returns.
  /// - Throws: What `read` throws.
  public func withPieces<Result>(_ read: (ResponsePieces) async throws -> Result) async throws -> Result {
    let handover = Handover()
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          if case .stream(_, let write) = body {
            try await write(ResponseWriter(sink: handover))
          } else if let bytes, !bytes.isEmpty {
            try await handover.write(bytes)
          }
          handover.finish(nil)
        } catch {
          handover.finish(error)
        }
      }
      defer { group.cancelAll() }
      return try await read(ResponsePieces(handover: handover))
    }
  }
}

/// Hands pieces from one task to another, one at a time: whoever writes waits until the piece is taken.
private final class Handover: BodySink {
  private struct State {
    var piece: [UInt8]?
    var writer: CheckedContinuation<Void, Never>?
    var reader: CheckedContinuation<Void, Never>?
    var isDone = false
    var failure: (any Error)?
  }

  private let state = Locked(State())

  func write(_ bytes: [UInt8]) async throws {
    state.withLock { $0.piece = bytes }
    wake(\.reader)
    try await wait(\.writer) { $0.piece == nil }
  }

  func next() async throws -> [UInt8]? {
    try await wait(\.reader) { $0.piece != nil || $0.isDone }
    let (piece, failure) = state.withLock { state in
      defer { state.piece = nil }
      return (state.piece, state.failure)
    }
    wake(\.writer)
    if piece == nil, let failure { throw failure }
    return piece
  }

  func finish(_ failure: (any Error)?) {
    state.withLock { state in
      state.isDone = true
      state.failure = failure
    }
    wake(\.reader)
  }

  private typealias Waiter = WritableKeyPath<State, CheckedContinuation<Void, Never>?> & Sendable

  private func wait(_ waiter: Waiter, until isMet: @Sendable (State) -> Bool) async throws {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          guard !isMet(state), !Task.isCancelled else { return true }
          state[keyPath: waiter] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      wake(waiter)
    }
    guard state.withLock({ isMet($0) }) else { throw CancellationError() }
  }

  private func wake(_ waiter: Waiter) {
    let waiting = state.withLock { state in
      defer { state[keyPath: waiter] = nil }
      return state[keyPath: waiter]
    }
    waiting?.resume()
  }
}
