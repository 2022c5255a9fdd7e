/// What a server has counted since it began.
public struct Metrics: Sendable, Hashable {
  /// Connections that are open.
  public var openConnections = 0
  /// Connections that were accepted.
  public var acceptedConnections = 0
  /// Clients that were turned away because there were too many.
  public var refusedConnections = 0
  /// Requests that were no requests.
  public var malformedRequests = 0
  /// Requests that took too long to arrive or to be answered.
  public var timeouts = 0
  /// Clients that were cut off because they read or wrote too slowly.
  public var slowClients = 0
  /// Bytes that have arrived.
  public var receivedBytes = 0
  /// Bytes that were sent.
  public var sentBytes = 0
  /// WebSockets that are open.
  public var openWebSockets = 0
  /// Answers by the first digit of their status, 1 to 5.
  public var answers: [Int: Int] = [:]
  /// Answers by how long they took, in classes.
  var durationCounts = [Int](repeating: 0, count: Histogram.bounds.count + 1)
  var durationNanoseconds = 0

  init(_ counters: [Counters], open: Int) {
    openConnections = open
    for counter in counters {
      acceptedConnections += counter.accepted.load(ordering: .relaxed)
      refusedConnections += counter.refused.load(ordering: .relaxed)
      malformedRequests += counter.malformed.load(ordering: .relaxed)
      timeouts += counter.timedOut.load(ordering: .relaxed)
      slowClients += counter.tooSlow.load(ordering: .relaxed)
      receivedBytes += counter.received.load(ordering: .relaxed)
      sentBytes += counter.sent.load(ordering: .relaxed)
      openWebSockets +=
        counter.webSockets.load(ordering: .relaxed) - counter.webSocketsClosed.load(ordering: .relaxed)
      for (index, count) in counter.answers.enumerated() { answers[index + 1, default: 0] += count }
      let (counts, nanoseconds) = counter.durations.snapshot
      for (index, count) in counts.enumerated() { durationCounts[index] += count }
      durationNanoseconds += nanoseconds
    }
  }

  /// The figures in the text form that Prometheus reads.
  public var prometheusText: String {
    var text = ""
    func metric(_ name: String, _ kind: String, _ help: String, _ value: Int) {
      text += "# HELP web_\(name) \(help)\n# TYPE web_\(name) \(kind)\nweb_\(name) \(value)\n"
    }
    metric("connections_open", "gauge", "Connections that are open.", openConnections)
    metric("connections_accepted_total", "counter", "Connections that were accepted.", acceptedConnections)
    metric("connections_refused_total", "counter", "Clients that were turned away.", refusedConnections)
    metric("requests_malformed_total", "counter", "Requests that were no requests.", malformedRequests)
    metric("timeouts_total", "counter", "Requests that took too long.", timeouts)
    metric("slow_clients_total", "counter", "Clients that were cut off for being slow.", slowClients)
    metric("received_bytes_total", "counter", "Bytes that have arrived.", receivedBytes)
    metric("sent_bytes_total", "counter", "Bytes that were sent.", sentBytes)
    metric("websockets_open", "gauge", "WebSockets that are open.", openWebSockets)
    text += "# HELP web_responses_total Answers by class of status.\n# TYPE web_responses_total counter\n"
    for (digit, count) in answers.sorted(by: { $0.key < $1.key }) {
      text += "web_responses_total{class=\"\(digit)xx\"} \(count)\n"
    }
    text += "# HELP web_request_duration_seconds From the head of a request to the end of its answer.\n"
    text += "# TYPE web_request_duration_seconds histogram\n"
    var total = 0
    for (count, bound) in zip(durationCounts, Histogram.bounds) {
      total += count
      text += "web_request_duration_seconds_bucket{le=\"\(Double(bound) / 1e9)\"} \(total)\n"
    }
    total += durationCounts.last ?? 0
    text += "web_request_duration_seconds_bucket{le=\"+Inf\"} \(total)\n"
    text += "web_request_duration_seconds_sum \(Double(durationNanoseconds) / 1e9)\n"
    text += "web_request_duration_seconds_count \(total)\n"
    return text
  }
}
