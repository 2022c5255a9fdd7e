#if PostgreSQL
  internal import CampaignKit

  /// A value that can be given to a statement, as the text that PostgreSQL reads.
  protocol SQLValue {
    /// The text; nil for NULL.
    var sqlText: String? { get }
  }

  extension Int: SQLValue {
    var sqlText: String? { String(self) }
  }

  extension Int64: SQLValue {
    var sqlText: String? { String(self) }
  }

  extension Double: SQLValue {
    var sqlText: String? { description }
  }

  extension Bool: SQLValue {
    var sqlText: String? { self ? "t" : "f" }
  }

  extension String: SQLValue {
    var sqlText: String? { self }
  }

  extension Timestamp: SQLValue {
    var sqlText: String? { String(milliseconds) }
  }

  extension Duration: SQLValue {
    var sqlText: String? { String(milliseconds) }
  }

  extension PhoneNumber: SQLValue {
    var sqlText: String? { String(digits) }
  }

  // 96 bits in the upper part of a uuid, which has a fixed size and sorts the same way.
  extension Identifier: SQLValue {
    var sqlText: String? { description + "00000000" }
  }

  extension Optional: SQLValue where Wrapped: SQLValue {
    var sqlText: String? { flatMap(\.sqlText) }
  }

  extension Array: SQLValue where Element: SQLValue {
    /// The text of an array, each element in quotation marks.
    var sqlText: String? {
      var text: [UInt8] = [UInt8(ascii: "{")]
      for (index, element) in enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        guard let element = element.sqlText else {
          text.append(contentsOf: "NULL".utf8)
          continue
        }
        text.append(UInt8(ascii: "\""))
        for byte in element.utf8 {
          if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
          text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
      }
      text.append(UInt8(ascii: "}"))
      return String(decoding: text, as: UTF8.self)
    }
  }

  extension RawRepresentable where Self: SQLValue, RawValue == String {
    var sqlText: String? { rawValue }
  }

  extension Campaign.Status: SQLValue {}
  extension Lead.Status: SQLValue {}
  extension Lead.Trigger: SQLValue {}
  extension Call.Status: SQLValue {}
  extension Call.FollowUp: SQLValue {}
  extension Disposition: SQLValue {}
  extension AnsweredBy: SQLValue {}
  extension Agent.Status: SQLValue {}
  extension Agent.Kind: SQLValue {}
  extension ImportBatch.Status: SQLValue {}
  extension CampaignEvent.Kind: SQLValue {}
#endif
