import Foundation

/// The reference server: flags and environment to wiring, signals, and nothing else.
///
/// It ends with 0, with 2 for a mistake in how it was called or in what it finds on the machine, and with 1 when it
/// fails while it runs.
@main struct Main {
  static func main() async {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      let invocation = try Invocation(arguments, environment: ProcessInfo.processInfo.environment)
      try await run(invocation)
    } catch let error as UsageError {
      end(2, "\(error)")
    } catch {
      end(1, "\(error)")
    }
  }

  private static func run(_ invocation: Invocation) async throws {
    let settings = invocation.settings
    switch invocation.command {
    case .help: print(Command.usage, terminator: "")
    case .serve: try await Serving.run(settings)
    case .routes: print(try Listing.routes(settings), terminator: "")
    case .openapi: print(try Listing.openAPI(settings))
    case .token: print(try Entry.token(settings))
    case .key: print(try await Entry.key(settings, named: invocation.words.joined(separator: " ")))
    case .export: try await Moving.export(settings)
    case .import: try await Moving.import(settings, from: invocation.words.first)
    case .check: print(try Moving.check(settings), terminator: "")
    }
  }

  private static func end(_ code: Int32, _ message: String) {
    FileHandle.standardError.write(Data("ReferenceServer: \(message)\n".utf8))
    exit(code)
  }
}
