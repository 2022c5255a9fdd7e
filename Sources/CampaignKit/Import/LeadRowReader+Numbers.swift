// The phone numbers of a record.
extension LeadRowReader {
  func numbers(_ record: borrowing CSVReader, _ metadataWidth: Int) throws(Refusal) -> Numbers {
    let region = region(of: record, metadataWidth)
    var numbers: Numbers?
    var unread: [(column: Int, reason: String)] = []
    var surplus: [Int] = []
    for column in mapping.phones where place(of: column, metadataWidth) < record.count {
      switch reading(record, place(of: column, metadataWidth), region) {
      case nil: continue
      case .failure(let refusal): unread.append((column, refusal.reason))
      case .success(let reading):
        guard let known = numbers else {
          numbers = Numbers(first: reading)
          continue
        }
        guard known.first.number != reading.number, !known.further.contains(where: { $0.number == reading.number })
        else { continue }
        guard known.further.count < Contact.maximumFurtherNumbers else {
          numbers?.surplus.append(reading.number)
          surplus.append(column)
          continue
        }
        let label = mapping.columns[column].name
        numbers?.further.append(
          Contact.Number(reading.number, phoneExtension: reading.phoneExtension, label: label))
      }
    }
    guard var numbers else {
      guard let first = unread.first else {
        throw Refusal(field: .phone, value: "", reason: "Phone number is required")
      }
      throw Refusal(
        field: .phone, value: record.text(at: place(of: first.column, metadataWidth)), reason: first.reason)
    }
    // Of several numbers one is enough. What stands in place of the others is kept as it is.
    for column in unread.map(\.column) + surplus {
      guard let text = text(record, place(of: column, metadataWidth)) else { continue }
      numbers.unread.append((mapping.columns[column].name, text))
    }
    return numbers
  }

  @inline(__always)
  private func reading(
    _ record: borrowing CSVReader, _ place: Int, _ region: String?
  ) -> Result<PhoneReading, PhoneRefusal>? {
    record.withBytes(at: place) { bytes in
      let bytes = CellText.trimmed(bytes)
      guard !bytes.isEmpty else { return nil }
      return Result { () throws(PhoneRefusal) in try phones.read(bytes, region: region) }
    }
  }

  /// The country whose national numbers are meant: what the row says, or what was told for all.
  private func region(of record: borrowing CSVReader, _ metadataWidth: Int) -> String? {
    guard let column = texts.country else { return region }
    return record.withBytes(at: place(of: column, metadataWidth)) { CellText.region(CellText.trimmed($0)) }
      ?? region
  }
}

extension LeadRowReader.Numbers {
  var all: [PhoneNumber] { [first.number] + further.map(\.number) + surplus }

  /// Names the numbers that cannot be read, not too many of them; empty if there is none.
  var unreadList: String {
    let count = unread.count - surplus.count
    guard count > 0 else { return "" }
    let some = unread.prefix(min(count, 20)).map { "'\($0.text.prefix(60))' in '\($0.column.prefix(60))'" }
    return ", but not " + some.joined(separator: ", ") + (count > 20 ? " and \(count - 20) more" : "")
      + ", which cannot be read"
  }
}

extension LeadRowReader.Refusal {
  /// The refusal of a record that is marked nevertheless.
  func marking(_ numbers: borrowing LeadRowReader.Numbers) -> Self {
    var refusal = self
    refusal.marked = numbers.all
    refusal.reason += "; its numbers are on the do-not-call list all the same" + numbers.unreadList
    return refusal
  }
}
