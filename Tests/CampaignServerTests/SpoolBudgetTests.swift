import CampaignKit
import Foundation
import JSON
import Testing
import WebServer

@testable import CampaignServer

/// The room that uploads have on the disk.
@Suite struct SpoolBudgetTests {
  private static let one = Account.ID(high: 1, low: 1)
  private static let two = Account.ID(high: 1, low: 2)

  @Test func isSharedByAccountsAndGivenBack() {
    let budget = SpoolBudget(inAll: 10, ofAccount: 6)
    let first = budget.share(of: Self.one)
    #expect(first.take(6))
    #expect(!first.another().take(1), "the account has no more")
    let second = budget.share(of: Self.two)
    #expect(!second.take(5), "there is no more in all")
    #expect(second.take(4))
    #expect(budget.taken == 10)
    first.giveBack()
    first.giveBack()
    #expect(budget.taken == 4)
    #expect(first.take(6))
  }

  @Test func isGivenBackByAShareThatIsGone() {
    let budget = SpoolBudget(inAll: 10, ofAccount: 10)
    do {
      let share = budget.share(of: Self.one)
      #expect(share.take(7))
      #expect(budget.taken == 7)
    }
    #expect(budget.taken == 0)
  }

  @Test("An upload for which there is no room gets 503, leaves nothing, and is taken later") func refusesAnUpload()
    async throws
  {
    let scene = try await DialectScene.v1 { $0.maximumSpooledBytesOfAccount = 1000 }
    let id = try await scene.create()
    let path = "/campaigns/\(id)/leads/upload"
    let large = "phoneNumber,name\n" + String(repeating: "+919529117230,John\n", count: 100)
    #expect(try await scene.upload(path, large).status == 503)
    #expect(scene.bench.service.spool.taken == 0)
    #expect(try await scene.upload(path, "phoneNumber\n+919529117230\n").body["data"]?["uploaded"] == 1)
    #expect(scene.bench.service.spool.taken == 0)
  }

  @Test("Refused rows count, and what there is no room for is told") func countsRefusedRows() async throws {
    let budget = SpoolBudget(inAll: 100, ofAccount: 100)
    let upload = Upload(share: budget.share(of: Self.one))
    var rows: SpooledRows? = try SpooledRows(in: upload, upTo: 1000) { row, _ in
      ["row": JSONValue(row.row), "why": .string(row.reason)]
    }
    try await rows?.take((1...9).map { RefusedRow(row: $0, kind: .invalid, reason: "wrong") }, header: [])
    // Each takes 23 bytes and a comma.
    #expect(budget.taken == 96)
    let response = rows?.response(with: ["total": 9])
    #expect(try #require(response).status == .ok)
    rows = nil
    #expect(budget.taken == 96, "the answer still has them")
    let told = try JSONValue(parsing: try await #require(response).collect())
    #expect(told["errors"]?.array?.count == 5)
  }
}
