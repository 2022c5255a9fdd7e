/// How long to wait before a request is made again.
enum Backoff {
  /// The most tries of one request.
  static let mostTries = 4

  /// The wait after so many failures: half a second, doubled with each, of which half is drawn, so that those who
  /// failed together do not come back together. What the server asks for is kept.
  static func wait(afterFailure number: Int, asked: Duration?) -> Duration {
    let whole = Duration.milliseconds(500 << min(max(number, 1) - 1, 4))
    return max(whole * Double.random(in: 0.5...1), asked ?? .zero)
  }
}
