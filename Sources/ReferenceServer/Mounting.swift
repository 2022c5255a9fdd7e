import CampaignCarriers
import CampaignServer

/// Which dialects there are, and where they hang.
enum Mounting {
  /// The dialects at the bases that the settings ask for.
  ///
  /// - Throws: A ``UsageError`` for a name that no dialect has, and for webhooks elsewhere than carriers are told to
  ///   report.
  static func dialects(_ settings: Settings) throws(UsageError) -> [Dialect] {
    var dialects: [Dialect] = [
      .server(), .tenant(), .v1(), .voice(), .plivo(), .webhooks(verifiers(settings)),
    ]
    let names = dialects.map(\.name)
    for name in settings.mounts.keys.sorted() + settings.openDialects.sorted() where !names.contains(name) {
      throw UsageError("there is no dialect '\(name)'; there are \(names.joined(separator: ", "))")
    }
    if let base = settings.mounts["webhooks"], base != "/webhooks", base != "/webhooks/" {
      throw UsageError("--mount: webhooks stay at /webhooks, where carriers are told to report; move the others")
    }
    for index in dialects.indices {
      if let base = settings.mounts[dialects[index].name] {
        dialects[index].base = base.hasSuffix("/") ? String(base.dropLast()) : base
      }
    }
    // The document of the tenants has them below its own base.
    if let tenant = dialects.first(where: { $0.name == "tenant" }), !tenant.base.isEmpty {
      dialects.append(.webhooks(verifiers(settings), name: "tenant-webhooks", base: tenant.base + "/webhooks"))
    }
    return dialects
  }

  /// Who tells what carriers have signed, for those whose secret was set.
  private static func verifiers(_ settings: Settings) -> [WebhookVerifier] {
    [
      settings.twilioToken.map { .twilio(authToken: $0) }, settings.plivoToken.map { .plivo(authToken: $0) },
      settings.signalWireKey.map { .signalWire(signingKey: $0) },
    ].compactMap { $0 }
  }
}
