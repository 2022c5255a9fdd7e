import Foundation
import Testing

@testable import CampaignCarriers

@Suite struct FormBodyTests {
  @Test("Fields keep their order, may repeat, and hold any text")
  func fields() throws {
    var form = FormBody()
    form.add("To", "+15551230001")
    form.add("Event", "a b")
    form.add("Event", "é&=~-._*")
    #expect(form.text == "To=%2B15551230001&Event=a+b&Event=%C3%A9%26%3D~-._%2A")
    #expect(form.bytes == Array(form.text.utf8))
  }

  @Test("A retry waits longer each time, by half a second at least, and as long as the server asks")
  func backoff() {
    for number in 1...8 {
      let whole = Duration.milliseconds(500 << min(number - 1, 4))
      for _ in 0..<50 {
        let wait = Backoff.wait(afterFailure: number, asked: nil)
        #expect(wait >= whole * 0.5 && wait <= whole)
      }
      #expect(Backoff.wait(afterFailure: number, asked: .seconds(100)) == .seconds(100))
    }
  }
}
