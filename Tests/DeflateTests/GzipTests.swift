import Deflate
import Foundation
import Testing

@Suite struct GzipTests {
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  static let samples: [String: [UInt8]] = [
    "nothing": [],
    "one byte": [7],
    "two bytes": [7, 7],
    "one byte often": [UInt8](repeating: 7, count: 100_000),
    "every byte": (0..<1000).map { UInt8(truncatingIfNeeded: $0) },
    "text": Array(String(repeating: "The quick brown fox jumps over the lazy dog. ", count: 500).utf8),
    "JSON": Array((0..<3000).map { "{\"id\":\($0),\"name\":\"lead \($0 % 7)\",\"status\":\"waiting\"}" }.joined().utf8),
    // Each byte twice as frequent as the one before: the code of the plain algorithm has words of more than 15 bits.
    "skewed": (0..<20).flatMap { [UInt8](repeating: UInt8($0), count: 1 << min(16, $0)) }.shuffledBySeed(),
    "matches at the window's end": far(32_767), "matches beyond the window": far(32_769),
    "exactly at the window": far(32_768),
  ]

  /// A text that comes again after a distance, with noise between.
  static func far(_ distance: Int) -> [UInt8] {
    var generator = SplitMix(state: 5)
    let text = (0..<300).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return text + (0..<distance - 300).map { _ in UInt8.random(in: 0...255, using: &generator) } + text
  }

  @Test(arguments: samples.keys.sorted())
  func comesBackAsItWas(_ name: String) throws {
    let bytes = try #require(Self.samples[name])
    #expect(try Inflate.inflate(Gzip.deflate(bytes)) == bytes)
  }

  @Test(arguments: 0..<40)
  func randomContentComesBackAsItWas(_ seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let letters = UInt8.random(in: 1...255, using: &generator)
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 0...400, using: &generator) {
      if Bool.random(using: &generator), !bytes.isEmpty {
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        bytes += bytes[start..<min(bytes.count, start + Int.random(in: 1...400, using: &generator))]
      } else {
        for _ in 0..<Int.random(in: 1...50, using: &generator) {
          bytes.append(UInt8.random(in: 0...letters, using: &generator))
        }
      }
    }
    #expect(try Inflate.inflate(Gzip.deflate(bytes)) == bytes, "seed \(seed)")
  }

  @Test func whatCannotBeCompressedGrowsByLittle() throws {
    var generator = SplitMix(state: 1)
    let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let compressed = Gzip.compress(noise)
    #expect(compressed.count < noise.count + 120)
    #expect(try Inflate.inflate(Array(compressed[10..<compressed.count - 8])) == noise)
  }

  @Test func textBecomesSmall() throws {
    let json = try #require(Self.samples["JSON"])
    #expect(Gzip.compress(json).count * 10 < json.count)
  }

  @Test func sumsAreThoseOfTheStandard() {
    #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926)
    let compressed = Gzip.compress(Array("123456789".utf8))
    #expect(Array(compressed.suffix(8)) == [0x26, 0x39, 0xF4, 0xCB, 9, 0, 0, 0])
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gzip")))
  func theProgramReadsIt() throws {
    for (name, bytes) in Self.samples {
      let file = FileManager.default.temporaryDirectory.appendingPathComponent(
        "gzip-\(UInt64.random(in: 0 ... .max)).gz")
      defer { try? FileManager.default.removeItem(at: file) }
      try Data(Gzip.compress(bytes)).write(to: file)
      let process = Process()
      let output = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
      process.arguments = ["-dc", file.path]
      process.standardOutput = output
      try process.run()
      let read = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(name)")
      #expect(Array(read) == bytes, "\(name)")
    }
  }
}

extension Array {
  /// The same elements in another order, which is always the same.
  func shuffledBySeed() -> [Element] {
    var result = self
    var state: UInt64 = 1
    for index in stride(from: result.count - 1, to: 0, by: -1) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      result.swapAt(index, Int(state >> 33) % (index + 1))
    }
    return result
  }
}
