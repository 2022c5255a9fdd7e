import Dispatch
import Testing

@testable import CampaignServer

@Suite struct PasswordHashTests {
  private static let salt = Array<UInt8>(0..<16)

  /// What another implementation of PBKDF2 made of it.
  @Test func isWhatOthersMakeOfIt() throws {
    let text = "$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$yRTMTwbMbo9G0VfjobWqerzuuxe7BETNTErBbKKumGQ"
    let hash = PasswordHash(stretching: "correct horse", salt: Self.salt, rounds: 1000)
    #expect(hash.description == text)
    #expect(try #require(PasswordHash(text)).matches("correct horse"))
  }

  @Test func matchesItsPasswordOnly() throws {
    let hash = try #require(PasswordHash(PasswordHash(stretching: "pässwörd", rounds: 1000).description))
    #expect(hash.matches("pässwörd"))
    for other in ["", "passwort", "pässwörd ", "Pässwörd", "pässwör"] { #expect(!hash.matches(other)) }
  }

  @Test func everyPasswordHasASaltOfItsOwn() {
    #expect(
      PasswordHash(stretching: "same", rounds: 1000).description
        != PasswordHash(stretching: "same", rounds: 1000).description)
  }

  @Test func nobodysMatchesNothing() {
    let hash = PasswordHash(unmatchableWithRounds: 1000)
    #expect(hash.rounds == 1000)
    #expect(!hash.matches("") && !hash.matches("password"))
  }

  @Test func knowsWhenItIsTooWeak() {
    let hash = PasswordHash(stretching: "x", salt: Self.salt, rounds: 1000)
    #expect(!hash.needsRehash(rounds: 1000))
    #expect(hash.needsRehash(rounds: 1001))
    #expect(PasswordHash.standardRounds == 600_000)
  }

  @Test(
    arguments: [
      "", "plain", "$pbkdf2-sha256$", "$pbkdf2-sha1$i=1000$S$B", "$pbkdf2-sha256$i=999$S$B",
      "$pbkdf2-sha256$i=10000001$S$B", "$pbkdf2-sha256$i=99999999999999999999$S$B", "$pbkdf2-sha256$i=-1$S$B",
      "$pbkdf2-sha256$i=+1000$S$B", "$pbkdf2-sha256$i=01000$S$B", "$pbkdf2-sha256$i=$S$B",
      "$pbkdf2-sha256$i=1000$$B", "$pbkdf2-sha256$i=1000$AAAA$B", "$pbkdf2-sha256$i=1000$S$",
      "$pbkdf2-sha256$i=1000$S$AAAA", "$pbkdf2-sha256$i=1000$S$B$", "$pbkdf2-sha256$i=1000$S=$B",
      " $pbkdf2-sha256$i=1000$S$B",
    ])
  func refusesOtherTexts(_ text: String) {
    let whole = text.replacing("$S", with: "$AAECAwQFBgcICQoLDA0ODw")
      .replacing("$B", with: "$" + String(repeating: "A", count: 43))
    #expect(PasswordHash(whole) == nil)
    #expect(PasswordHash("$pbkdf2-sha256$i=1000$AAECAwQFBgcICQoLDA0ODw$" + String(repeating: "A", count: 43)) != nil)
  }
}

@Suite struct PasswordStretcherTests {
  @Test func oneWorksAndAFewWait() {
    var queue = StretchQueue(capacity: 2)
    let places = [queue.come(1), queue.come(2), queue.come(3), queue.come(4)]
    #expect(places == [.now, .waiting, .waiting, .refused(ahead: 3)])
    // Whose turn it is cannot leave, and nobody leaves twice.
    let haveLeft = [queue.leave(1), queue.leave(2), queue.leave(2)]
    #expect(haveLeft == [false, true, false])
    let fifth = queue.come(5)
    #expect(fifth == .waiting)
    let turns = [queue.finish(), queue.finish(), queue.finish()]
    #expect(turns == [3, 5, nil])
    let last = queue.come(6)
    #expect(last == .now)
  }

  @Test func stretchesAndCompares() async throws {
    let stretcher = PasswordStretcher(rounds: 1000)
    let hash = try await stretcher.hash("secret of mine")
    #expect(hash.rounds == 1000)
    #expect(try await stretcher.matches("secret of mine", hash))
    #expect(try await !stretcher.matches("secret of yours", hash))
    #expect(PasswordStretcher(rounds: 1).rounds == 1000)
    #expect(PasswordStretcher().rounds == 600_000)
  }

  /// One is held up, two wait, the fourth is refused, and one that waits is cancelled. The tasks are made one after the
  /// other, each when the one before has its place.
  @Test func refusesWhenTooManyWaitAndLetsThemLeave() async throws {
    let stretcher = PasswordStretcher(rounds: 1000, capacity: 2)
    let (begun, hasBegun) = AsyncStream.makeStream(of: Void.self)
    let gate = DispatchSemaphore(value: 0)
    let first = Task {
      try await stretcher.perform {
        hasBegun.finish()
        gate.wait()
        return 1
      }
    }
    for await _ in begun {}
    let second = Task { try await stretcher.perform { 2 } }
    while stretcher.waitingCount < 1 { await Task.yield() }
    let third = Task { try await stretcher.perform { 3 } }
    while stretcher.waitingCount < 2 { await Task.yield() }

    let refusal = await #expect(throws: AccessError.self) { try await stretcher.perform { 4 } }
    #expect(refusal?.code == .busy)
    #expect(try #require(refusal?.retryAfter) >= .seconds(1))

    second.cancel()
    let given = await #expect(throws: AccessError.self) { try await second.value }
    #expect(given?.code == .cancelled)
    #expect(stretcher.waitingCount == 1)

    gate.signal()
    #expect(try await first.value == 1)
    #expect(try await third.value == 3)
    #expect(stretcher.waitingCount == 0)
  }

  @Test func whoIsCancelledBeforeDoesNotBegin() async throws {
    let stretcher = PasswordStretcher(rounds: 1000)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await stretcher.perform { true }
    }
    let refusal = await #expect(throws: AccessError.self) { try await task.value }
    #expect(refusal?.code == .cancelled)
    #expect(try await stretcher.perform { true }, "the place was not taken")
  }

  @Test func manyAtOnceAllEnd() async {
    let stretcher = PasswordStretcher(rounds: 1000, capacity: 8)
    let (done, refused) = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask { (try? await stretcher.perform { number }) == number }
      }
      var counts = (0, 0)
      for await isDone in group { if isDone { counts.0 += 1 } else { counts.1 += 1 } }
      return counts
    }
    #expect(done + refused == 100)
    #expect(done >= 1)
    #expect(stretcher.waitingCount == 0)
  }
}
