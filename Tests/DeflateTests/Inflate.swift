/// The slow and obvious way back, straight from RFC 1951.
struct Inflate {
  struct Malformed: Error {}

  private let bytes: [UInt8]
  private var place = 0
  private var output: [UInt8] = []

  /// Undoes bare DEFLATE; everything must be used.
  static func inflate(_ bytes: [UInt8]) throws -> [UInt8] {
    var inflate = Inflate(bytes: bytes)
    while try !inflate.block() {}
    guard (inflate.place + 7) / 8 == bytes.count else { throw Malformed() }
    return inflate.output
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func bits(_ count: Int) throws -> Int {
    var value = 0
    for index in 0..<count {
      guard place / 8 < bytes.count else { throw Malformed() }
      value |= Int(bytes[place / 8] >> UInt8(place % 8) & 1) << index
      place += 1
    }
    return value
  }

  /// A code as the words it has, by length and value.
  private struct Code {
    var symbols: [Int: Int] = [:]

    init(_ lengths: [Int]) {
      var word = 0
      for length in 1...15 {
        for (symbol, its) in lengths.enumerated() where its == length {
          symbols[length << 16 | word] = symbol
          word += 1
        }
        word <<= 1
      }
    }
  }

  private mutating func symbol(_ code: Code) throws -> Int {
    var word = 0
    for length in 1...15 {
      word = try word << 1 | bits(1)
      if let symbol = code.symbols[length << 16 | word] { return symbol }
    }
    throw Malformed()
  }

  private mutating func block() throws -> Bool {
    let isLast = try bits(1) == 1
    switch try bits(2) {
    case 0:
      place = (place + 7) / 8 * 8
      let count = try bits(16)
      guard try bits(16) == count ^ 0xFFFF else { throw Malformed() }
      for _ in 0..<count { output.append(UInt8(try bits(8))) }
    case 1:
      let literals = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
      try content(Code(literals), Code([Int](repeating: 5, count: 30)))
    case 2:
      let (literalCount, distanceCount, lengthCount) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
      var lengths = [Int](repeating: 0, count: 19)
      for index in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][..<lengthCount] {
        lengths[index] = try bits(3)
      }
      let code = Code(lengths)
      var all: [Int] = []
      while all.count < literalCount + distanceCount {
        switch try symbol(code) {
        case 16:
          guard let last = all.last else { throw Malformed() }
          all += [Int](repeating: last, count: try bits(2) + 3)
        case 17: all += [Int](repeating: 0, count: try bits(3) + 3)
        case 18: all += [Int](repeating: 0, count: try bits(7) + 11)
        case let length: all.append(length)
        }
      }
      guard all.count == literalCount + distanceCount else { throw Malformed() }
      try content(Code(Array(all[..<literalCount])), Code(Array(all[literalCount...])))
    default: throw Malformed()
    }
    return isLast
  }

  private mutating func content(_ literals: Code, _ distances: Code) throws {
    while true {
      let symbol = try symbol(literals)
      if symbol == 256 { return }
      if symbol < 256 {
        output.append(UInt8(symbol))
        continue
      }
      let bases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
      ]
      let extras = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
      let length = bases[symbol - 257] + (try bits(extras[symbol - 257]))
      let code = try self.symbol(distances)
      let extra = code < 4 ? 0 : code / 2 - 1
      let distance = (code < 4 ? code + 1 : ((2 + code % 2) << extra) + 1) + (try bits(extra))
      guard distance <= output.count else { throw Malformed() }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }
}
