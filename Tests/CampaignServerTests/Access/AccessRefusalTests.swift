import Testing
import WebServer

@testable import CampaignServer

@Suite struct AccessRefusalTests {
  @Test(
    arguments: [
      (.malformed, 401), (.algorithm, 401), (.forged, 401), (.expired, 401), (.notYetValid, 401), (.unknown, 401),
      (.forbidden, 403), (.invalid, 400), (.taken, 409), (.busy, 429), (.unavailable, 503), (.cancelled, 503),
    ] as [(AccessError.Code, Int)])
  func everyRefusalHasItsStatus(_ code: AccessError.Code, _ status: Int) {
    let refusal = Refusal(AccessError(code, "so it is", retryAfter: .seconds(7)) as any Error)
    #expect(refusal.kind.status.code == status)
    #expect(refusal.message == "so it is")
    #expect(refusal.retryAfter == .seconds(7))
  }

  @Test func everyProblemIsTold() {
    let problems = [Problem("email", "is no e-mail address"), Problem("password", "is too short")]
    #expect(Refusal(AccessError(problems)).problems == problems)
  }
}
