/// Automata over digits, each state of which is there once: equal languages are the same number.
///
/// No pattern here is unbounded, so there are no circles, and a state made from its targets is minimal at once.
struct Automata {
  struct State: Hashable {
    /// What a number that ends here is; 0 for nothing.
    var label = 0
    /// Where each digit leads; 0 is nowhere.
    var targets = [Int](repeating: 0, count: 10)

    var isDead: Bool { label == 0 && targets.allSatisfy { $0 == 0 } }
  }

  static let nowhere = 0

  private(set) var states = [State()]
  private var numbers: [State: Int] = [State(): 0]
  private var unions: [Pair: Int] = [:]

  private struct Pair: Hashable {
    let first: Int
    let second: Int
  }

  mutating func state(_ label: Int, _ targets: [Int]) -> Int {
    let state = State(label: label, targets: targets)
    if let number = numbers[state] { return number }
    numbers[state] = states.count
    states.append(state)
    return states.count - 1
  }

  /// A number that ends here, and nothing behind it.
  mutating func accepting(_ label: Int = 1) -> Int { state(label, State().targets) }

  /// The language of a pattern, followed by that of a state.
  mutating func build(_ pattern: Pattern, then rest: Int) -> Int {
    switch pattern {
    case .digit(let set): return state(0, (0..<10).map { set >> $0 & 1 == 1 ? rest : Self.nowhere })
    case .sequence(let parts): return parts.reversed().reduce(rest) { build($1, then: $0) }
    case .choice(let choices):
      return choices.reduce(Self.nowhere) { union($0, build($1, then: rest)) }
    case .repeated(let part, let counts):
      var result = rest
      for _ in counts.dropFirst() { result = union(rest, build(part, then: result)) }
      for _ in 0..<counts.lowerBound { result = build(part, then: result) }
      return result
    case .capture(let part): return build(part, then: rest)
    case .end: return rest
    }
  }

  mutating func build(_ pattern: Pattern) -> Int { build(pattern, then: accepting()) }

  /// The numbers of either; a number of both has the larger label.
  mutating func union(_ first: Int, _ second: Int) -> Int {
    if first == second || second == Self.nowhere { return first }
    if first == Self.nowhere { return second }
    let pair = Pair(first: min(first, second), second: max(first, second))
    if let known = unions[pair] { return known }
    let (left, right) = (states[first], states[second])
    let targets = zip(left.targets, right.targets).map { union($0, $1) }
    let result = state(max(left.label, right.label), targets)
    unions[pair] = result
    return result
  }

  /// Walks several automata at once, and labels each number with what `label` makes of their labels.
  mutating func product(_ roots: [Int], _ label: ([Int]) -> Int) -> Int {
    var known: [[Int]: Int] = [:]
    return product(roots, label, &known)
  }

  private mutating func product(_ roots: [Int], _ label: ([Int]) -> Int, _ known: inout [[Int]: Int]) -> Int {
    if let number = known[roots] { return number }
    guard roots.contains(where: { $0 != Self.nowhere }) else { return Self.nowhere }
    let targets = (0..<10).map { digit in product(roots.map { states[$0].targets[digit] }, label, &known) }
    let number = state(label(roots.map { states[$0].label }), targets)
    known[roots] = number
    return number
  }

  /// Any digits, from none up to so many.
  mutating func anyDigits(upTo count: Int) -> Int { build(.repeated(.digit(Pattern.anyDigit), 0...count)) }

  /// The numbers of a language that have one of these lengths.
  mutating func limited(_ root: Int, to lengths: Set<Int>) -> Int {
    var allowed = Self.nowhere
    for length in lengths {
      allowed = union(allowed, build(.repeated(.digit(Pattern.anyDigit), length...length)))
    }
    return product([root, allowed]) { labels in labels[1] == 0 ? 0 : labels[0] }
  }

  /// The label of a number.
  func label(of digits: some StringProtocol, from root: Int) -> Int {
    var state = root
    for digit in digits.utf8 {
      guard (48...57).contains(digit) else { return 0 }
      state = states[state].targets[Int(digit - 48)]
    }
    return states[state].label
  }

  /// Whether a number of the language begins another one.
  func isPrefixFree(_ root: Int) -> Bool {
    let state = states[root]
    guard state.label == 0 || state.targets.allSatisfy({ $0 == Self.nowhere }) else { return false }
    return state.targets.allSatisfy { $0 == Self.nowhere || isPrefixFree($0) }
  }
}
