import CampaignCarriers
import CampaignKit
import CampaignServer
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
    #expect(invocation.settings.carriers == [Settings.Share(carrier: .simulated)])
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

  @Test("Uploads take as much of the disk as is set, and half of it of one account") func boundsUploads() throws {
    let common = try Serving.serviceConfiguration(Settings())
    #expect(common.maximumSpooledBytes == ServiceConfiguration().maximumSpooledBytes)
    #expect(common.maximumSpooledBytesOfAccount == ServiceConfiguration().maximumSpooledBytesOfAccount)
    let small = try Invocation([], environment: ["UPLOAD_SPACE_MB": "3"]).settings
    let configuration = try Serving.serviceConfiguration(small)
    #expect(configuration.maximumSpooledBytes == 3 << 20)
    #expect(configuration.maximumSpooledBytesOfAccount == 3 << 19)
    #expect(throws: UsageError.self) { try Invocation(["--upload-space", "0"], environment: [:]) }
  }

  @Test("Carriers on the web are asked for a call a second unless more is set, and a PBX for as many as come")
  func keepsThePaceOfAnAccount() throws {
    let accounts = [
      "PUBLIC_URL": "https://calls.example.com", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x",
      "PLIVO_AUTH_ID": "MA1", "PLIVO_AUTH_TOKEN": "x", "SIGNALWIRE_SPACE": "s", "SIGNALWIRE_PROJECT_ID": "p",
      "SIGNALWIRE_API_TOKEN": "x", "SIGNALWIRE_SIGNING_KEY": "k", "ASTERISK_URL": "http://127.0.0.1:1",
      "ASTERISK_USER": "u", "ASTERISK_PASSWORD": "p", "ASTERISK_ENDPOINT": "PJSIP/{number}@trunk",
    ]
    func pace(_ carrier: String, _ arguments: [String] = []) throws -> Double? {
      let environment = accounts.merging(["CARRIER": carrier]) { $1 }
      return try Carrying.dialer(Invocation(arguments, environment: environment).settings).capabilities.callsPerSecond
    }
    for carrier in ["twilio", "plivo", "signalwire"] {
      #expect(try pace(carrier) == 1)
      #expect(try pace(carrier, ["--calls-per-second", "12.5"]) == 12.5)
      #expect(try pace(carrier, ["--calls-per-second=0"]) == nil)
    }
    #expect(try pace("twilio,plivo") == 2)
    #expect(try pace("asterisk") == nil)
    for wrong in ["-1", "many", "nan", "inf"] {
      #expect(throws: UsageError.self) { try Invocation(["--calls-per-second", wrong], environment: [:]) }
    }
  }

  @Test("A name has as many words as were given") func takesWords() throws {
    #expect(try Invocation(["key", "the", "shop", "--port", "1"], environment: [:]).words == ["the", "shop"])
    #expect(try Invocation(["import", "-"], environment: [:]).words == ["-"])
    #expect(try Invocation(["help", "key"], environment: [:]).command == .help)
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
      ([], ["ASTERISK_URL": "https://pbx:8089"], "ASTERISK_URL must begin with http://,"),
      ([], ["ASTERISK_ENDPOINT": "PJSIP/trunk"], "ASTERISK_ENDPOINT must have {number}"),
      ([], ["ASTERISK_AGENT_ENDPOINT": "PJSIP/100"], "ASTERISK_AGENT_ENDPOINT must have {extension}"),
      (["--registration", "ajar"], [:], "--registration must"),
      (["check", "copy"], [:], "'check' takes no further word, and does not know what to do with 'copy'"),
      (["token", "/srv"], [:], "--data FOLDER"), (["serve", "--port", "0", "x"], [:], "with 'x'"),
      (["export", "lines"], [:], "'lines'"), (["import", "a", "b"], [:], "'import' takes one file"),
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
    (["--carrier", "signalwire"], "SIGNALWIRE_SIGNING_KEY"),
  ]) func saysWhatACarrierNeeds(arguments: [String], name: String) throws {
    let settings = try Invocation(arguments, environment: [:]).settings
    let error = #expect(throws: UsageError.self) { try Carrying.dialer(settings) }
    #expect(error?.description.contains(name) == true, "\(error?.description ?? "")")
  }

  @Test("Carriers stand in order of priority, and those with weights that stand together share the calls")
  func takesSeveralCarriers() throws {
    let shares = { (text: String) in
      try Invocation(["--carrier", text], environment: [:]).settings.carriers
        .map { "\($0.carrier.rawValue) \($0.priority) \($0.weight)" }
    }
    #expect(try shares("plivo, twilio") == ["plivo 0 1.0", "twilio 1 1.0"])
    #expect(
      try shares("twilio:3,plivo:1,signalwire,asterisk:0") == [
        "twilio 0 3.0", "plivo 0 1.0", "signalwire 1 1.0", "asterisk 2 0.0",
      ])
    for text in ["", ",", "twilio,twilio", "twilio:-1", "twilio:x", "twilio:", "simulated,twilio", "pigeon,twilio"] {
      let error = #expect(throws: UsageError.self, "\(text)") { try Invocation(["--carrier", text], environment: [:]) }
      #expect(error?.description.hasPrefix("--carrier must") == true, "\(error?.description ?? "")")
    }
  }

  @Test("Legal hours are kept with a real carrier alone unless it is said, and nobody real is called for show")
  func keepsLegalHoursWithARealCarrier() throws {
    let settings = { try Invocation($0, environment: [:]).settings }
    #expect(try !settings([]).legalHours && settings(["--legal-hours", "on"]).legalHours)
    #expect(try settings(["--carrier", "twilio"]).legalHours)
    #expect(try !settings(["--carrier", "twilio", "--legal-hours", "off"]).legalHours)
    #expect(try Serving.engineConfiguration(settings(["--carrier", "twilio"])).keepsLegalHours == true)
    #expect(try Serving.engineConfiguration(settings([])).keepsLegalHours == false)
    try Demo.check(settings(["--demo"]))
    try Demo.check(settings(["--carrier", "twilio"]))
    let demo = try settings(["--demo", "--carrier", "twilio"])
    let error = #expect(throws: UsageError.self) { try Demo.check(demo) }
    #expect(error?.description.contains("--demo") == true)
  }

  @Test(
    "Whoever has a proxy in front of the server is not on this machine",
    arguments: [
      ([], true), (["--host", "0.0.0.0"], false), (["--host", "/run/campaigns"], true),
      (["--public-url", "https://calls.example.com"], false), (["--trusted-proxies", "127.0.0.1"], false),
    ] as [([String], Bool)]) func knowsOfProxies(arguments: [String], isLocal: Bool) throws
  {
    #expect(try Invocation(arguments, environment: [:]).settings.isReachedFromThisMachineOnly == isLocal)
  }

  @Test("With a real carrier strangers open no account unless it is said") func closesRegistration() throws {
    for (arguments, environment, isOpen) in [
      ([], [:], true), (["--carrier", "twilio"], [:], false), (["--registration=closed"], [:], false),
      (["--carrier", "twilio", "--registration", "open"], ["REGISTRATION": "closed"], true),
    ] as [([String], [String: String], Bool)] {
      #expect(try Invocation(arguments, environment: environment).settings.isRegistrationOpen == isOpen)
    }
    let file = Array(#"{"REGISTRATION": "closed"}"#.utf8)
    let invocation = try Invocation(["--config", "c.json"], environment: [:]) { _ in file }
    #expect(!invocation.settings.isRegistrationOpen)
  }

  @Test("All that is missing is said at once, of each carrier") func saysWhatEachCarrierNeeds() throws {
    let settings = try Invocation(
      ["--carrier", "twilio,plivo,asterisk", "--twilio-account", "AC1"], environment: [:]
    ).settings
    let error = #expect(throws: UsageError.self) { try Carrying.dialer(settings) }
    #expect(
      error?.description == "to call with twilio set TWILIO_AUTH_TOKEN, PUBLIC_URL; "
        + "to call with plivo set PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN, PUBLIC_URL; "
        + "to call with asterisk set ASTERISK_URL, ASTERISK_USER, ASTERISK_PASSWORD, ASTERISK_ENDPOINT")
    #expect(throws: UsageError.self) { try Moving.check(settings) }
  }

  @Test func takesRealCarriers() throws {
    let common = ["PUBLIC_URL": "https://calls.example.com"]
    for (carrier, own) in [
      ("twilio", ["TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "TWILIO_BASE_URL": "http://127.0.0.1:1"]),
      ("plivo", ["PLIVO_AUTH_ID": "MA1", "PLIVO_AUTH_TOKEN": "x"]),
      (
        "signalwire",
        [
          "SIGNALWIRE_SPACE": "example", "SIGNALWIRE_PROJECT_ID": "p", "SIGNALWIRE_API_TOKEN": "x",
          "SIGNALWIRE_SIGNING_KEY": "x",
        ]
      ),
    ] {
      let environment = common.merging(own) { $1 }.merging(["CARRIER": carrier]) { $1 }
      #expect(try Carrying.dialer(Invocation([], environment: environment).settings).name == carrier)
    }
    #expect(try Carrying.dialer(Settings()).name == "simulated")
    let both = common.merging([
      "CARRIER": "twilio,plivo", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "x", "PLIVO_AUTH_ID": "MA1",
      "PLIVO_AUTH_TOKEN": "x",
    ]) { $1 }
    let trunks = try #require(try Carrying.dialer(Invocation([], environment: both).settings) as? Trunks)
    #expect(trunks.conditions.map(\.name) == ["twilio", "plivo"])
  }

  @Test("The webhooks are mounted nowhere else than carriers are told to report") func keepsWebhooks() throws {
    var settings = Settings()
    settings.mounts["webhooks"] = "/x"
    let error = #expect(throws: UsageError.self) { try Mounting.dialects(settings) }
    #expect(error.map { "\($0)".contains("webhooks stay at /webhooks") } == true)
    settings.mounts["webhooks"] = "/webhooks"
    #expect(try Mounting.dialects(settings).contains { $0.name == "webhooks" && $0.base == "/webhooks" })
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
        text.contains(
          row.replacingOccurrences(of: "on|off", with: "on\\|off")
            .replacingOccurrences(of: "open|closed", with: "open\\|closed")),
        "missing in Documentation/Server.md: \(row)")
    }
    for command in Command.allCases { #expect(text.contains("`\(command.rawValue)`")) }
  }
}
