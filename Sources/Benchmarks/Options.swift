/// The command line.
struct Options {
  var group: String?
  /// Where figures go as JSON too.
  var jsonFile: String?
  /// What figures are compared with.
  var baseline: String?
  var isQuick = false
  var only: String?
  var folder = "."
  var wantsHelp = false

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  init(_ arguments: [String], groups: [BenchmarkGroup]) throws(Failure) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      switch argument {
      case "--json": jsonFile = try Self.value(of: argument, &rest)
      case "--baseline": baseline = try Self.value(of: argument, &rest)
      case "--quick": isQuick = true
      case "--help", "-h": wantsHelp = true
      case "--only": only = try Self.value(of: argument, &rest)
      case "--folder": folder = try Self.value(of: argument, &rest)
      case _ where argument.hasPrefix("-"):
        throw Failure(description: "There is no option \(argument). --help lists those there are.")
      case _ where group != nil:
        throw Failure(description: "Only one group can be named, and \(argument) is a second one.")
      case "all": group = nil
      case _ where groups.contains { $0.name == argument }:
        group = argument
      default:
        throw Failure(
          description:
            "There is no group \(argument). The groups are: \(groups.map(\.name).joined(separator: ", ")).")
      }
    }
    guard !chosen(of: groups).isEmpty else {
      throw Failure(description: "No benchmark has \(only ?? "") in its name. --help lists them.")
    }
  }

  /// The benchmarks that were asked for, in their order.
  func chosen(of groups: [BenchmarkGroup]) -> [Benchmark] {
    groups.filter { group == nil || $0.name == group }.flatMap(\.benchmarks).filter { benchmark in
      only.map { benchmark.name.contains($0) } ?? true
    }
  }

  private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Failure) -> String {
    guard let value = rest.popFirst(), !value.isEmpty, !value.hasPrefix("-") else {
      throw Failure(description: "\(option) needs a value behind it.")
    }
    return value
  }

  static func help(_ groups: [BenchmarkGroup]) -> String {
    let lists = groups.map { group in
      "  \(group.name)\n" + group.benchmarks.map { "    \($0.name)" }.joined(separator: "\n")
    }
    return """
      Usage: Benchmarks [all | GROUP] [--json FILE] [--baseline FILE] [--quick] [--only TEXT] [--folder PATH]

      Measures the library beside the limits of this machine, and says which targets are met.

        --json FILE      writes the machine and each figure as a line of JSON too
        --baseline FILE  compares ratios and allocations with such a file, and tells what became much worse
        --quick          a tenth of the sizes and few rounds, for a rough answer
        --only TEXT      only benchmarks whose name contains the text
        --folder PATH    where files are written while it runs; the current folder unless told otherwise
        --help           this text

      Groups and their benchmarks:
      \(lists.joined(separator: "\n"))
      """
  }
}
