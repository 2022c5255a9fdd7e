import Foundation
import JSON

/// What the program was asked to do: a command, its words, and the settings from flags, environment and file.
struct Invocation: Sendable {
  var command: Command
  var words: [String]
  var settings: Settings

  /// Reads how the program was called. A flag goes before a variable, and a variable before the configuration file.
  ///
  /// - Parameters:
  ///   - arguments: The arguments without the program's name.
  ///   - environment: The variables.
  ///   - read: Reads a file.
  /// - Throws: A ``UsageError`` that names the flag, the variable or the line.
  init(
    _ arguments: [String], environment: [String: String],
    read: (String) throws -> [UInt8] = { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
  ) throws(UsageError) {
    var flags: [(setting: Setting, text: String)] = []
    var file: String?
    var words: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--"), argument.count > 2 else {
        words.append(argument)
        continue
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if name == "help" {
        words = ["help"]
        break
      }
      guard name == "config" || Setting.all.contains(where: { $0.flag == name }) else {
        throw UsageError("there is no flag --\(name); --help lists what there is")
      }
      let setting = Setting.all.first { $0.flag == name }
      if setting?.value == nil, let setting {
        flags.append((setting, parts.count > 1 ? String(parts[1]) : "on"))
        continue
      }
      guard let text = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
        throw UsageError("--\(name) needs a value")
      }
      if let setting { flags.append((setting, text)) } else { file = text }
    }
    var settings = Settings()
    if let file = file ?? environment["CONFIG"] { try Self.apply(file: file, read, &settings) }
    for setting in Setting.all {
      guard let text = environment[setting.variable], !text.isEmpty else { continue }
      try Self.apply(setting, text, named: setting.variable, &settings)
    }
    for (setting, text) in flags { try Self.apply(setting, text, named: "--\(setting.flag)", &settings) }
    let first = words.isEmpty ? "serve" : words.removeFirst()
    guard let command = Command(rawValue: first) else {
      throw UsageError("there is no command '\(first)'; --help lists what there is")
    }
    try command.refuseFurther(words)
    self.command = command
    self.words = words
    self.settings = settings
  }

  private static func apply(
    file: String, _ read: (String) throws -> [UInt8], _ settings: inout Settings
  ) throws(UsageError) {
    let members: JSONObject
    do {
      guard let object = try JSONValue(parsing: try read(file)).object else {
        throw UsageError("must be an object of JSON, such as {\"PORT\": 3000}")
      }
      members = object
    } catch {
      throw UsageError("the configuration file \(file): \(error)")
    }
    for (name, value) in members {
      guard let setting = Setting.all.first(where: { $0.variable == name }) else {
        throw UsageError("the configuration file \(file): there is no setting \(name)")
      }
      let text =
        value.string ?? value.array?.map { $0.string ?? $0.serialized() }.joined(separator: ",") ?? value.serialized()
      try apply(setting, text, named: "the configuration file \(file): \(name)", &settings)
    }
  }

  private static func apply(
    _ setting: Setting, _ text: String, named name: String, _ settings: inout Settings
  ) throws(UsageError) {
    do { try setting.set(text, &settings) } catch { throw UsageError("\(name) \(error)") }
  }
}

/// What the program can do.
enum Command: String, Sendable, CaseIterable {
  case serve, routes, openapi, token, key, export, `import`, check, help

  /// What it does, and which words follow it.
  var summary: String {
    switch self {
    case .serve: "runs the server; the default"
    case .routes: "lists every method and path"
    case .openapi: "prints the description of the API"
    case .token: "prints a token for the account of this server, with the secret of its folder"
    case .key: "key NAME: makes a key for programs and prints it; the server must not be running"
    case .export: "prints everything that is kept, as lines of JSON; the server must not be running"
    case .import: "import FILE: fills an empty folder from such lines; - for standard input"
    case .check: "checks what the carriers need, and the folder, without changing it"
    case .help: "prints this"
    }
  }

  /// Sees that no word is there that would be ignored: whoever typed it meant something, most likely a folder.
  func refuseFurther(_ words: [String]) throws(UsageError) {
    let taken: (count: Int, what: String) =
      switch self {
      case .key, .help: (.max, "")
      case .import: (1, "one file")
      case .serve, .routes, .openapi, .token, .export, .check: (0, "no further word")
      }
    guard words.count > taken.count else { return }
    throw UsageError(
      "'\(rawValue)' takes \(taken.what), and does not know what to do with '\(words[taken.count])'; a folder is named "
        + "with --data FOLDER")
  }

  /// What `--help` prints.
  static var usage: String {
    var text = "usage: ReferenceServer [COMMAND] [FLAGS]\n\ncommands:\n"
    for command in allCases { text += "  \(padded(command.rawValue, 9)) \(command.summary)\n" }
    text += "\nflags, each with its variable of the environment; --config FILE is JSON with the variables as names:\n"
    for setting in Setting.all {
      let flag = "--\(setting.flag)" + (setting.value.map { " \($0)" } ?? "")
      text += "  \(padded(flag, 26)) \(padded(setting.variable, 36)) \(setting.summary)\n"
    }
    return text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
