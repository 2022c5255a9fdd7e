import Locks

/// Tells how far an import has come, while it runs.
///
/// ```swift
/// let progress = ImportProgress()
/// async let result = importer.run(.file("leads.csv"), into: campaign.id, reporting: progress)
/// for await step in progress { print(step.rows, step.remaining as Any) }
/// print(try await result.tally)
/// ```
///
/// It is listened to by one task, for one import. Who listens slowly misses steps and never the last.
public final class ImportProgress: AsyncSequence, Sendable {
  /// How far an import has come.
  public struct Step: Hashable, Sendable {
    /// Bytes of the file that were read.
    public var bytes: Int
    /// Bytes of the whole file.
    public var totalBytes: Int
    /// Rows that are done with; those of a run that was cut off are counted too.
    public var rows: Int
    /// Rows that were done with in a second, on average; 0 before that can be told.
    public var rowsPerSecond: Double
    /// How long the rest is likely to take; nil before that can be told.
    public var remaining: Duration?
    /// Whether the import is over, well or not.
    public var isOver: Bool

    /// Creates a step.
    public init(
      bytes: Int, totalBytes: Int, rows: Int, rowsPerSecond: Double = 0, remaining: Duration? = nil,
      isOver: Bool = false
    ) {
      self.bytes = bytes
      self.totalBytes = totalBytes
      self.rows = rows
      self.rowsPerSecond = rowsPerSecond
      self.remaining = remaining
      self.isOver = isOver
    }
  }

  private struct State {
    var began: Timestamp?
    var firstRows = 0
    var last = Step(bytes: 0, totalBytes: 0, rows: 0)
  }

  private let state = Locked(State())
  private let stream: AsyncStream<Step>
  private let continuation: AsyncStream<Step>.Continuation
  private let time: any TimeSource

  /// Creates a progress that nothing was told to yet.
  ///
  /// - Parameter time: The clock by which rates are computed.
  public init(time: any TimeSource = .system) {
    self.time = time
    (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// The last step.
  public var latest: Step { state.withLock { $0.last } }

  /// Listens from here on.
  public func makeAsyncIterator() -> AsyncStream<Step>.Iterator { stream.makeAsyncIterator() }

  func tell(bytes: Int, of total: Int, rows: Int) {
    let now = time.now()
    let step = state.withLock { state in
      var step = Step(bytes: bytes, totalBytes: total, rows: rows)
      if let began = state.began {
        let seconds = Double((now - began).milliseconds) / 1000
        if seconds > 0, rows > state.firstRows, bytes > 0 {
          step.rowsPerSecond = Double(rows - state.firstRows) / seconds
          step.remaining = .milliseconds(Int64(seconds * 1000 * Double(Swift.max(0, total - bytes)) / Double(bytes)))
        }
      } else {
        state.began = now
        state.firstRows = rows
      }
      state.last = step
      return step
    }
    continuation.yield(step)
  }

  func end() {
    let step = state.withLock { state in
      state.last.isOver = true
      return state.last
    }
    continuation.yield(step)
    continuation.finish()
  }
}
