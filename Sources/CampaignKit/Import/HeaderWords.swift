/// What headers are called in the files that programs export.
enum HeaderWords {
  /// What a header most likely means, and how surely: the smaller number, the surer.
  static func meaning(of key: HeaderKey) -> (field: LeadField, rank: Int)? {
    if let field = fields[key.text] { return (field, 0) }
    return phoneRank(key.text).map { (.phone, $0) }
  }

  /// `phone2` is a phone column like `phone`, and `customer phone number` one like `phone number`.
  private static func phoneRank(_ key: String) -> Int? {
    let word = String(key.reversed().drop { ("0"..."9").contains($0) }.reversed())
    if key == "e164" || phones.contains(word) { return 0 }
    if mobiles.contains(word) { return 1 }
    if phones.contains(where: { word.hasSuffix($0) }) || mobiles.contains(where: { word.hasSuffix($0) }) { return 2 }
    return vague.contains(word) ? 3 : nil
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
