/// The tokens of one block, and the three ways to write them.
struct Block {
  static let maximumTokens = 24_000

  private var tokens: [Matcher.Token] = []
  private var literals = [Int](repeating: 0, count: 286)
  private var distances = [Int](repeating: 0, count: 30)
  /// How many bytes the tokens stand for.
  private(set) var byteCount = 0

  var isFull: Bool { tokens.count >= Self.maximumTokens }

  mutating func add(_ token: Matcher.Token) {
    tokens.append(token)
    if token.isMatch {
      literals[Symbols.length(token.length).symbol] += 1
      distances[Symbols.distance(token.distance).symbol] += 1
      byteCount += token.length
    } else {
      literals[Int(token.bits)] += 1
      byteCount += 1
    }
  }

  /// Writes the block in the shortest way.
  func write(_ source: ArraySlice<UInt8>, isLast: Bool, to writer: inout BitWriter) {
    var counts = literals
    counts[256] = 1
    let literalCode = HuffmanCode(frequencies: counts, limit: 15)
    let distanceCode = HuffmanCode(frequencies: distances, limit: 15)
    let head = CodeLengths(literalCode, distanceCode)
    let dynamicSize = head.bitCount + size(counts, literalCode, distanceCode)
    let fixedSize = size(counts, Symbols.fixedLiterals, Symbols.fixedDistances)
    let storedSize = 8 * source.count + 40 * (source.count / 65_535 + 1)
    if storedSize < min(dynamicSize, fixedSize) {
      writeStored(source, isLast: isLast, to: &writer)
      return
    }
    writer.write(isLast ? 1 : 0, 1)
    if fixedSize <= dynamicSize {
      writer.write(1, 2)
      writeTokens(Symbols.fixedLiterals, Symbols.fixedDistances, to: &writer)
    } else {
      writer.write(2, 2)
      head.write(to: &writer)
      writeTokens(literalCode, distanceCode, to: &writer)
    }
  }

  private func size(_ counts: [Int], _ literalCode: HuffmanCode, _ distanceCode: HuffmanCode) -> Int {
    var bits = 0
    for (symbol, count) in counts.enumerated() {
      let extra = symbol > 256 ? Symbols.lengths[symbol - 257].extra : 0
      bits += count * (Int(literalCode.lengths[symbol]) + extra)
    }
    for (symbol, count) in distances.enumerated() {
      bits += count * (Int(distanceCode.lengths[symbol]) + Symbols.distances[symbol].extra)
    }
    return bits
  }

  private func writeStored(_ source: ArraySlice<UInt8>, isLast: Bool, to writer: inout BitWriter) {
    var rest = source
    repeat {
      let piece = rest.prefix(65_535)
      rest = rest.dropFirst(piece.count)
      writer.write(isLast && rest.isEmpty ? 1 : 0, 3)
      writer.align()
      writer.write(UInt32(piece.count), 16)
      writer.write(UInt32(piece.count) ^ 0xFFFF, 16)
      writer.append(piece)
    } while !rest.isEmpty
  }

  private func writeTokens(_ literalCode: HuffmanCode, _ distanceCode: HuffmanCode, to writer: inout BitWriter) {
    func put(_ code: HuffmanCode, _ symbol: Int) {
      writer.write(UInt32(code.words[symbol]), Int(code.lengths[symbol]))
    }
    for token in tokens {
      guard token.isMatch else {
        put(literalCode, Int(token.bits))
        continue
      }
      let length = Symbols.length(token.length)
      put(literalCode, length.symbol)
      writer.write(UInt32(token.length - length.base), length.extra)
      let distance = Symbols.distance(token.distance)
      put(distanceCode, distance.symbol)
      writer.write(UInt32(token.distance - distance.base), distance.extra)
    }
    put(literalCode, 256)
  }
}

/// The symbols that stand for lengths and distances, of RFC 1951, section 3.2.5.
enum Symbols {
  typealias Range = (symbol: Int, base: Int, extra: Int)

  static let lengths: [Range] = {
    var ranges: [Range] = []
    var base = 3
    for index in 0..<28 {
      let extra = index < 8 ? 0 : index / 4 - 1
      ranges.append((257 + index, base, extra))
      base += 1 << extra
    }
    return ranges + [(285, 258, 0)]
  }()

  static let distances: [Range] = {
    var ranges: [Range] = []
    var base = 1
    for index in 0..<30 {
      let extra = index < 4 ? 0 : index / 2 - 1
      ranges.append((index, base, extra))
      base += 1 << extra
    }
    return ranges
  }()

  private static let lengthTable: [UInt8] = (0...258).map { length in
    UInt8(lengths.lastIndex { $0.base <= max(3, length) } ?? 0)
  }

  static func length(_ length: Int) -> Range { lengths[Int(lengthTable[length])] }

  static func distance(_ distance: Int) -> Range {
    guard distance > 4 else { return distances[distance - 1] }
    let highest = Int.bitWidth - 1 - (distance - 1).leadingZeroBitCount
    return distances[2 * highest + ((distance - 1) >> (highest - 1) & 1)]
  }

  static let fixedLiterals = HuffmanCode(
    lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  static let fixedDistances = HuffmanCode(lengths: [UInt8](repeating: 5, count: 30))
}
