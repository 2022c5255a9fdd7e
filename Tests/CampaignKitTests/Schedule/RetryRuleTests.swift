import CampaignKit
import Testing

@Suite struct RetryRuleTests {
  let end = moment("2026-05-05T12:00:00Z")
  let policy = RetryPolicy(
    maximumAttempts: 5, retried: [.noAnswer, .busy, .failed, .rejected], delay: .fixed(.seconds(3600)),
    delays: [.busy: .fixed(.seconds(300))], nextNumberDelay: .seconds(60))
  let callbacks = Callback(isEnabled: true, maximumAttempts: 2, delay: .seconds(1800))

  func attempt(
    _ disposition: Disposition, attempts: Int = 1, callbacks: Int = 0, number: Int = 0, of count: Int = 1,
    callback: CallbackWish? = nil
  ) -> EndedAttempt {
    EndedAttempt(
      disposition, endedAt: end, attempts: attempts, callbacks: callbacks, numberIndex: number, numberCount: count,
      callback: callback)
  }

  @Test func anOutcomeWithoutRetryEndsTheLead() {
    #expect(policy.step(after: attempt(.answered)) == .complete)
    #expect(policy.step(after: attempt(.voicemail)) == .complete)
    for disposition in [Disposition.machine, .screened, .abandoned, .expired, .unknown] {
      #expect(policy.step(after: attempt(disposition, of: 3)) == .fail, "\(disposition)")
    }
  }

  @Test func oneBudgetHoldsForEveryOutcomeAndNumber() {
    for disposition in Disposition.allCases {
      for number in 0..<3 {
        let step = RetryPolicy(maximumAttempts: 5, retried: Set(Disposition.allCases)).step(
          after: attempt(disposition, attempts: 5, number: number, of: 3, callback: .at(end + .seconds(60))),
          callback: callbacks)
        #expect(step == (disposition.reachesPerson ? .complete : .fail), "\(disposition)")
      }
    }
    // Whatever happens, no more attempts than that come of it.
    for disposition in Disposition.allCases {
      var attempts = 1
      var number = 0
      while case .retry(_, let next, _) = RetryPolicy(maximumAttempts: 5, retried: [disposition]).step(
        after: attempt(disposition, attempts: attempts, number: number, of: 2))
      {
        number = next
        attempts += 1
      }
      #expect(attempts == 5, "\(disposition)")
    }
  }

  @Test func eachOutcomeHasItsDelay() {
    #expect(policy.step(after: attempt(.noAnswer)) == .retry(at: end + .seconds(3600)))
    #expect(policy.step(after: attempt(.busy)) == .retry(at: end + .seconds(300)))
    let list = RetryPolicy(maximumAttempts: 9, delay: .list([.seconds(60), .seconds(600)]))
    #expect(
      (1...4).map { list.step(after: attempt(.busy, attempts: $0)) }
        == [60, 600, 600, 600].map { .retry(at: end + .seconds($0)) })
    let growing = RetryPolicy(
      maximumAttempts: 9, delay: .exponential(first: .seconds(60), factor: 2, maximum: .seconds(200)))
    #expect(
      (1...4).map { growing.step(after: attempt(.busy, attempts: $0)) }
        == [60, 120, 200, 200].map { .retry(at: end + .seconds($0)) })
    let backwards = RetryPolicy(maximumAttempts: 2, delay: .fixed(.seconds(-60)), nextNumberDelay: .seconds(-60))
    #expect(backwards.step(after: attempt(.busy)) == .retry(at: end))
    #expect(backwards.step(after: attempt(.failed, of: 2)) == .retry(at: end, numberIndex: 1))
  }

  @Test func theNextNumberComesSoonAndTheFirstAfterTheLast() {
    #expect(policy.step(after: attempt(.noAnswer, of: 3)) == .retry(at: end + .seconds(60), numberIndex: 1))
    #expect(
      policy.step(after: attempt(.failed, attempts: 2, number: 1, of: 3))
        == .retry(at: end + .seconds(60), numberIndex: 2))
    #expect(
      policy.step(after: attempt(.noAnswer, attempts: 3, number: 2, of: 3))
        == .retry(at: end + .seconds(3600), numberIndex: 0))
  }

  @Test func someoneWhoIsThereIsNotRungOnAnotherNumber() {
    #expect(
      policy.step(after: attempt(.busy, number: 1, of: 3)) == .retry(at: end + .seconds(300), numberIndex: 1))
    #expect(
      policy.step(after: attempt(.rejected, number: 1, of: 3)) == .retry(at: end + .seconds(3600), numberIndex: 1))
    let moving = Disposition.allCases.filter(\.suggestsNextNumber)
    #expect(moving == [.machine, .noAnswer, .failed])
  }

  @Test func whatWeGaveUpOurselvesIsMadeAgain() {
    let none = RetryPolicy(maximumAttempts: 2, retried: [])
    #expect(none.step(after: attempt(.cancelled, of: 3)) == .retry(at: end + .seconds(3600)))
    #expect(none.step(after: attempt(.cancelled, attempts: 2)) == .fail)
    #expect(none.step(after: attempt(.noAnswer, of: 3)) == .fail)
  }

  @Test func aCallbackComesAtItsTimeOnTheSameNumber() {
    let agreed = end + .seconds(86_400)
    #expect(
      policy.step(after: attempt(.answered, number: 1, of: 2, callback: .at(agreed)), callback: callbacks)
        == .retry(at: agreed, numberIndex: 1, isCallback: true))
    #expect(
      policy.step(after: attempt(.answered, callback: .later), callback: callbacks)
        == .retry(at: end + .seconds(1800), isCallback: true))
    // A time that has passed is now.
    #expect(
      policy.step(after: attempt(.answered, callback: .at(.distantPast)), callback: callbacks)
        == .retry(at: end, isCallback: true))
  }

  @Test func callbacksHaveTheirOwnLimit() {
    let wish = CallbackWish.at(end + .seconds(60))
    #expect(policy.step(after: attempt(.answered, callbacks: 1, callback: wish), callback: callbacks) != .complete)
    #expect(policy.step(after: attempt(.answered, callbacks: 2, callback: wish), callback: callbacks) == .complete)
    #expect(policy.step(after: attempt(.answered, callback: wish)) == .complete)
    // Where no callback is permitted, the outcome decides as ever.
    #expect(
      policy.step(after: attempt(.busy, callbacks: 2, callback: wish), callback: callbacks)
        == .retry(at: end + .seconds(300)))
  }

  @Test func theDelayRunsInCallableTimeIfAsked() {
    var policy = policy
    policy.countsCallableTimeOnly = true
    let office = local("09:00-12:30", in: "UTC")
    #expect(policy.step(after: attempt(.noAnswer), hours: office) == .retry(at: moment("2026-05-06T09:30:00Z")))
    #expect(policy.step(after: attempt(.noAnswer)) == .retry(at: end + .seconds(3600)))
    // The next number has a short wait of its own, which is not stretched.
    #expect(
      policy.step(after: attempt(.noAnswer, of: 2), hours: office) == .retry(at: end + .seconds(60), numberIndex: 1))
    policy.countsCallableTimeOnly = false
    #expect(policy.step(after: attempt(.noAnswer), hours: office) == .retry(at: end + .seconds(3600)))
  }

  @Test(arguments: [Int.min, -1, 0, 1, .max])
  func noFigureTraps(_ figure: Int) {
    let policies = [
      policy,
      RetryPolicy(
        maximumAttempts: figure, retried: Set(Disposition.allCases), delay: .fixed(.seconds(Int64.max)),
        countsCallableTimeOnly: true, nextNumberDelay: .seconds(Int64.max)),
    ]
    for policy in policies {
      for other in [Int.min, 0, .max] {
        for disposition in Disposition.allCases {
          let attempt = attempt(
            disposition, attempts: other, callbacks: figure, number: figure, of: other, callback: .later)
          let step = policy.step(after: attempt, callback: callbacks, hours: local("09:00-17:00", in: "UTC"))
          if case .retry(let time, let number, _) = step { #expect(time >= end && number >= 0) }
        }
      }
    }
  }
}
