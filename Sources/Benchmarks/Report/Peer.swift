import Foundation

/// Something that others have written and that does the same work, where it is installed.
///
/// A peer is a script for Python, which is what can be asked on most machines. It does the work, and prints its name and
/// what it reaches, in the unit of the figure. Where Python, a module or a program is missing it ends with an error, and
/// there is nobody to compare with.
struct Peer: Sendable {
  /// What one has reached.
  struct Reached: Sendable {
    var name: String
    var value: Double
  }

  private let script: String

  init(_ script: String) { self.script = script }

  /// Does the work, or nothing.
  func reach(_ arguments: String...) -> Reached? {
    guard let (status, output) = try? run("/usr/bin/env", ["python3", "-c", script] + arguments, complains: false),
      status == 0, let line = output.split(separator: "\n").last
    else { return nil }
    let parts = line.split(separator: "\t")
    guard parts.count == 2, let value = Double(parts[1]) else { return nil }
    return Reached(name: String(parts[0]), value: value)
  }
}
