import Digests
import Testing

@Suite struct TextFormsTests {
  /// RFC 4648, section 10.
  @Test(
    arguments: [
      ("", "", ""), ("f", "Zg==", "66"), ("fo", "Zm8=", "666f"), ("foo", "Zm9v", "666f6f"),
      ("foob", "Zm9vYg==", "666f6f62"), ("fooba", "Zm9vYmE=", "666f6f6261"), ("foobar", "Zm9vYmFy", "666f6f626172"),
    ])
  func writesAndReadsTheExamplesOfTheStandard(_ text: String, _ base64: String, _ hexadecimal: String) {
    let bytes = Array(text.utf8)
    #expect(Base64.standard.encode(bytes) == base64)
    #expect(Base64.standard.decode(base64) == bytes)
    #expect(Base64.url.encode(bytes) == base64.filter { $0 != "=" })
    #expect(Base64.url.decode(base64.filter { $0 != "=" }) == bytes)
    #expect(Hexadecimal.encode(bytes) == hexadecimal)
    #expect(Hexadecimal.decode(hexadecimal) == bytes)
    #expect(Hexadecimal.decode(hexadecimal.uppercased()) == bytes)
  }

  @Test func theAlphabetsDifferInTwoCharacters() {
    let bytes: [UInt8] = [0xFB, 0xEF, 0xFF]
    #expect(Base64.standard.encode(bytes) == "++//")
    #expect(Base64.url.encode(bytes) == "--__")
    #expect(Base64.standard.decode("--__") == nil)
    #expect(Base64.url.decode("++//") == nil)
  }

  /// Every text of up to three bytes has one form, so of all texts of four characters exactly the canonical ones read.
  @Test func everyTextThatReadsIsTheOneThatIsWritten() {
    let characters = Array("AQgZ9+/-_= \n".unicodeScalars)
    for first in characters {
      for second in characters {
        for third in characters {
          for fourth in characters {
            var text = ""
            text.unicodeScalars.append(contentsOf: [first, second, third, fourth])
            if let bytes = Base64.standard.decode(text) { #expect(Base64.standard.encode(bytes) == text) }
            if let bytes = Base64.url.decode(text) { #expect(Base64.url.encode(bytes) == text) }
          }
        }
      }
    }
  }

  @Test(arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Zm9é", "Z"])
  func refusesWhatIsNotStandard(_ text: String) {
    #expect(Base64.standard.decode(text) == nil)
  }

  @Test(arguments: ["Zg==", "Zh", "Zm9", "Z", "Zm9vZ", "Zm9v.", " Zm9v"])
  func refusesWhatIsNotForAddresses(_ text: String) {
    #expect(Base64.url.decode(text) == nil)
  }

  @Test(arguments: ["6", "6g", "0x66", "66 ", "é6"])
  func refusesWhatIsNotHexadecimal(_ text: String) {
    #expect(Hexadecimal.decode(text) == nil)
  }

  @Test func everyByteSurvives() {
    let bytes = Array<UInt8>(0...255)
    #expect(Base64.standard.decode(Base64.standard.encode(bytes)) == bytes)
    #expect(Base64.url.decode(Base64.url.encode(bytes)) == bytes)
    #expect(Hexadecimal.decode(Hexadecimal.encode(bytes)) == bytes)
  }
}
