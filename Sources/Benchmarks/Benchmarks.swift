import Foundation

/// Measures the library on this machine, each figure beside the limit that the same machine sets.
@main
struct Benchmarks {
  #if PostgreSQL
    static let groups: [BenchmarkGroup] = [
      .storage, .postgres, .engine, .imports, .web, .server, .carriers, .allocations,
    ]
  #else
    static let groups: [BenchmarkGroup] = [.storage, .engine, .imports, .web, .server, .carriers, .allocations]
  #endif

  /// Bodies run in a detached task: a hop to the main actor costs more than most of what is measured.
  static func main() async {
    // A reader that goes away must not end the process before its files are removed.
    signal(SIGPIPE, SIG_IGN)
    exit(await Task.detached { await run(Array(CommandLine.arguments.dropFirst())) }.value)
  }

  private static func run(_ arguments: [String]) async -> Int32 {
    let options: Options
    do {
      options = try Options(arguments, groups: groups)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      return 2
    }
    if options.wantsHelp {
      print(Options.help(groups))
      return 0
    }
    do {
      try await measure(options)
      return 0
    } catch {
      FileHandle.standardError.write(Data("The benchmark stopped: \(error)\n".utf8))
      return 1
    }
  }

  private static func measure(_ options: Options) async throws {
    let folder = try TemporaryFolder(in: options.folder)
    defer { folder.remove() }
    let baseline = try options.baseline.map { try Baseline(file: $0) }
    let report = try Report(jsonFile: options.jsonFile)
    report.begin(Machine.current(), folder: folder.path, isQuick: options.isQuick)
    let context = Context(isQuick: options.isQuick, folder: folder, report: report)
    for group in groups {
      let chosen = options.chosen(of: [group])
      if !chosen.isEmpty, let tool = group.missingTool {
        report.skip("\(group.name) is skipped: there is no \(tool)")
      } else {
        for benchmark in chosen { try await benchmark.run(context) }
      }
    }
    report.end(comparedWith: baseline)
  }
}

/// Benchmarks of one part of the library.
struct BenchmarkGroup: Sendable {
  let name: String
  /// Programs without which it cannot run.
  var tools: [String] = []
  let benchmarks: [Benchmark]

  /// The first of its programs that is not installed.
  var missingTool: String? {
    tools.first { tool in
      !["/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + tool) }
    }
  }
}

/// One preparation, and the figures that are measured with it.
struct Benchmark: Sendable {
  let name: String
  let run: @Sendable (Context) async throws -> Void

  init(_ name: String, _ run: @escaping @Sendable (Context) async throws -> Void) {
    self.name = name
    self.run = run
  }
}

/// What a benchmark is given.
struct Context: Sendable {
  /// Whether a rough answer in seconds is wanted.
  let isQuick: Bool
  let folder: TemporaryFolder
  let report: Report

  /// A tenth of a size, if a rough answer is wanted.
  func scaled(_ size: Int) -> Int { isQuick ? max(1, size / 10) : size }

  /// How often to measure what is compared.
  func rounds(_ count: Int) -> Int { isQuick ? min(3, count) : count }
}
