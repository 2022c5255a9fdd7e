/// A task of a loop that answers one request after the other, since making one costs more than most handlers.
///
/// It stays cancelled once it was, and so ends with the work that was cancelled.
///
/// `@unchecked`: everything is touched on the loop's thread, which is the executor of the task.
final class HandlerTask: @unchecked Sendable {
  /// A request, and what answers it. An object, since it goes through several hands and is much to copy.
  final class Work: Sendable {
    let connection: Connection
    let exchange: Int
    let request: Request
    let answer: @Sendable (Request) async throws -> Response

    init(
      _ request: Request, of connection: Connection, exchange: Int,
      answer: @escaping @Sendable (Request) async throws -> Response
    ) {
      self.connection = connection
      self.exchange = exchange
      self.request = request
      self.answer = answer
    }
  }

  private let loop: EventLoop
  private var work: Work?
  private var waiter: UnsafeContinuation<Void, Never>?
  private var task: Task<Void, Never>?

  /// Makes a task that begins with some work.
  init(_ work: Work, on loop: EventLoop) {
    self.loop = loop
    self.work = work
    // Every call of an asynchronous function looks up the executor of the task, twice, behind a lock of the runtime. So
    // the handler itself is the only one that each request calls.
    task = Task(executorPreference: loop) { [self] in
      while true {
        // In a scope of its own: while the task rests, nothing may hold the request, whose bytes are those of the
        // connection's buffer.
        do {
          guard let work = takeWork() else { return }
          let answer: Result<Response, any Error>
          do {
            answer = .success(try await work.answer(work.request))
          } catch {
            answer = .failure(error)
          }
          if let rest = work.connection.take(answer, to: work) { await rest.deliver() }
          work.connection.isDone(work)
        }
        guard loop.takesBack(self, isUsable: !Task.isCancelled) else { return }
        await withUnsafeContinuation { waiter = $0 }
      }
    }
  }

  /// Gives a task that rests something to do, or ends it.
  func wake(for work: Work?) {
    self.work = work
    let waiting = waiter
    waiter = nil
    waiting?.resume()
  }

  func cancel() { task?.cancel() }

  private func takeWork() -> Work? {
    defer { work = nil }
    return work
  }
}
