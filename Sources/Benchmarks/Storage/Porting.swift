import CampaignKit
import JSON

/// How long a whole store takes to be written as lines of JSON, and to be taken in by a durable one.
func measurePorting(_ context: Context) async throws {
  let count = context.scaled(200_000)
  let source = try await StoreFixture(LocalStore.memory)
  var leads = LeadSource()
  try await source.fill(count, from: &leads)
  var lines: [[UInt8]] = []
  var exporting = Samples()
  for _ in 0..<context.rounds(3) {
    lines = []
    exporting.add(try await seconds { try await source.store.exportLines { lines.append($0) } })
  }
  var importing = Samples()
  var reading = Samples()
  for _ in 0..<context.rounds(3) {
    let store = try LocalStore.file(at: context.folder.fresh("porting"))
    importing.add(try await seconds { try await store.importLines(Pieces(pieces: lines)) })
    try await store.close()
    reading.add(
      try await seconds {
        var reader = StoreLineReader()
        for piece in lines { keep(try reader.take(piece)) }
        keep(try reader.finish())
      })
  }
  context.report.add(
    Figure(
      name: "export of \(count.grouped) leads as lines", value: exporting.median, unit: "s",
      note: "\(lines.reduce(0) { $0 + $1.count }.grouped) bytes"))
  context.report.add(
    Figure(
      name: "import of \(count.grouped) leads from lines, durable", value: importing.median, unit: "s",
      limit: reading.median, note: "the same lines read into records, and not kept"))
}

/// Pieces that are there already, as a sequence that is waited for.
private struct Pieces: AsyncSequence {
  let pieces: [[UInt8]]

  struct Iterator: AsyncIteratorProtocol {
    var rest: ArraySlice<[UInt8]>

    mutating func next() async -> [UInt8]? { rest.popFirst() }
  }

  func makeAsyncIterator() -> Iterator { Iterator(rest: pieces[...]) }
}
