import WebServer

// A server in ten lines, and a client that asks it once, so that the example ends.

@main struct Main {
  static func main() async throws {
    var router = Router()
    router.get("/hello/:name") { request in
      .text("Hello, \(try request.parameters.require("name", as: String.self))!")
    }
    var configuration = Configuration()
    configuration.addresses = [.loopback(port: 0)]
    let server = Server(configuration: configuration, router: router)
    let addresses = try server.start()
    print("listening on \(addresses.count) address")

    try await ask(addresses[0], "/hello/Ada")
    try await ask(addresses[0], "/hello/")
    await server.shutdown()
    print("stopped after \(server.metrics.acceptedConnections) connections")
  }
}
