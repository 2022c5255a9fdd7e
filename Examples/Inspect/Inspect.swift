import Foundation

// Looks at files before they are imported: one subcommand a file.

@main struct Inspect {
  static let commands = [
    Command(name: "csv", usage: "csv FILE [--delimiter D]   the records as a JSON array of arrays", run: inspectCSV),
    Command(name: "leads", usage: "leads FILE [--region R]   what an import would do", run: inspectLeads),
    Command(name: "phones", usage: "phones   numbers from standard input, with their facts", run: inspectPhones),
  ]

  static func main() async {
    let arguments = CommandLine.arguments.dropFirst()
    guard let command = commands.first(where: { $0.name == arguments.first }) else {
      fail("usage: inspect COMMAND\n" + commands.map { "  inspect \($0.usage)" }.joined(separator: "\n"), status: 2)
    }
    do {
      try await command.run(Array(arguments.dropFirst()))
    } catch let misuse as Misuse {
      fail("\(misuse.reason)\nusage: inspect \(command.usage)", status: 2)
    } catch {
      fail("\(error)", status: 1)
    }
  }

  private static func fail(_ message: String, status: Int32) -> Never {
    FileHandle.standardError.write(Data("\(message)\n".utf8))
    exit(status)
  }
}

/// A subcommand.
struct Command: Sendable {
  var name: String
  var usage: String
  var run: @Sendable ([String]) async throws -> Void
}

/// A command line that cannot be understood.
struct Misuse: Error {
  var reason: String
}
