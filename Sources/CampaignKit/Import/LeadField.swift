/// What a column of a file means.
public enum LeadField: Hashable, Sendable {
  /// A phone number. Several columns may be phone numbers; the first that has one is the lead's.
  case phone
  /// What to dial after the number was answered.
  case phoneExtension
  /// The whole name, where it comes as one.
  case name
  /// The first name.
  case firstName
  /// The last name.
  case lastName
  /// The e-mail address.
  case email
  /// The company.
  case company
  /// The country, as a name or a code. A code also says how national phone numbers are meant.
  case country
  /// What kind of lead it is.
  case type
  /// What the calls are about.
  case subject
  /// The place in the order of calls: a whole number, the smaller the earlier, or `high`, `normal` or `low`.
  case priority
  /// What somebody wrote about the lead.
  case notes
  /// The time zone the person is in, as an IANA name.
  case timeZone
  /// The first moment at which the lead may be called.
  case notBefore
  /// A JSON object, whose members become custom fields.
  case metadata
  /// Whether the number goes on the do-not-call list.
  case doNotCall
  /// A custom field of that name.
  case custom(String)
  /// Nothing.
  case ignored
}

extension LeadField: LosslessStringConvertible {
  private static let names: [(LeadField, String)] = [
    (.phone, "phone"), (.phoneExtension, "phone_extension"), (.name, "name"), (.firstName, "first_name"),
    (.lastName, "last_name"), (.email, "email"), (.company, "company"), (.country, "country"), (.type, "type"),
    (.subject, "subject"), (.priority, "priority"), (.notes, "notes"), (.timeZone, "timezone"),
    (.notBefore, "not_before"), (.metadata, "metadata"), (.doNotCall, "do_not_call"), (.ignored, "ignored"),
  ]
  private static let customPrefix = "custom_fields."

  /// The names of all fields but the custom ones.
  public static let allNames: [String] = names.map(\.1)

  /// The name, such as `first_name`, and `custom_fields.plan` for a custom field.
  public var description: String {
    if case .custom(let name) = self { return Self.customPrefix + name }
    return Self.names.first { $0.0 == self }?.1 ?? "ignored"
  }

  /// Reads a name; case, spaces, underscores and hyphens make no difference, but in the name of a custom field.
  public init?(_ description: String) {
    if description.hasPrefix(Self.customPrefix) {
      let name = String(description.dropFirst(Self.customPrefix.count))
      guard !name.isEmpty else { return nil }
      self = .custom(name)
      return
    }
    let key = HeaderKey(description)
    guard let known = Self.names.first(where: { HeaderKey($0.1) == key }) else { return nil }
    self = known.0
  }
}

/// A header without what differs from one program to the next: case, accents, spaces and punctuation.
struct HeaderKey: Hashable {
  let text: String

  init(_ header: String) {
    var text = ""
    for scalar in header.lowercased().unicodeScalars where scalar.properties.isAlphabetic || scalar.isDigit {
      text += Self.withoutAccents[scalar] ?? String(scalar)
    }
    self.text = text
  }

  /// The letters of western languages.
  private static let withoutAccents: [Unicode.Scalar: String] = {
    var letters: [Unicode.Scalar: String] = ["ß": "ss", "æ": "ae", "œ": "oe"]
    let plain = [
      "a": "àáâãäåāăą", "c": "çćč", "d": "ďđ", "e": "èéêëēęě", "g": "ğ", "i": "ìíîïīı", "l": "ł", "n": "ñńň",
      "o": "òóôõöøő", "r": "ř", "s": "śšş", "t": "ťţ", "u": "ùúûüūůű", "y": "ýÿ", "z": "źżž",
    ]
    for (letter, accented) in plain { for scalar in accented.unicodeScalars { letters[scalar] = letter } }
    return letters
  }()
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
