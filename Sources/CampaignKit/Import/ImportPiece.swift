/// Rows that are taken into a store together.
struct ImportPiece: Sendable {
  /// Rows of the file before these, the header not counted.
  var firstRow: Int
  /// How many rows these are.
  var count = 0
  /// The leads, and the number of the row of each.
  var leads = PackedLeads()
  var rows: [Int] = []
  /// A lead, by its place, whose numbers are to go on the do-not-call list, and those beside its main one.
  struct Mark: Sendable {
    var place: Int
    var further: [PhoneNumber]
  }

  var marked: [Mark] = []
  /// Rows that made no lead, in their order.
  var refused: [RefusedRow] = []
  /// The rows of the leads as they came, one behind the other, and where each ends.
  var raw: [UInt8] = []
  var rawEnds: [Int] = []
  /// How many bytes of the file were read when these rows were complete.
  var bytesRead = 0

  init(firstRow: Int) {
    self.firstRow = firstRow
  }

  /// How many rows are done with after these.
  var lastRow: Int { firstRow + count }
}
