/// What headers are called in the files that programs export.
enum HeaderWords {
  /// What a header most likely means, and how surely: the smaller number, the surer.
  struct Guess {
    var field: LeadField
    var rank: Int
  }

  static func meaning(of header: String) -> Guess? {
    let key = HeaderKey(header).text
    if let field = fields[key] { return Guess(field: field, rank: 0) }
    return phoneRank(key, header).map { Guess(field: .phone, rank: $0) }
  }

  /// The columns that hold phone numbers as far as their names tell, the likelier first. Vague ones count where there
  /// are no others.
  static func phoneColumns(among guesses: [Guess?]) -> [Int] {
    let phones = guesses.enumerated().compactMap { column, guess in
      guess.flatMap { $0.field == .phone ? (rank: $0.rank, column: column) : nil }
    }
    let hasSure = phones.contains { $0.rank < vagueRank }
    return phones.filter { $0.rank < vagueRank || !hasSure }.sorted { ($0.rank, $0.column) < ($1.rank, $1.column) }
      .map(\.column)
  }

  private static let vagueRank = 3

  /// `phone2` is a phone column like `phone`, and `customer phone number` one like `phone number`.
  private static func phoneRank(_ key: String, _ header: String) -> Int? {
    let word = withoutNumber(key)
    if key == "e164" || phones.contains(word) { return 0 }
    if mobiles.contains(word) { return 1 }
    // Many a word ends like a short one: a title is no telephone in German.
    if longWords.contains(where: { word.hasSuffix($0) }) { return 2 }
    if endings(of: header).contains(where: { phones.contains($0) || mobiles.contains($0) }) { return 2 }
    return vague.contains(word) ? vagueRank : nil
  }

  private static func withoutNumber(_ key: String) -> String {
    String(key.reversed().drop { ("0"..."9").contains($0) }.reversed())
  }

  /// What a header ends with, from the beginning of each of its words on: of `Home Tel No` that is `telno` and `no`.
  private static func endings(of header: String) -> [String] {
    var words: [String] = [""]
    var isSmall = false
    for character in header {
      let isWord = character.isLetter || character.isNumber
      if !isWord || isSmall && character.isUppercase { words.append("") }
      if isWord { words[words.count - 1].append(character) }
      isSmall = character.isLowercase
    }
    var endings: [String] = []
    for word in words.reversed().prefix(4) where !word.isEmpty {
      endings.append(word + (endings.last ?? ""))
    }
    return endings.map { withoutNumber(HeaderKey($0).text) }
  }

  private static let phones: Set<String> = [
    "phone", "phonenumber", "phoneno", "phonenr", "phonenum", "phonenormalized", "telephone", "telephonenumber",
    "telephoneno", "tel", "telno", "telnr", "telefon", "telefonnummer", "telefonnr", "telefono", "numerodetelefono",
    "telefone", "numerodetelephone", "telefoonnummer", "msisdn",
  ]
  private static let mobiles: Set<String> = [
    "mobile", "mobilenumber", "mobileno", "mobil", "mobilnummer", "mobiltelefon", "movil", "celular", "cell",
    "cellnumber", "cellular", "handy", "handynummer", "gsm",
  ]
  private static let longWords = phones.union(mobiles).filter { $0.utf8.count > 4 }
  /// Words that may mean something else, taken when there is nothing better.
  private static let vague: Set<String> = ["contactnumber", "contactno", "number", "numero", "nummer", "portable"]

  private static let fields: [String: LeadField] = {
    let words: [(LeadField, [String])] = [
      (.phoneExtension, ["phoneextension", "extension", "ext", "phoneext"]),
      (.name, ["name", "fullname", "contactname", "leadname", "customername", "clientname"]),
      (.firstName, ["firstname", "givenname", "forename", "fname", "vorname", "prenom", "nombre"]),
      (.lastName, ["lastname", "surname", "familyname", "lname", "nachname", "apellido", "apellidos", "nom"]),
      (.email, ["email", "emailaddress", "mail", "emailid", "correo", "correoelectronico"]),
      (
        .company,
        ["company", "companyname", "organization", "organisation", "businessname", "firma", "empresa", "entreprise"]
      ),
      (.country, ["country", "countrycode", "land", "pais", "pays"]),
      (.type, ["type", "leadtype"]),
      (.subject, ["subject"]),
      (.priority, ["priority", "prio", "leadpriority"]),
      (.notes, ["notes", "note", "comment", "comments", "remark", "remarks"]),
      (.timeZone, ["timezone", "tz"]),
      (.notBefore, ["notbefore", "callafter", "nextcallat", "scheduledat", "scheduledfor"]),
      (.metadata, ["metadata", "customfields"]),
      (.doNotCall, ["donotcall", "dnc", "optout", "optedout"]),
    ]
    var fields: [String: LeadField] = [:]
    for (field, words) in words { for word in words { fields[word] = field } }
    return fields
  }()
}
