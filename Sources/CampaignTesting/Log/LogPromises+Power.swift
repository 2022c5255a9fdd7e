import CampaignKit

extension LogConformance {
  /// The promises of logs in places that can lose power.
  public static let power: [Promise] = [
    Promise("a durable batch survives the loss of power, and so do all before it", needs: .power) { bench in
      for seed in 0..<24 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 900, 5], durably: false)
        try bench.append(sizes: [100], durably: true)
        try bench.append(sizes: [40, 2000, 5], durably: false)
        try bench.losePower(seed: bench.seed &+ seed)
        try bench.append(sizes: [7])
        try bench.reopen()
      }
    },
    Promise("what was synchronized survives the loss of power", needs: .power) { bench in
      for seed in 0..<24 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 900], durably: false)
        try bench.synchronize()
        try bench.losePower(seed: bench.seed &+ seed)
        try bench.append(sizes: [800], durably: false)
        try bench.synchronize()
        try bench.losePower(seed: bench.seed &+ seed &+ 99)
        try bench.reopen()
      }
    },
    Promise("a closed log survives the loss of power", needs: .power) { bench in
      for seed in 0..<12 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 900], durably: false)
        if seed % 2 == 0 { try bench.replace(before: 1) }
        try bench.append(sizes: [70], durably: false)
        try bench.close()
        try bench.losePower(seed: bench.seed &+ seed)
      }
    },
    Promise("a process that dies loses nothing, and what is found after it stays", needs: .power) { bench in
      for seed in 0..<24 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        if seed % 3 == 0 { try bench.die() }
        try bench.append(sizes: [40, 900, 70], durably: false)
        if seed % 2 == 0 { try bench.replace(before: 2) }
        try bench.append(sizes: [70, 600], durably: false)
        try bench.die()
        try bench.losePower(seed: bench.seed &+ seed)
      }
    },
    Promise("what a loss of power took does not come back", needs: .power) { bench in
      // Batches of one length, so that an old one may well lie where a new one ends.
      for seed in 0..<40 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        for life in 0..<4 as Range<UInt64> {
          for _ in 0..<5 { try bench.append(bench.bytes(300, Int(life) * 1000 + bench.batches.count), durably: false) }
          try bench.losePower(seed: (bench.seed &+ seed) &* 7 &+ life)
        }
        try bench.reopen()
      }
    },
    Promise("after a loss of power the old snapshot is found or the new one, and every batch", needs: .power) { bench in
      struct Gone: Error {}
      for seed in 0..<24 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 40, 40, 40])
        if seed % 2 == 0 { try bench.replace(before: 1, size: 5000) }
        do {
          try bench.replace(before: 3, size: 4000) {
            try bench.append(sizes: [60])
            guard seed % 4 < 2 else { return }
            try bench.losePower(seed: bench.seed &+ seed)
            throw Gone()
          }
        } catch is Gone {
        } catch is LogError {
        }
        if seed % 4 >= 2 { try bench.losePower(seed: bench.seed &+ seed) }
        try bench.append(sizes: [20])
        try bench.reopen()
      }
    },
    Promise("the power may go at any instant", needs: .power) { bench in
      for crash in 0..<160 {
        bench.startAfresh()
        try bench.open()
        var random = SeededGenerator(seed: bench.seed &* 1_000_003 &+ UInt64(crash % 8))
        for life in 0..<3 {
          bench.place?.power?.fail(life == 0 ? crash / 4 : Int.random(in: 0..<40, using: &random))
          bench.liveUntilPowerFails(&random)
          try bench.losePower(seed: random.next())
        }
        try bench.append(sizes: [10])
        try bench.reopen()
      }
    },
    Promise("after a loss of power a batch that a snapshot stands in for is there with it or not at all", needs: .power)
    { bench in
      for seed in 0..<48 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 40], durably: false)
        if seed % 2 == 0 { try bench.replace(before: 1, size: 5000) }
        bench.place?.power?.fail(Int(seed / 2))
        do {
          try bench.standIn(size: 4000)
          try bench.append(sizes: [60])
        } catch is LogError {
        }
        try bench.losePower(seed: bench.seed &+ seed)
        try bench.append(sizes: [20])
        try bench.reopen()
      }
    },
  ]

  /// The promises of logs in places that can be damaged.
  public static let damage: [Promise] = [
    Promise("bytes that were changed are never handed out", needs: .damage) { bench in
      for seed in 0..<200 as Range<UInt64> {
        bench.startAfresh()
        try bench.open()
        try bench.append(sizes: [40, 900, 5])
        if seed % 2 == 0 { try bench.replace(before: 2, size: 3000) }
        try bench.append(sizes: [600, 50])
        try bench.close()
        try bench.place?.damage?(bench.seed &* 1000 &+ seed)
        try bench.openDamaged(seed)
      }
    }
  ]
}

extension LogBench {
  /// Does this and that until an operation fails.
  fileprivate func liveUntilPowerFails(_ random: inout SeededGenerator) {
    do {
      for _ in 0..<40 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: try append(sizes: [Int.random(in: 1..<700, using: &random)], durably: false)
        case 4..<7: try append(sizes: [Int.random(in: 1..<700, using: &random)])
        case 7: try synchronize()
        default:
          let least = snapshots.last.flatMap { $0?.position } ?? 0
          try replace(before: Int.random(in: least...batches.count, using: &random), size: 1200) {
            try append(sizes: [30], durably: false)
          }
        }
      }
    } catch {
      // The power has gone; what must be there is known all the same.
    }
  }

  /// Opens a damaged place: what is handed out must be what was written, and what is missing must be told.
  fileprivate func openDamaged(_ seed: UInt64) throws {
    let log = try makeLog()
    do {
      let contents = try log.open()
      defer { try? log.close() }
      var missing = "batch \(contents.end)"
      var isComplete = Int(contents.end) == batches.count
      if let position = contents.snapshot {
        var bytes: [UInt8] = []
        try log.readSnapshot { bytes.append(contentsOf: $0) }
        let written = snapshots.compactMap { $0 }.first { $0.position == Int(position) }
        try expect(written?.bytes == bytes, "a damaged snapshot is handed out (damage \(seed))")
      } else if let written = snapshots.compactMap({ $0 }).first {
        missing = "the snapshot of \(written.position) batches"
        isComplete = false
      }
      try log.read(from: contents.snapshot ?? 0) { position, batch in
        let isWritten = Int(position) < batches.count && isSame(batch, batches[Int(position)])
        try expect(isWritten, "a damaged batch is handed out as number \(position) (damage \(seed))")
      }
      try expect(
        isComplete || !contents.repairs.isEmpty, "\(missing) is missing and nobody is told (damage \(seed))")
    } catch let error as LogError {
      try expect(
        error.code == .damaged || error.code == .newerFormat,
        "damage should be told as damage, and is told as \(error) (damage \(seed))")
    }
  }
}
