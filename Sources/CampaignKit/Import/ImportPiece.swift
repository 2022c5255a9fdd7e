/// Rows that are taken into a store together.
struct ImportPiece: Sendable {
  /// Rows of the file before these, the header not counted.
  var firstRow: Int
  /// How many rows these are.
  var count = 0
  /// The leads, and the number of the row of each.
  var leads = PackedLeads()
  var rows: [Int] = []
  /// A row whose numbers are to go on the do-not-call list.
  struct Mark: Sendable {
    var row: Int
    /// How many leads come before it.
    var place: Int
    /// Whether it makes a lead itself.
    var isLead: Bool
    var numbers: [PhoneNumber]
    /// Which of its numbers cannot be read; empty if there is none.
    var unread = ""
  }

  var marked: [Mark] = []
  /// Rows that made no lead, in their order, and what they take, more or less.
  var refused: [RefusedRow] = []
  var refusedBytes = 0
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
