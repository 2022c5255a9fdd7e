import CampaignKit
import Digests
import Foundation
import Testing

@testable import CampaignServer

@Suite struct ServerSecretTests {
  /// A folder that goes with its test.
  private final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("secret-\(UUID())").path
    var file: String { path + "/jwt-secret" }

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }
  }

  private static let given = "a secret that was given"

  private func refusal(_ work: () throws(AccessError) -> ServerSecret) -> AccessError? {
    do throws(AccessError) {
      _ = try work()
      return nil
    } catch {
      return error
    }
  }

  @Test func theTextIsTheKey() throws {
    let code = try ServerSecret(Self.given).code("message")
    #expect(code == HMAC<SHA256>.code("message".utf8, key: Array(Self.given.utf8)))
  }

  @Test func refusesWhatIsShort() throws {
    #expect(refusal { () throws(AccessError) in try ServerSecret("") }?.code == .invalid)
    let refusal = try #require(refusal { () throws(AccessError) in try ServerSecret("fifteen letters") })
    #expect(refusal.code == .invalid)
    #expect(refusal.message.contains("JWT_SECRET") && refusal.message.contains("16"))
    #expect(!refusal.message.contains("fifteen"))
    #expect(self.refusal { () throws(AccessError) in try ServerSecret("sixteen letters!") } == nil)
  }

  @Test func nothingShowsIt() throws {
    let secret = try ServerSecret(Self.given)
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), dumped, "\(Mirror(reflecting: secret).children.count)"] {
      #expect(!text.contains(Self.given))
    }
    #expect(dumped.count < 60)
  }

  @Test("Where none is kept none is made for somebody who only asks") func tellsWhatIsKept() throws {
    let folder = try Folder()
    #expect(try ServerSecret.kept(given: nil, folder: folder.path) == nil)
    #expect(try ServerSecret.kept(given: "", folder: folder.path + "/none") == nil)
    #expect(try folder.names() == [])
    let given = try ServerSecret.kept(given: Self.given, folder: folder.path)
    #expect(try given?.code("x") == ServerSecret(Self.given).code("x"))
    let made = try ServerSecret.load(given: nil, folder: folder.path)
    #expect(try ServerSecret.kept(given: nil, folder: folder.path)?.code("x") == made.code("x"))
  }

  @Test func makesOneThatStaysAndIsPrivate() throws {
    let folder = try Folder()
    let made = try ServerSecret.load(given: nil, folder: folder.path)
    let again = try ServerSecret.load(given: "", folder: folder.path)
    #expect(made.code("x") == again.code("x"))
    #expect(try folder.names() == ["jwt-secret"])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file)
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let text = try String(contentsOfFile: folder.file, encoding: .utf8)
    #expect(Base64.url.decode(text.dropLast())?.count == 32)
    #expect(try made.code("x") == ServerSecret(String(text.dropLast())).code("x"))
  }

  @Test func everyFolderHasItsOwn() throws {
    let one = try Folder()
    let two = try Folder()
    #expect(
      try ServerSecret.load(given: nil, folder: one.path).code("x")
        != ServerSecret.load(given: nil, folder: two.path).code("x"))
  }

  @Test func theGivenOneCountsAndIsNotKept() throws {
    let folder = try Folder()
    let secret = try ServerSecret.load(given: Self.given, folder: folder.path)
    #expect(try secret.code("x") == ServerSecret(Self.given).code("x"))
    #expect(try folder.names().isEmpty)
  }

  @Test func refusesAFileThatOthersCanRead() throws {
    let folder = try Folder()
    _ = try ServerSecret.load(given: nil, folder: folder.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder.file)
    let refusal = refusal { () throws(AccessError) in try ServerSecret.load(given: nil, folder: folder.path) }
    #expect(refusal?.code == .invalid)
    #expect(refusal?.message.contains("chmod 600") == true)
  }

  @Test(arguments: ["", "\n", "short\n"])
  func refusesAFileWithoutASecret(_ content: String) throws {
    let folder = try Folder()
    try Data(content.utf8).write(to: URL(fileURLWithPath: folder.file))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file)
    let refusal = refusal { () throws(AccessError) in try ServerSecret.load(given: nil, folder: folder.path) }
    #expect(refusal?.code == .invalid)
    #expect(refusal?.message.contains(folder.file) == true)
  }

  @Test func refusesALinkAndAFolderThatIsNotThere() throws {
    let folder = try Folder()
    try FileManager.default.createSymbolicLink(atPath: folder.file, withDestinationPath: "/etc/hostname")
    #expect(
      refusal { () throws(AccessError) in try ServerSecret.load(given: nil, folder: folder.path) }?.code == .unavailable
    )
    #expect(
      refusal { () throws(AccessError) in try ServerSecret.load(given: nil, folder: folder.path + "/none") }?.code
        == .unavailable)
  }

  /// The data folder is also the store's.
  @Test func theStoreDoesNotMind() async throws {
    let folder = try Folder()
    let secret = try ServerSecret.load(given: nil, folder: folder.path)
    let store = try LocalStore.file(at: folder.path)
    let account = Account(
      id: IdentifierGenerator().next(at: try await store.now()), name: "Acme", createdAt: try await store.now())
    try await store.insert(account)
    try await store.close()
    let opened = try LocalStore.file(at: folder.path)
    #expect(try await opened.account(account.id)?.name == "Acme")
    try await opened.close()
    #expect(try ServerSecret.load(given: nil, folder: folder.path).code("x") == secret.code("x"))
  }
}

@Suite struct APIKeyTextTests {
  @Test func hasItsForm() throws {
    let key = APIKeyText.make()
    #expect(key.secret.hasPrefix("ck_"))
    #expect(Base64.url.decode(key.secret.dropFirst(3))?.count == 24)
    #expect(key.secret != APIKeyText.make().secret)
    #expect(APIKeyText(key.secret)?.digest == key.digest)
  }

  @Test func theStoreGetsADigestOnly() throws {
    let key = try #require(APIKeyText("ck_abcdefghijklmnopqrstuvwxyz012345"))
    let record = key.record(
      id: .init(high: 1, low: 1), account: .init(high: 2, low: 2), name: "CI", role: .manager, at: .distantPast)
    #expect(record.digest == Hexadecimal.encode(SHA256.digest("ck_abcdefghijklmnopqrstuvwxyz012345".utf8)))
    #expect(record.hint == "ck_abcd")
    #expect(record.role == .manager && record.expiresAt == nil)
    #expect(!"\(record)".contains("efghij"))
  }

  @Test func nothingShowsIt() throws {
    let key = try #require(APIKeyText("ck_abcdefghijklmnopqrstuvwxyz012345"))
    var dumped = ""
    dump(key, to: &dumped)
    for text in ["\(key)", String(reflecting: key), dumped] { #expect(!text.contains("efghij")) }
  }

  @Test func takesConfiguredKeysOfAnyVisibleCharacters() {
    #expect(APIKeyText("0123456789abcdef")?.hint == "0123")
    #expect(APIKeyText(String(repeating: "~", count: 256)) != nil)
    for text in [
      "", "0123456789abcde", "0123456789 abcdef", "0123456789abcdef\n", "0123456789abcdefé",
      String(repeating: "x", count: 257),
    ] {
      #expect(APIKeyText(text) == nil)
    }
  }
}
