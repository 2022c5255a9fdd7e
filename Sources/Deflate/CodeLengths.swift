/// The head of a block with codes of its own: the lengths of their words, which are themselves written in a code.
struct CodeLengths {
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private let literalCount: Int
  private let distanceCount: Int
  private let symbols: [(symbol: Int, value: Int, width: Int)]
  private let code: HuffmanCode
  private let codeCount: Int

  init(_ literals: HuffmanCode, _ distances: HuffmanCode) {
    literalCount = max(257, (literals.lengths.lastIndex { $0 > 0 } ?? 0) + 1)
    distanceCount = max(1, (distances.lengths.lastIndex { $0 > 0 } ?? 0) + 1)
    symbols = Self.runs(Array(literals.lengths[..<literalCount]) + distances.lengths[..<distanceCount])
    var frequencies = [Int](repeating: 0, count: 19)
    for run in symbols { frequencies[run.symbol] += 1 }
    let code = HuffmanCode(frequencies: frequencies, limit: 7)
    self.code = code
    codeCount = max(4, (Self.order.lastIndex { code.lengths[$0] > 0 } ?? 0) + 1)
  }

  /// Repetitions are said by a symbol with a count: 16 repeats the length before, 17 and 18 repeat none.
  private static func runs(_ lengths: [UInt8]) -> [(symbol: Int, value: Int, width: Int)] {
    var runs: [(symbol: Int, value: Int, width: Int)] = []
    var place = 0
    while place < lengths.count {
      let length = lengths[place]
      var count = 1
      while place + count < lengths.count, lengths[place + count] == length, count < 138 { count += 1 }
      if length == 0, count >= 3 {
        runs.append(count > 10 ? (18, count - 11, 7) : (17, count - 3, 3))
      } else if length > 0, count >= 4 {
        count = min(count, 7)
        runs.append((Int(length), 0, 0))
        runs.append((16, count - 4, 2))
      } else {
        count = 1
        runs.append((Int(length), 0, 0))
      }
      place += count
    }
    return runs
  }

  var bitCount: Int { 14 + 3 * codeCount + symbols.reduce(0) { $0 + Int(code.lengths[$1.symbol]) + $1.width } }

  func write(to writer: inout BitWriter) {
    writer.write(UInt32(literalCount - 257), 5)
    writer.write(UInt32(distanceCount - 1), 5)
    writer.write(UInt32(codeCount - 4), 4)
    for symbol in Self.order[..<codeCount] { writer.write(UInt32(code.lengths[symbol]), 3) }
    for run in symbols {
      writer.write(UInt32(code.words[run.symbol]), Int(code.lengths[run.symbol]))
      writer.write(UInt32(run.value), run.width)
    }
  }
}
