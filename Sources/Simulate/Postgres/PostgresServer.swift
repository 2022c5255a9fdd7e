#if PostgreSQL
  import CampaignKit
  import Foundation
  import JSON

  /// A server as a process, which can be killed, stopped and let go on.
  final class PostgresServer: Sendable {
    private let process: Int32
    private let answers = DispatchQueue(label: "simulate.answers")

    /// Starts it.
    init(_ program: String, _ number: Int, connection: String, schema: String, desk: CarrierDesk) throws {
      let child = Process()
      child.executableURL = URL(fileURLWithPath: program)
      child.arguments = ["postgres-child", connection, schema]
      let (requests, replies) = (Pipe(), Pipe())
      child.standardOutput = requests
      child.standardInput = replies
      try child.run()
      process = child.processIdentifier
      // A server that is stopped does not read, and what it is told waits in this queue.
      let writer = replies.fileHandleForWriting
      let tell: @Sendable (CarrierReply) -> Void = { [answers] reply in
        guard let line = try? LineReader.line(reply) else { return }
        answers.async { try? writer.write(contentsOf: Data(line)) }
      }
      desk.connect(number, tell)
      let reader = requests.fileHandleForReading
      let thread = Thread {
        var lines = LineReader()
        while case let data = reader.availableData, !data.isEmpty {
          for line in lines.lines(data) {
            guard let request = try? JSONValue(parsing: Array(line)).decode(CarrierRequest.self) else { continue }
            Task { tell(await desk.answer(request)) }
          }
        }
      }
      thread.start()
    }

    func stop() { kill(process, SIGSTOP) }
    func goOn() { kill(process, SIGCONT) }

    /// Ends it at once.
    func end() {
      kill(process, SIGKILL)
      kill(process, SIGCONT)
    }
  }
#endif
