import CampaignKit
import Testing

/// How people write telephone numbers.
@Suite struct PhoneParsingTests {
  private static func read(_ text: String, _ region: String?) -> String {
    do throws(PhoneNumberError) {
      let parsed = try PhoneNumber.parse(text, defaultRegion: region.flatMap { Region($0) })
      return parsed.number.description + (parsed.phoneExtension.map { " x" + $0 } ?? "")
    } catch {
      return error.problem.rawValue + (error.position.map { " at \($0)" } ?? "")
    }
  }

  @Test(
    arguments: [
      // The trunk prefix, and what stands in front of a number for abroad.
      ("030 2345678", "DE", "+49302345678"), ("0049 30 2345678", "FR", "+49302345678"),
      ("011 49 30 2345678", "US", "+49302345678"), ("+49 (0)30 2345678", nil, "+49302345678"),
      ("+0049 30 2345678", "FR", "+49302345678"), ("8 (495) 123-45-67", "RU", "+74951234567"),
      ("8~10 49 30 2345678", "RU", "+49302345678"), ("011 15 2345-6789", "AR", "+5491123456789"),
      ("0 21 11 91234-5678", "BR", "+5511912345678"), ("06 6982 1234", "IT", "+390669821234"),
      ("460-1234", "AG", "+12684601234"),
      // Letters.
      ("1-800-FLOWERS", "US", "+18003569377"), ("1300 flower", "AU", "+611300356937"),
      // Extensions.
      ("(415) 555-2671 ext. 89", "US", "+14155552671 x89"), ("+14155552671x89", nil, "+14155552671 x89"),
      ("+14155552671 #89", nil, "+14155552671 x89"), ("+14155552671,,89#", nil, "+14155552671 x89"),
      ("+1 415 555 2671 extensión 89", nil, "+14155552671 x89"), ("+74951234567 доб. 12", nil, "+74951234567 x12"),
      ("+1 415 555 2671 anexo: 89", nil, "+14155552671 x89"), ("+14155552671;ext=0089", nil, "+14155552671 x0089"),
      ("+1 415 555 2671 - 89#", nil, "+14155552671 x89"), ("415-555-2671 int 12345678", "US", "+14155552671 x12345678"),
      // Addresses.
      ("tel:+1-415-555-2671", nil, "+14155552671"), ("tel:555-2671;phone-context=+1-415", nil, "+14155552671"),
      ("tel:415-555-2671;phone-context=example.com", "US", "+14155552671"),
      ("tel:+14155552671;isub=12345", nil, "+14155552671"),
      // Other scripts, wide forms, and what cannot be seen.
      ("＋１　（４１５）　５５５－２６７１", nil, "+14155552671"), ("+٤٩ ٣٠ ٢٣٤٥٦٧٨", nil, "+49302345678"),
      ("०३० २३४५६७८", "DE", "+49302345678"), ("\u{202a}+49 30 2345678\u{202c}", nil, "+49302345678"),
      ("+49\u{200b}30\u{a0}234\u{2011}5678", nil, "+49302345678"), ("+4️⃣9️⃣302345678", nil, "+49302345678"),
      // What stands around it.
      ("Tel.: 030/2345678.", "DE", "+49302345678"), ("++49 30 2345678", nil, "+49302345678"),
      ("(030) 2345678 / x1234", "DE", "+49302345678"),
    ] as [(String, String?, String)])
  func textsAreRead(_ text: String, _ region: String?, _ expected: String) {
    #expect(Self.read(text, region) == expected)
  }

  @Test(
    arguments: [
      ("", "US", "noDigits"), ("n/a", "US", "noDigits"), ("+", nil, "noDigits"), ("\u{0}", "US", "noDigits"),
      ("415 555 2671", nil, "noRegion"), ("415 555 2671", "QQ", "noRegion"), ("+999 123456", nil, "unknownCallingCode"),
      ("+1 415 555 267", nil, "tooShort"), ("+1 415 555 26711", nil, "tooLong"), ("+49", nil, "noDigits"),
      ("+1 999 555 2671", nil, "notAssigned"), ("555-2671", "US", "areaCodeMissing"),
      ("415 555 2671 & 415 555 2672", "US", "unexpectedCharacter at 13"),
      ("41b5552671", "US", "unexpectedCharacter at 2"),
      ("+1 415 +555 2671", nil, "unexpectedCharacter at 7"), ("+1 415 555\u{0}2671", nil, "unexpectedCharacter at 10"),
      ("415 555 2671 or 415 555 2672", "US", "tooLong"),
      ("12345678901234567890123456789012345", "US", "tooLong"),
      ("911", "US", "emergencyNumber"), ("112", "DE", "emergencyNumber"), ("+49 112", nil, "emergencyNumber"),
      ("١١٠", "DE", "emergencyNumber"), ("999", "GB", "emergencyNumber"), ("000", "AU", "emergencyNumber"),
      ("411", "US", "shortNumber"), ("118118", "GB", "shortNumber"),
    ] as [(String, String?, String)])
  func whatIsNoNumberIsRefused(_ text: String, _ region: String?, _ problem: String) {
    #expect(Self.read(text, region) == problem)
  }

  @Test func numbersAreWrittenAsTheirCountriesDo() throws {
    let forms = [
      ("+14155552671", "(415) 555-2671", "+1 415-555-2671"), ("+442079460018", "020 7946 0018", "+44 20 7946 0018"),
      ("+33612345678", "06 12 34 56 78", "+33 6 12 34 56 78"),
      ("+5491123456789", "011 15-2345-6789", "+54 9 11 2345-6789"),
      ("+390669821234", "06 6982 1234", "+39 06 6982 1234"), ("+80012345678", "1234 5678", "+800 1234 5678"),
    ]
    for (text, national, international) in forms {
      let number = try #require(PhoneNumber(text))
      #expect(number.national == national)
      #expect(number.international == international)
    }
    let nobodys = try #require(PhoneNumber("+999123"))
    #expect(nobodys.national == "999123")
    #expect(nobodys.international == "+999123")
    #expect(nobodys.region == nil && nobodys.kind == nil && nobodys.timeZones.isEmpty && nobodys.callingCode == nil)
  }

  @Test func timeZonesAreThoseOfThePlace() throws {
    let boise = try #require(PhoneNumber("+12083879229"))
    #expect(Array(boise.timeZones) == ["America/Boise", "America/Los_Angeles"])
    let mobile = try #require(PhoneNumber("+79161234567"))
    #expect(mobile.timeZones.count > 5 && mobile.timeZones.contains("Europe/Moscow"))
    let satellite = try #require(PhoneNumber("+881612345678"))
    #expect(satellite.region == .world && satellite.timeZones.isEmpty)
  }

  @Test func noEmergencyNumberIsAssignable() {
    for digits in [112, 911, 999, 110, 118] as [UInt64] {
      #expect(PhoneNumber(digits: digits)?.isAssignable == false)
    }
  }

  @Test func regionsAreTwoLetters() {
    #expect(Region("de") == Region("DE"))
    #expect(Region("DE")?.description == "DE")
    #expect(Region("001") == .world)
    for text in ["", "D", "DEU", "D1", "ÄÖ", "[]", "@A", "\u{0}\u{0}"] { #expect(Region(text) == nil, "\(text)") }
    #expect(Region("DE")?.callingCode == 49)
    #expect(Region("ZZ")?.isKnown == false)
  }

  // MARK: Hostile texts

  @Test func hugeTextsAreRefusedAtOnce() {
    let huge = String(repeating: "1", count: 8_000_000)
    #expect(Self.read(huge, "US") == "tooLong")
    #expect(Self.read("+1 415 555 2671" + String(repeating: "\u{301}", count: 1_000_000), nil) == "tooLong")
    #expect(Self.read(String(repeating: "+", count: 1000), nil) == "noDigits")
    #expect(Self.read(String(repeating: "x1", count: 500), "US") == "tooLong")
    #expect(Self.read(String(repeating: ",", count: 999) + "1", "US") == "noDigits")
  }

  @Test func anyBytesAreReadOrRefused() {
    var dice = Dice(4)
    let alphabet = Array("+0123456789 -()./x#,;~ext=tel:*\u{0}".utf8) + [0xff, 0xd9, 0xa0, 0xef, 0xbc, 0x91]
    for _ in 0..<20_000 {
      let bytes = (0..<dice(0...24)).map { _ in alphabet[dice(0...alphabet.count - 1)] }
      let region = Region.all[dice(0...Region.all.count - 1)]
      let parsed = bytes.withUnsafeBufferPointer { try? PhoneNumber.parse(utf8: $0, defaultRegion: region) }
      guard let parsed else { continue }
      #expect(parsed.number.isAssignable, "\(bytes) in \(region)")
      #expect((try? PhoneNumber.parse(parsed.number.international))?.number == parsed.number, "\(bytes) in \(region)")
    }
  }
}
