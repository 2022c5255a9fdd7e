import CampaignKit
import CampaignServer
import Testing

@Suite struct IdentifierFormTests {
  static let forms: [IdentifierForm] = [.digits, .uuid, .cuid, .prefixed("campaign-"), .prefixed("lead_")]
  static let identifiers: [Identifier<Campaign>] = [
    Identifier(high: 0, low: 0), Identifier(high: .max, low: .max),
    Identifier(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98),
  ]

  @Test(arguments: forms, identifiers) func isReadBackFromEveryForm(form: IdentifierForm, id: Identifier<Campaign>) {
    #expect(IdentifierForm.read(form.text(id)) == id)
    #expect(IdentifierForm.read(form.text(id).uppercased(), as: Campaign.self) == (form.hasWord ? nil : id))
  }

  @Test(arguments: forms) func keepsTheOrderOfCreation(form: IdentifierForm) {
    let generator = IdentifierGenerator()
    let ids = (0..<200).map { generator.next(at: Timestamp(milliseconds: $0 / 3), for: Campaign.self) }
    #expect(ids.map(form.text).sorted() == ids.map(form.text))
  }

  @Test(arguments: [
    "", "x", "campaign-", "0190a2b4-5c6d-4e8f-9a0b-1c2d3e4f5a6b", "0190a2b4-5c6d-7e8f-9a0b-1c2d3e4f5a6b",
    "0190a2b45c6d7e8f9a0b1c2d3e4f5a6b", "d65a1b2c3d4e5f60718293a4b", "65a1b2c3d4e5f60718293a4",
    "é5a1b2c3d4e5f60718293a4b",
    "campaign-65a1b2c3d4e5f60718293a4g", "../65a1b2c3d4e5f60718293a4b",
  ]) func isNothingElse(text: String) {
    #expect(IdentifierForm.read(text, as: Campaign.self) == nil)
  }

  @Test func looksLikeTheDocuments() throws {
    let id = try #require(Identifier<Campaign>("65a1b2c3d4e5f60718293a4b"))
    #expect(IdentifierForm.cuid.text(id) == "c65a1b2c3d4e5f60718293a4b")
    #expect(IdentifierForm.prefixed("campaign-").text(id) == "campaign-65a1b2c3d4e5f60718293a4b")
    #expect(IdentifierForm.uuid.text(id).count == 36)
  }
}

extension IdentifierForm {
  fileprivate var hasWord: Bool {
    switch self {
    case .digits, .uuid: false
    case .cuid, .prefixed: true
    }
  }
}
