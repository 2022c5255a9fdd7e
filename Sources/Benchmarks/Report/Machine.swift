import Foundation

/// What the figures were measured on.
struct Machine: CustomStringConvertible {
  var processor: String
  var cores: Int
  var memory: UInt64
  var system: String
  var compiler: String

  static func current() -> Machine {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = model?.split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
    var names = utsname()
    uname(&names)
    let release = withUnsafeBytes(of: &names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return Machine(
      processor: name ?? "unknown", cores: ProcessInfo.processInfo.activeProcessorCount,
      memory: ProcessInfo.processInfo.physicalMemory, system: release, compiler: compilerVersion)
  }

  /// The compiler's version as far as a program can tell.
  private static var compilerVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #elseif compiler(>=6.2)
      "6.2"
    #else
      "6.1"
    #endif
  }

  var description: String {
    """
    processor  \(processor), \(cores) cores
    memory     \(memory >> 30) GiB
    kernel     \(system)
    Swift      \(compiler)
    """
  }
}

/// The memory of this process.
enum ResidentMemory {
  /// Gives free memory back to the system; nil where the C library cannot. Its header is in no module, so it is
  /// looked up by name.
  private static let trim: (@convention(c) (Int) -> Int32)? = {
    #if os(Linux)
      guard let symbol = dlsym(nil, "malloc_trim") else { return nil }
      return unsafeBitCast(symbol, to: (@convention(c) (Int) -> Int32).self)
    #else
      return nil
    #endif
  }()

  static var isTrimmed: Bool { trim != nil }

  /// Bytes that are resident after free memory was given back, where that is possible.
  static func trimmed() -> Int {
    _ = trim?(0)
    return now()
  }

  /// Bytes that are resident, free memory that the allocator keeps among them; 0 where the system does not say.
  static func now() -> Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
  }
}
