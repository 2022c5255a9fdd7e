import CampaignCarriers

extension URLSessionTransport {
  /// Longer than any test may take, however slow the machine is.
  static let never = Duration.seconds(10 * 3600)

  /// A transport that waits for a connection and an answer for as long as it takes.
  static func patient(_ change: (inout Configuration) -> Void = { _ in }) -> URLSessionTransport {
    var configuration = Configuration()
    configuration.timeout = never
    configuration.longestWait = never
    change(&configuration)
    return URLSessionTransport(configuration)
  }
}
