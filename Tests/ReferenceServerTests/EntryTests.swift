import CampaignKit
import CampaignServer
import Foundation
import Testing

@testable import ReferenceServer

@Suite struct EntryTests {
  @Test("No secret is made where there is no server, and a token opens the server whose folder it is")
  func makesNoSecretForAToken() async throws {
    try await RunningServer.inFolder { folder in
      var settings = Settings()
      settings.dataFolder = folder.path
      let refused = settings
      let error = #expect(throws: UsageError.self) { try Entry.token(refused) }
      #expect(error?.description.contains("there is no server's folder at \(folder.path)") == true)
      #expect(error?.description.contains("--data") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])

      let store = LocalStore()
      try await LocalAccount.prepare(in: store)
      let kept = Authenticator(storage: store, secret: try Opening.secret(settings))
      let principal = try await kept.principal(token: try Entry.token(settings))
      #expect(principal.identity == .user(LocalAccount.owner))

      settings.dataFolder = folder.appending(path: "none").path
      settings.tokenSecret = "a secret for tests only"
      let given = Authenticator(storage: store, secret: try Opening.secret(settings))
      #expect(try await given.principal(token: try Entry.token(settings)).identity == .user(LocalAccount.owner))
    }
  }

  @Test("Servers on one database are told that each has a secret of its own")
  func cautionsWhereSecretsDiffer() {
    var settings = Settings()
    #expect(Opening.caution(settings) == nil)
    settings.postgres = "postgresql:///campaigns"
    #expect(Opening.caution(settings)?.contains("JWT_SECRET") == true)
    settings.tokenSecret = ""
    #expect(Opening.caution(settings) != nil)
    settings.tokenSecret = "a secret for tests only"
    #expect(Opening.caution(settings) == nil)
  }

  @Test("A key has the whole name that it was given") func namesKeys() async throws {
    try await RunningServer.inFolder { folder in
      let invocation = try Invocation(["key", "the", "shop", "--data", folder.path], environment: [:])
      let text = try await Entry.key(invocation.settings, named: invocation.words.joined(separator: " "))
      let store = try await Opening.storage(invocation.settings)
      let digest = try #require(APIKeyText(text)).digest
      #expect(try await store.key(digest: digest)?.name == "the shop")
      try await store.close()
    }
  }
}
