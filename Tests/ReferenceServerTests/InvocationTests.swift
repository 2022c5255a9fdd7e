import CampaignKit
import Foundation
import Testing

@testable import ReferenceServer

@Suite struct InvocationTests {
  @Test func servesOnThisMachineWithoutAnyFlag() throws {
    let invocation = try Invocation([], environment: [:])
    #expect(invocation.command == .serve)
    #expect(invocation.settings.host == "127.0.0.1")
    #expect(invocation.settings.port == 3000)
    #expect(invocation.settings.dataFolder == "campaign-data")
    #expect(invocation.settings.carrier == .simulated)
    #expect(invocation.settings.listensOnThisMachineOnly)
  }

  @Test("X-33, Q-69: a flag goes before a variable, and a variable before the file")
  func takesAFlagBeforeAVariableAndAVariableBeforeTheFile() throws {
    let file = Array(#"{"PORT": 1, "HOST": "::1", "API_KEYS": ["a", "b"], "SYSTEM_CONCURRENT_CALLS_LIMIT": "7"}"#.utf8)
    let invocation = try Invocation(
      ["token", "--port=3", "--config", "c.json"],
      environment: ["PORT": "2", "HOST": "0.0.0.0", "DATA_DIR": "", "QUEUE_PROCESSOR_INTERVAL": "2500"]
    ) { path in
      #expect(path == "c.json")
      return file
    }
    #expect(invocation.command == .token)
    #expect(invocation.settings.port == 3)
    #expect(invocation.settings.host == "0.0.0.0")
    #expect(!invocation.settings.listensOnThisMachineOnly)
    #expect(invocation.settings.apiKeys == ["a", "b"])
    #expect(invocation.settings.systemLimit == 7)
    #expect(invocation.settings.tick == .milliseconds(2500))
    #expect(invocation.settings.dataFolder == "campaign-data")
  }

  @Test func takesSeveralMounts() throws {
    let invocation = try Invocation(["--mount", "voice=/api", "--mount", "v1=/", "--demo"], environment: [:])
    #expect(invocation.settings.mounts == ["voice": "/api", "v1": ""])
    #expect(invocation.settings.isDemo)
  }

  @Test(
    arguments: [
      (["--bogus"], [:], "--bogus"), (["--port"], [:], "--port needs"), (["--port", "70000"], [:], "--port must"),
      (["fly"], [:], "'fly'"), ([], ["PORT": "x"], "PORT must"), (["--mount", "v1"], [:], "--mount must"),
      (["--sim-speed", "0"], [:], "--sim-speed must"), (["--carrier", "pigeon"], [:], "simulated"),
      (["--config", "missing.json"], [:], "missing.json"), (["--legal-hours", "maybe"], [:], "--legal-hours must"),
      (["--caller", "911"], [:], "--caller must"), (["--region", "XX"], [:], "--region must"),
    ] as [([String], [String: String], String)])
  func saysWhatIsWrong(arguments: [String], environment: [String: String], words: String) {
    let error = #expect(throws: UsageError.self) { try Invocation(arguments, environment: environment) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["[]", "{", #"{"PROT": 1}"#]) func refusesAFileThatIsNoConfiguration(text: String) {
    #expect(throws: UsageError.self) {
      try Invocation(["--config", "c.json"], environment: [:]) { _ in Array(text.utf8) }
    }
  }

  @Test(arguments: [
    (["--carrier", "twilio"], "TWILIO_ACCOUNT_SID"),
    (["--carrier", "twilio", "--twilio-account", "AC1"], "TWILIO_AUTH_TOKEN"),
    (["--carrier", "twilio", "--twilio-account", "AC1", "--twilio-auth-token", "x"], "PUBLIC_URL"),
    (["--carrier", "plivo"], "PLIVO_AUTH_ID"), (["--carrier", "signalwire"], "SIGNALWIRE_SPACE"),
  ]) func saysWhatACarrierNeeds(arguments: [String], name: String) throws {
    let settings = try Invocation(arguments, environment: [:]).settings
    let error = #expect(throws: UsageError.self) { try Carrying.dialer(settings) }
    #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
  }

  @Test func takesRealCarriers() throws {
    let common = ["PUBLIC_URL": "https://calls.example.com"]
    for (carrier, own) in [
      ("twilio", ["TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_BASE_URL": "http://127.0.0.1:1"]),
      ("plivo", ["PLIVO_AUTH_ID": "MA1", "PLIVO_AUTH_TOKEN": "x"]),
      (
        "signalwire", ["SIGNALWIRE_SPACE": "example", "SIGNALWIRE_PROJECT_ID": "p", "SIGNALWIRE_API_TOKEN": "x"]
      ),
    ] {
      let environment = common.merging(own) { $1 }.merging(["CARRIER": carrier]) { $1 }
      #expect(try Carrying.dialer(Invocation([], environment: environment).settings).name == carrier)
    }
    #expect(try Carrying.dialer(Settings()).name == "simulated")
  }

  @Test("T-80: the webhooks hang beside the tenants and below their base") func mountsWebhooksTwice() throws {
    var settings = Settings()
    settings.mounts["tenant"] = "/x/api"
    let bases = try Mounting.dialects(settings).filter { $0.name.hasSuffix("webhooks") }.map(\.base)
    #expect(bases == ["/webhooks", "/x/api/webhooks"])
  }

  @Test func logsEventsWithoutNamesAndNumbers() throws {
    let event = CampaignEvent(
      sequence: 7, account: LocalAccount.account, at: Timestamp(milliseconds: 0), kind: .callEnded, status: "busy")
    #expect(
      String(decoding: EventLog.line(of: event), as: UTF8.self)
        == #"{"time":"1970-01-01T00:00:00.000Z","event":"\#(CampaignEvent.Kind.callEnded.rawValue)","#
        + #""account":"000000000000000000000001","seq":7,"status":"busy"}"#)
  }

  #if !PostgreSQL
    @Test func saysThatItWasBuiltWithoutPostgreSQL() async throws {
      let invocation = try Invocation(["--postgres", "postgresql://name:secret@host/db"], environment: [:])
      #expect(invocation.settings.postgres == "postgresql://name:secret@host/db")
      #expect(!invocation.settings.place.contains("secret"))
      let error = await #expect(throws: UsageError.self) { try await Opening.storage(invocation.settings) }
      #expect(error?.description.contains("--traits PostgreSQL") == true)
      #expect(error?.description.contains("secret") == false)
    }
  #endif

  /// The table of the guide is the one place where settings are documented, so that it must not fall behind.
  @Test func documentsEverySetting() throws {
    let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Documentation/Server.md")
    let text = try String(contentsOf: guide, encoding: .utf8)
    for setting in Setting.all {
      let row =
        "| `--\(setting.flag)\(setting.value.map { " \($0)" } ?? "")` | `\(setting.variable)` | \(setting.summary) |"
      #expect(
        text.contains(row.replacingOccurrences(of: "on|off", with: "on\\|off")),
        "missing in Documentation/Server.md: \(row)")
    }
    for command in Command.allCases { #expect(text.contains("`\(command.rawValue)`")) }
  }
}
