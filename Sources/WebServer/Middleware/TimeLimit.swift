extension Middleware {
  /// Cancels a handler that takes too long, and answers 503. What waits for nothing is not concerned.
  ///
  /// - Parameter limit: How long it may take until it has an answer.
  /// - Returns: The middleware.
  public static func timeLimit(_ limit: Duration) -> Middleware {
    Middleware { handler in
      handler.replacing {
        $0
      } waiting: { next in
        { request in
          try await withThrowingTaskGroup(of: Response?.self) { group in
            group.addTask { try await next(request) }
            group.addTask {
              try await Task.sleep(for: limit)
              return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let response = first else {
              throw HTTPError(.serviceUnavailable, "This took too long; try again.")
            }
            return response
          }
        }
      }
    }
  }
}
