import Testing

@testable import CampaignCarriers

@Suite struct WebhookFormTests {
  @Test("Forms are read as carriers write them") func reads() throws {
    let form = try #require(WebhookForm(Array("a=1&b=two+words&c=%C3%BC%2B&empty=&name&&=x&a=1&d=1&d=2&bad=%FF".utf8)))
    #expect(form["a"] == "1")
    #expect(form["b"] == "two words")
    #expect(form["c"] == "ü+")
    #expect(form["empty"] == "")
    #expect(form["name"] == "")
    #expect(form[""] == "x")
    #expect(form["missing"] == nil)
    // Which of two would count is for whoever reads to say; neither does.
    #expect(form["d"] == nil)
    #expect(form["bad"] == "\u{FFFD}")
    #expect(form.pairs.count == 10)
    #expect(WebhookForm([UInt8]())?.isEmpty == true)
    for text in ["a=%", "a=%4", "a=%4g", "%zz=1"] { #expect(WebhookForm(Array(text.utf8)) == nil, "\(text)") }
  }
}
