import CampaignKit
import Foundation

/// Reading a large file, piece by piece, beside a plain look at each of its bytes.
func measureCSV(_ context: Context) async throws {
  let file = try LeadFile(rows: context.scaled(1_000_000), at: context.folder.fresh("leads.csv"))
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
  let megabytes = Double(bytes.count) / 1e6
  let records = try await alternate(rounds: context.rounds(11)) {
    megabytes / (try await seconds { keep(try read(bytes, expecting: file.rows + 1) { _ in 0 }) })
  } _: {
    megabytes / (await seconds { keep(sum(bytes)) })
  }
  let note = "\(megabytes.short) MB in pieces of 256 KiB, \(file.rows.grouped) rows of 12 fields; every byte added up"
  context.report.add(
    Figure(
      name: "CSV read", value: records.value.median, unit: "MB/s", limit: records.limit.median,
      target: .atLeast(600), note: "\(note); \(spread(records))",
      peers: Peer.csvReaders.compactMap { $0.reach(file.path, "\(file.rows)") }))
  let touched = try await alternate(rounds: context.rounds(7)) {
    megabytes
      / (try await seconds {
        keep(
          try read(bytes, expecting: file.rows + 1) { reader in
            var sum = 0
            for column in 0..<reader.count { sum &+= reader.withBytes(at: column) { $0.count } }
            return sum
          })
      })
  } _: {
    megabytes / (await seconds { keep(sum(bytes)) })
  }
  context.report.add(
    Figure(
      name: "CSV read, each field looked up", value: touched.value.median, unit: "MB/s", limit: touched.limit.median,
      target: .atLeast(600), note: "\(note); \(spread(touched))"))
}

private let pieceSize = 256 << 10

/// Reads all records, each of which is handed to `use`.
private func read(_ bytes: [UInt8], expecting rows: Int, _ use: (borrowing CSVReader) -> Int) throws -> Int {
  var reader = CSVReader()
  var sum = 0
  for start in stride(from: 0, to: bytes.count, by: pieceSize) {
    bytes.withUnsafeBytes {
      reader.append(UnsafeRawBufferPointer(rebasing: $0[start..<min(start + pieceSize, bytes.count)]))
    }
    while try reader.next() { sum &+= use(reader) }
  }
  reader.finish()
  while try reader.next() { sum &+= use(reader) }
  guard reader.row == rows else {
    throw Options.Failure(description: "The file has \(rows) records, and \(reader.row) were read.")
  }
  return sum
}

/// The least that looking at bytes takes.
@inline(never)
private func sum(_ bytes: [UInt8]) -> UInt64 {
  bytes.withUnsafeBytes { bytes in
    var sum: UInt64 = 0
    for byte in bytes { sum &+= UInt64(byte) }
    return sum
  }
}
