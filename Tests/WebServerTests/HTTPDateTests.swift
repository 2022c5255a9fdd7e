import Foundation
import Testing

@testable import WebServer

@Suite struct HTTPDateTests {
  @Test func writesTheExampleOfTheStandard() {
    #expect(HTTPDate.text(seconds: 784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
  }

  @Test func agreesWithFoundation() {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "GMT")
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    for seconds in stride(from: 0, to: 4_200_000_000, by: 7_654_321) {
      let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(HTTPDate.text(seconds: seconds) == text)
      #expect(HTTPDate.seconds(text) == seconds)
    }
  }

  @Test(arguments: [
    "", "Sun, 06 Nov 1994 08:49:37", "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    "Thu, 31 Feb 2000 00:00:00 GMT", "Sun, 06 Nov 1994 08:49:3x GMT", "Sun; 06 Nov 1994 08:49:37 GMT",
  ])
  func refusesWhatIsNoDate(_ text: String) {
    #expect(HTTPDate.seconds(text) == nil)
  }
}
