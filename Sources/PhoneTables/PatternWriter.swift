/// Writes the language of an automaton as the shortest pattern it finds; the same language gives the same text.
struct PatternWriter {
  private let states: [Automata.State]
  private var chains: [Int: [Int]] = [:]

  init(_ automata: Automata) { states = automata.states }

  mutating func text(_ root: Int) -> String {
    guard root != Automata.nowhere else { return "" }
    return Self.compressed(language(root))
  }

  /// The states that every number passes from here on, in order.
  private mutating func chain(_ number: Int) -> [Int] {
    if let known = chains[number] { return known }
    var common: [Int]?
    if states[number].label == 0 {
      for target in Set(states[number].targets) where target != Automata.nowhere {
        let other = chain(target)
        common = common.map { $0.filter(other.contains) } ?? other
      }
    }
    let result = [number] + (common ?? [])
    chains[number] = result
    return result
  }

  private mutating func language(_ number: Int) -> String {
    let last = chain(number).last ?? number
    return path(number, to: last) + tail(last)
  }

  /// The choices of a state, each digit set with its target, in the order of their first digits.
  private func branches(_ number: Int) -> [(set: UInt16, target: Int)] {
    var branches: [(set: UInt16, target: Int)] = []
    for (digit, target) in states[number].targets.enumerated() where target != Automata.nowhere {
      if let index = branches.firstIndex(where: { $0.target == target }) {
        branches[index].set |= 1 << digit
      } else {
        branches.append((1 << digit, target))
      }
    }
    return branches
  }

  private mutating func path(_ number: Int, to stop: Int) -> String {
    guard number != stop else { return "" }
    let next = chain(number)[1]
    guard next == stop else { return path(number, to: next) + path(next, to: stop) }
    let texts = branches(number).map { Self.digits($0.set) + path($0.target, to: stop) }
    return texts.count == 1 ? texts[0] : "(" + texts.joined(separator: "|") + ")"
  }

  /// What may follow a state that not every number passes in the same way.
  private mutating func tail(_ number: Int) -> String {
    let branches = branches(number)
    guard !branches.isEmpty else { return "" }
    if let most = anyDigits(number) { return "x{0,\(most)}" }
    let texts = branches.map { Self.digits($0.set) + language($0.target) }
    let text = texts.joined(separator: "|")
    guard states[number].label != 0 else { return "(" + text + ")" }
    return (texts.count == 1 && text.utf8.count == 1 ? text : "(" + text + ")") + "?"
  }

  /// How many more digits there may be, if any number of any digits may follow.
  private func anyDigits(_ number: Int) -> Int? {
    guard states[number].label != 0 else { return nil }
    let targets = Set(states[number].targets)
    guard targets.count == 1, let target = targets.first else { return nil }
    return target == Automata.nowhere ? 0 : anyDigits(target).map { $0 + 1 }
  }

  private static func digits(_ set: UInt16) -> String {
    guard set != Pattern.anyDigit else { return "x" }
    var text = ""
    var digit = 0
    while digit < 10 {
      guard set >> digit & 1 == 1 else {
        digit += 1
        continue
      }
      var last = digit
      while last < 9, set >> (last + 1) & 1 == 1 { last += 1 }
      text += last == digit ? "\(digit)" : last == digit + 1 ? "\(digit)\(last)" : "\(digit)-\(last)"
      digit = last + 1
    }
    return text.utf8.count == 1 ? text : "[" + text + "]"
  }

  /// Writes `xxx` as `x{3}`, and `xxx` before `x{0,4}` as `x{3,7}`.
  private static func compressed(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while let next = rest.first {
      let run = rest.prefix { $0 == "x" }.count
      guard run > 0 else {
        result.append(next)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(run)
      let open = rest.hasPrefix("{0,") ? rest.dropFirst(3).prefix { $0 != "}" } : ""
      if let most = Int(open) {
        rest = rest.dropFirst(open.count + 4)
        result += "x{\(run - 1),\(run - 1 + most)}"
      } else {
        result += run == 1 ? "x" : "x{\(run)}"
      }
    }
    return result
  }
}
