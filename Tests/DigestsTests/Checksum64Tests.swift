import Digests
import Testing

@Suite struct Checksum64Tests {
  private static let otherSeed: UInt64 = 0x9E37_79B1_85EB_CA87

  /// The bytes that the sums below were taken of with the reference implementation.
  private static func bytes(_ count: Int) -> [UInt8] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  @Test(
    arguments: [
      ("abc", 0x44BC_2CF5_AD77_0999),
      ("a", 0xD24E_C4F1_A98C_6E5B),
      ("message digest", 0x066E_D728_FCEE_B3BE),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
      ("xxhash", 0x32DD_3895_2C4B_C720),
    ] as [(String, UInt64)])
  func knowsPublishedSums(_ text: String, _ sum: UInt64) {
    #expect(Checksum64.of(Array(text.utf8)) == sum)
  }

  @Test(
    arguments: [
      (0, 0xEF46_DB37_51D8_E999, 0x6EC6_D05F_61C7_E7A7),
      (1, 0xF88D_BA18_7615_C755, 0x19CE_9E31_2356_1DEB),
      (3, 0xA828_9444_BACB_8722, 0xC9F7_F52E_CB7B_12A2),
      (4, 0xB5F3_937E_3374_6DFE, 0xF979_178E_CDEE_E68C),
      (7, 0x14B8_1207_FEBD_E331, 0x657B_29A4_DD00_A716),
      (8, 0x483D_BBB3_EFAF_16AF, 0x4A08_B8A9_4DCF_EDA9),
      (15, 0x3433_84BE_1B80_B003, 0xBAA7_6EC2_7E10_FE84),
      (16, 0x45E3_168C_5A17_7612, 0x6DCC_0610_5EEC_7730),
      (31, 0xF5C9_F1CA_24BF_D59E, 0xB5D6_DDD4_6F64_91C7),
      (32, 0x9D7B_E853_1562_310D, 0x63FD_EA1C_248F_4EF6),
      (33, 0x0CA1_6790_699C_7125, 0x9AF0_F3B8_BFC5_168B),
      (63, 0xA333_BAEF_911F_F536, 0x7960_45D7_90A8_1DF8),
      (64, 0x3D88_D4FD_7DEC_CFC0, 0xC4DF_81FF_5A04_B494),
      (100, 0x9EC1_C072_9F27_1FCD, 0x55CD_3972_CB33_3FF7),
      (300, 0xF03A_2AFA_1829_48A3, 0xB10B_E102_E701_1BB6),
      (4096, 0x02CD_1E79_BAD8_002F, 0x33F1_984D_E20C_0B12),
      (100_001, 0x5E27_CA90_73AB_E44E, 0x552D_E43B_10B6_E6E2),
    ] as [(Int, UInt64, UInt64)])
  func knowsReferenceSums(_ count: Int, _ sum: UInt64, _ seededSum: UInt64) {
    let bytes = Self.bytes(count)
    #expect(Checksum64.of(bytes) == sum)
    #expect(Checksum64.of(bytes, seed: Self.otherSeed) == seededSum)
  }

  /// All lengths to 300 in one number: the sum of the reference implementation's sums, little-endian.
  @Test(arguments: [(0, 0x0A40_8204_49EB_04A0), (otherSeed, 0x6B97_50A7_D48C_649B)] as [(UInt64, UInt64)])
  func agreesWithReferenceAtEveryLength(_ seed: UInt64, _ sumOfSums: UInt64) {
    let bytes = Self.bytes(300)
    var sums = Checksum64()
    for count in 0...300 {
      let sum = Checksum64.of(Array(bytes[..<count]), seed: seed)
      sums.update((0..<8).map { UInt8(truncatingIfNeeded: sum >> ($0 * 8)) })
    }
    #expect(sums.finish() == sumOfSums)
  }

  @Test func hasNoSumOfItsOwnForMissingMemory() {
    #expect(Checksum64.of(UnsafeRawBufferPointer(start: nil, count: 0)) == 0xEF46_DB37_51D8_E999)
    var checksum = Checksum64()
    checksum.update(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(checksum.finish() == 0xEF46_DB37_51D8_E999)
  }

  @Test(arguments: [0, 1, 5, 31, 32, 33, 63, 64, 65, 96, 100, 131])
  func givesTheSameSumInThreePieces(_ count: Int) {
    let bytes = Self.bytes(count)
    let expected = Checksum64.of(bytes, seed: 7)
    for first in 0...count {
      for second in first...count {
        var checksum = Checksum64(seed: 7)
        checksum.update(Array(bytes[..<first]))
        checksum.update(Array(bytes[first..<second]))
        checksum.update(Array(bytes[second...]))
        if checksum.finish() != expected {
          Issue.record("\(count) bytes cut at \(first) and \(second)")
          return
        }
      }
    }
  }

  @Test func canGoOnAfterASum() {
    let bytes = Self.bytes(200)
    var checksum = Checksum64()
    for (count, byte) in bytes.enumerated() {
      #expect(checksum.finish() == Checksum64.of(Array(bytes[..<count])))
      checksum.update([byte])
    }
  }

  @Test func changesWithEveryBit() {
    var bytes = Self.bytes(257)
    var sums: Set = [Checksum64.of(bytes)]
    for bit in 0..<(257 * 8) {
      bytes[bit / 8] ^= 1 << (bit % 8)
      sums.insert(Checksum64.of(bytes))
      bytes[bit / 8] ^= 1 << (bit % 8)
    }
    #expect(sums.count == 257 * 8 + 1)
  }

  @Test func readsFromAnyAlignment() {
    let bytes = Self.bytes(100)
    let expected = Checksum64.of(bytes)
    for shift in 0..<16 {
      let shifted = [UInt8](repeating: 0xAA, count: shift) + bytes
      shifted.withUnsafeBytes { buffer in
        let slice = UnsafeRawBufferPointer(rebasing: buffer[shift...])
        #expect(Checksum64.of(slice) == expected)
        var checksum = Checksum64()
        checksum.update(slice)
        #expect(checksum.finish() == expected)
      }
    }
  }
}
