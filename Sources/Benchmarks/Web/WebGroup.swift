import Foundation
import JSON
import Synchronization
import WebServer

extension BenchmarkGroup {
  /// The web server, beside a bare loop in C.
  static let web = BenchmarkGroup(
    name: "web", tools: ["wrk"],
    benchmarks: [
      Benchmark("idle-connections", measureIdleConnections),
      Benchmark("requests", measureRequests),
    ])
}

/// A server with one loop, whose answers are encoded anew each time.
func startServer(maximumConnections: Int = 10_000) throws -> (Server, port: Int) {
  let number = LeadNumber()
  var router = Router()
  router.get("/inline", .inline { _ in .json(number.lead()) })
  router.get("/async") { _ in .json(number.lead()) }
  var configuration = Configuration()
  configuration.addresses = [.loopback(port: 0)]
  configuration.loops = 1
  configuration.maximumConnections = maximumConnections
  let server = Server(configuration: configuration, router: router)
  guard let address = try server.start().first else { throw BareServer.Failure(description: "The server is nowhere.") }
  return (server, Int(address.port))
}

private final class LeadNumber: Sendable {
  private let last = Atomic<Int>(0)

  /// About 300 bytes of JSON, different each time.
  func lead() -> [UInt8] {
    let number = last.wrappingAdd(1, ordering: .relaxed).newValue
    var writer = JSONWriter(capacity: 384)
    writer.beginObject()
    writer.member("id", number)
    writer.member("campaign", "renewals-2031")
    writer.member("name", "Ada Lovelace")
    writer.member("phone", "+14155552671")
    writer.member("status", "waiting")
    writer.member("priority", number % 10)
    writer.member("attempts", number % 5)
    writer.member("maximumAttempts", 5)
    writer.member("nextAttempt", "2031-01-01T09:00:00Z")
    writer.member("timeZone", "America/Los_Angeles")
    writer.key("tags")
    writer.beginArray()
    writer.value("vip")
    writer.value("renewal")
    writer.endArray()
    writer.member("note", "asked to be called in the morning")
    writer.endObject()
    return writer.finish()
  }
}

private func measureRequests(_ context: Context) async throws {
  let load = try Load()
  let bare = try BareServer(in: context.folder.fresh("bare-web"))
  defer { bare.stop() }
  let (server, port) = try startServer()
  let seconds = context.isQuick ? 1 : 4
  let answer = String(decoding: LeadNumber().lead(), as: UTF8.self)
  let peer = Peer.nginx.reach("\(seconds)", answer)
  for (name, path, target) in [("async handler", "/async", 0.85), ("inline handler", "/inline", 0.95)] {
    var latency = Samples()
    var errors = 0
    let rates = try await alternate(rounds: context.rounds(7)) {
      let result = try load.ask(port: port, path: path, seconds: seconds)
      latency.add(result.p99)
      errors += result.errors
      return result.requestsPerSecond
    } _: {
      try load.ask(port: bare.port, path: "/", seconds: seconds).requestsPerSecond
    }
    guard errors == 0 else { throw BareServer.Failure(description: "\(errors) requests were not answered well.") }
    context.report.add(
      Figure(
        name: "requests, \(name)", value: rates.value.median, unit: "1/s", limit: rates.limit.median,
        target: .ratioAtLeast(target), note: "bare epoll loop in C, wrk with 64 connections; \(spread(rates))",
        peers: [peer].compactMap { $0 }))
    context.report.add(Figure(name: "p99, \(name)", value: latency.median, unit: "ms", note: "as wrk measures it"))
  }
  await server.shutdown()
}

private func measureIdleConnections(_ context: Context) async throws {
  let count = min(context.scaled(10_000), mostConnections())
  let (server, port) = try startServer(maximumConnections: count)
  let before = ResidentMemory.trimmed()
  var clients: [Int32] = []
  defer { for client in clients { close(client) } }
  for _ in 0..<count { clients.append(try idleClient(port: port)) }
  let each = Double(ResidentMemory.trimmed() - before) / Double(count)
  context.report.add(
    Figure(
      name: "memory of an idle connection", value: each, unit: "bytes", target: .atMost(4096),
      note: "\(count) connections that have been answered once; without the system's own"))
  await server.shutdown()
}

/// How many connections this process may have, both ends of which are in it.
private func mostConnections() -> Int {
  var limits = rlimit()
  let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  guard getrlimit(resource, &limits) == 0 else { return 256 }
  limits.rlim_cur = limits.rlim_max
  _ = setrlimit(resource, &limits)
  _ = getrlimit(resource, &limits)
  return (Int(clamping: limits.rlim_cur) - 256) / 2
}

/// A client that has asked once and has its answer.
private func idleClient(port: Int) throws -> Int32 {
  let failure = BareServer.Failure(description: "A client cannot connect: \(String(cString: strerror(errno)))")
  let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  let isConnected = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      connect(client, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
    }
  }
  let request = Array("GET /inline HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
  var answer = [UInt8](repeating: 0, count: 1024)
  guard client >= 0, isConnected, send(client, request, request.count, 0) == request.count,
    recv(client, &answer, answer.count, 0) > 0
  else { throw failure }
  return client
}
