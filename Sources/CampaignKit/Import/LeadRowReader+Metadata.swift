import JSON

// Columns of JSON, which may take several fields of a record.
extension LeadRowReader {
  /// Where a column stands in a record in which the JSON takes several fields.
  @inline(__always)
  func place(of column: Int, _ metadataWidth: Int) -> Int {
    guard metadataWidth > 1, let metadataColumn, column > metadataColumn else { return column }
    return column + metadataWidth - 1
  }

  /// How many fields the JSON of a record takes: several, if it has delimiters and no quotes around it.
  ///
  /// - Throws: What is wrong with the fields of the record, as far as they are not such JSON.
  func widthOfMetadata(_ record: borrowing CSVReader) throws(Refusal) -> Int {
    let count = mapping.columns.count
    var width = 1
    if record.count > count, let metadataColumn {
      let columns = metadataColumn..<metadataColumn + record.count - count + 1
      if record.withRawBytes(of: columns, CellText.isJSON) { width = columns.count }
    }
    if let problem = record.problem {
      let column = (problem.column ?? 1) - 1
      // Quotes inside JSON are none of CSV.
      guard width > 1, let metadataColumn, (metadataColumn..<metadataColumn + width).contains(column) else {
        throw Refusal(
          field: mapping.columns.indices.contains(column) ? mapping.columns[column].field : nil,
          value: record.text(at: column), reason: problem.message)
      }
    }
    guard width == 1, record.count > count else { return width }
    // A delimiter at the end of the line is no further field.
    for column in count..<record.count where record.withBytes(at: column, { !$0.isEmpty }) {
      throw Refusal(
        field: nil, value: record.text(at: column),
        reason:
          "The row has \(record.count) fields, the header \(count); put a field with a delimiter in it into quotes")
    }
    return 1
  }

  func metadata(
    _ record: borrowing CSVReader, _ places: Range<Int>, _ column: Int
  ) throws(Refusal) -> JSONObject {
    let encoding = record.encoding
    let name = mapping.columns[column].name
    let read = { (bytes: UnsafeRawBufferPointer) in
      Result { () throws(JSONError) in
        try CellText.metadata(CellText.trimmed(bytes), column: name, as: encoding)
      }
    }
    let result =
      places.count == 1
      ? record.withBytes(at: places.lowerBound, read) : record.withRawBytes(of: places, read)
    do throws(JSONError) {
      return try result.get()
    } catch {
      throw Refusal(
        field: .metadata, value: record.text(at: places.lowerBound), reason: "Metadata is no JSON: \(error.message)")
    }
  }
}
