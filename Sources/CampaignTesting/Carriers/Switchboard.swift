import CampaignKit

/// The calls of a ``ScriptedCarrier``. It is a value and knows no clock.
struct Switchboard: Sendable {
  /// What is next in the life of a call.
  enum Step: Hashable, Sendable {
    case start, ring, answer, detect
    /// It goes on with the document at another address.
    case redirect(String)
    /// Something was played to the end.
    case played(String)
    case end(CallEnd.Outcome)

    /// The address that is asked now what to say, where a call that is answered asks at another; nil where none is.
    func address(answer: String?) -> String? {
      switch self {
      case .answer: answer
      case .redirect(let url): url
      case .start, .ring, .detect, .played, .end: nil
      }
    }
  }

  private(set) var calls: [ScriptedCall] = []
  private var numbers: [String: Int] = [:]
  private var callsTo: [PhoneNumber: [Int]] = [:]
  /// Calls that are not over, by their numbers.
  private(set) var live: Set<Int> = []
  /// What is played now, and the bridges that there are, at a PBX.
  var playing: Set<String> = []
  var bridges: Set<String> = []
  /// The bridges in which music is played.
  var music: Set<String> = []
  private let naming: Naming

  /// How the carrier names calls.
  enum Naming: Hashable, Sendable {
    /// `CA` and 32 hexadecimal digits.
    case sid
    /// As a UUID.
    case uuid
  }

  init(naming: Naming) {
    self.naming = naming
  }

  /// How many calls there were to a number.
  func count(to number: PhoneNumber) -> Int { callsTo[number]?.count ?? 0 }

  subscript(reference: String) -> ScriptedCall? { numbers[reference].map { calls[$0] } }

  subscript(number: Int) -> ScriptedCall { calls[number] }

  func number(of reference: String) -> Int? { numbers[reference] }

  /// The calls between two numbers, newest first; nil stands for any number.
  func calls(to: PhoneNumber?, from: PhoneNumber?) -> [ScriptedCall] {
    let found = to.map { callsTo[$0, default: []] } ?? Array(calls.indices)
    return found.reversed().map { calls[$0] }.filter { from == nil || $0.from == from }
  }

  /// Takes a call, under a name of the carrier's or the one that the order gave it.
  mutating func add(
    to: PhoneNumber, from: PhoneNumber, _ parameters: [CallbackItem], queue: Duration, at now: Timestamp,
    reference: String? = nil
  ) -> Int {
    let number = calls.count
    let reference = reference ?? name(of: number)
    calls.append(
      ScriptedCall(reference: reference, to: to, from: from, parameters: parameters, createdAt: now, queue: queue))
    numbers[reference] = number
    callsTo[to, default: []].append(number)
    live.insert(number)
    return number
  }

  private func name(of number: Int) -> String {
    let short = String(number, radix: 16)
    let digits = Array(String(repeating: "0", count: max(0, 32 - short.count)) + short)
    guard naming == .uuid else { return "CA" + String(digits) }
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
  }

  /// What is to happen, each after the step before.
  static func steps(of script: CallPlot, ringTime: Duration, detects: Bool) -> [(after: Duration, step: Step)] {
    var steps: [(Duration, Step)] = [(script.queue, .start)]
    let rings = min(script.ring, ringTime)
    switch script.ending {
    case .busy: steps.append((script.setup, .end(.busy)))
    case .failed: steps.append((script.setup, .end(.failed)))
    case .rejected: steps += [(script.setup, .ring), (rings, .end(.rejected))]
    case .answered(_, let hangsUpAfter) where script.ring <= ringTime:
      steps += [(script.setup, .ring), (rings, .answer)]
      let talk = hangsUpAfter ?? .seconds(4 * 3600)
      if detects, script.detection < talk {
        steps += [(script.detection, .detect), (talk - script.detection, .end(.completed))]
      } else {
        steps.append((talk, .end(.completed)))
      }
    case .answered, .noAnswer: steps += [(script.setup, .ring), (ringTime, .end(.noAnswer))]
    }
    return steps
  }

  /// Lets a step happen; false if the call is over.
  mutating func happen(
    _ step: Step, to number: Int, answeredBy: AnsweredBy?, recordDelay: Duration, at now: Timestamp
  ) -> Bool {
    guard !calls[number].isOver else { return false }
    switch step {
    case .start: calls[number].startedAt = now
    case .ring: calls[number].ringingAt = now
    case .redirect: break
    case .answer: calls[number].answeredAt = now
    case .detect:
      calls[number].answeredBy = answeredBy
      calls[number].isInDialplan = false
    case .played(let playback): playing.remove(playback)
    case .end(let outcome):
      calls[number].outcome = outcome
      calls[number].endedAt = now
      calls[number].recordedAt = now + recordDelay
      live.remove(number)
    }
    return true
  }

  /// Changes what is known of a call.
  mutating func change(_ number: Int, _ body: (inout ScriptedCall) -> Void) { body(&calls[number]) }

  /// Notes a callback that was made.
  mutating func note(_ callback: ScriptedCallback, of number: Int) { calls[number].callbacks.append(callback) }
}
