import CampaignKit
import Testing

/// How near numbers are to each other.
@Suite struct PhoneNearnessTests {
  private func nearness(_ left: String, _ right: String) throws -> Int {
    let nearness = try #require(PhoneNumber(left)).nearness(to: #require(PhoneNumber(right)))
    #expect(try #require(PhoneNumber(right)).nearness(to: #require(PhoneNumber(left))) == nearness)
    return nearness
  }

  @Test(arguments: [
    // Different countries, among them those whose calling codes begin alike.
    ("+14155550100", "+442079460123", 0), ("+353123456789", "+351213456789", 0), ("+393312345678", "+390612345678", 1),
    // The same country; in North America all of an area code has to agree.
    ("+14155550100", "+12125550100", 1), ("+14155550100", "+14165550100", 1), ("+14155550100", "+14157770100", 4),
    ("+14155550100", "+14155550199", 9), ("+14155550100", "+14155550100", 11),
    // Elsewhere two digits do.
    ("+493012345678", "+498912345678", 1), ("+493012345678", "+493087654321", 4), ("+4921112345", "+49213112345", 4),
    ("+442079460123", "+442079460999", 9), ("+35312345678", "+35319999999", 1), ("+35312345678", "+35312999999", 5),
    ("+74951234567", "+74991234567", 3), ("+74951234567", "+78121234567", 1),
    // One that ends where the other goes on, with a zero.
    ("+4930123", "+49301230", 7), ("+493012", "+49301200", 6),
  ])
  func isHowManyDigitsAreShared(left: String, right: String, expected: Int) throws {
    #expect(try nearness(left, right) == expected, "\(left) \(right)")
  }

  /// A number of a country is in the same country as another of its calling code, and in no other.
  @Test func goesByTheCallingCodesThatThereAre() throws {
    let codes = Set(Region.all.compactMap(\.callingCode)).sorted()
    let numbers = codes.map { code in
      (code, PhoneNumber("+\(code)55500000"), PhoneNumber("+\(code)99900000"))
    }
    #expect(codes.count > 200)
    for (code, number, other) in numbers {
      let number = try #require(number)
      #expect(try number.nearness(to: #require(other)) == 1, "\(code)")
      for (foreign, stranger, _) in numbers where foreign != code {
        #expect(try number.nearness(to: #require(stranger)) == 0, "\(code) \(foreign)")
      }
    }
  }
}
