import CampaignKit
import Foundation
import Locks

extension LogConformance {
  static let batches: [Promise] = [
    Promise("an empty log has nothing, however often it is opened") { bench in
      try bench.open()
      try bench.reopen()
      try bench.reopen()
    },
    Promise("batches come back whole and in order") { bench in
      try bench.open()
      try bench.append(sizes: [1, 2, 7, 8, 9, 31, 511, 512, 513, 4096, 70_000])
      try bench.reopen()
      try bench.append(sizes: [5, 6000, 1])
      try bench.reopen()
      try bench.reopen()
    },
    Promise("a batch may have any bytes") { bench in
      try bench.open()
      for value in [0, 0xFF, 0x0A] as [UInt8] {
        for count in [1, 8, 512, 5000] { try bench.append(Array(repeating: value, count: count)) }
      }
      // Bytes that look like what the log itself writes around a batch.
      for batch in bench.batches.suffix(4) { try bench.append([UInt8](repeating: 0, count: 64) + batch) }
      try bench.reopen()
    },
    Promise("reading starts at the batch that is asked for") { bench in
      try bench.open()
      try bench.append(sizes: Array(repeating: 40, count: 12))
      try bench.reopen()
      for start in 0...12 { try bench.compareBatches(from: start) }
    },
    Promise("an error of the reader ends the reading") { bench in
      struct Enough: Error {}
      try bench.open()
      try bench.append(sizes: [10, 10, 10])
      try bench.reopen()
      var seen = 0
      do {
        try bench.log.read(from: 0) { _, _ in
          seen += 1
          if seen == 2 { throw Enough() }
        }
        throw bench.failure("the reader's error should come out")
      } catch is Enough {
        try bench.equal(seen, 2, "the batches read before the error")
      }
      try bench.append(sizes: [10])
      try bench.reopen()
    },
    Promise("batches that are not made durable are there after a close") { bench in
      try bench.open()
      try bench.append(sizes: [10, 600], durably: false)
      try bench.reopen()
      try bench.append(sizes: [10, 600], durably: false)
      try bench.synchronize()
      try bench.synchronize()
      try bench.append(sizes: [3], durably: false)
      try bench.reopen()
    },
    Promise("a batch may have eight megabytes") { bench in
      try bench.open()
      try bench.append(sizes: [100, 8 << 20, 100])
      try bench.reopen()
    },
    Promise("many small batches come back") { bench in
      try bench.open()
      try bench.append(sizes: (0..<5000).map { 1 + $0 % 20 }, durably: false)
      try bench.reopen()
    },
  ]

  static let snapshots: [Promise] = [
    Promise("a snapshot stands for the batches before it and for no other") { bench in
      try bench.open()
      try bench.append(sizes: Array(repeating: 50, count: 10))
      try bench.replace(before: 6)
      try bench.append(sizes: [20])
      try bench.reopen()
      try bench.append(sizes: [20])
      try bench.replace(before: bench.batches.count)
      try bench.reopen()
      try bench.append(sizes: [20])
      try bench.reopen()
    },
    Promise("a log without a batch can have a snapshot") { bench in
      try bench.open()
      try bench.replace(before: 0)
      try bench.reopen()
      try bench.append(sizes: [30])
      try bench.reopen()
    },
    Promise("the newest snapshot is the one that is found") { bench in
      try bench.open()
      for size in [1, 500, 2000, 3] {
        try bench.append(sizes: [30, 30], durably: false)
        try bench.replace(before: bench.batches.count - 1, size: size)
        // The same position once more, with other bytes.
        try bench.replace(before: bench.batches.count - 1, size: size + 9)
      }
      try bench.reopen()
    },
    Promise("a large snapshot comes back whole") { bench in
      try bench.open()
      try bench.append(sizes: [30])
      try bench.replace(before: 1, size: (3 << 20) + 17)
      try bench.reopen()
    },
    Promise("appends go on while a snapshot is written") { bench in
      try bench.open()
      try bench.append(sizes: [40, 40, 40])
      let log = try bench.log
      let added = (3..<6).map { bench.bytes(90, $0) }
      try bench.replace(before: 2) {
        let outcome = Locked<LogError?>(nil)
        let done = DispatchSemaphore(value: 0)
        // On another thread, so that a log that makes appends wait is reported and does not hang.
        Thread.detachNewThread {
          do throws(LogError) {
            for (index, batch) in added.enumerated() { try log.append(batch, at: UInt64(3 + index), durably: true) }
          } catch {
            outcome.withLock { $0 = error }
          }
          done.signal()
        }
        guard done.wait(timeout: .now() + 10) == .success else {
          throw bench.failure("an append waits until the snapshot is written, or for ever")
        }
        if let error = outcome.withLock({ $0 }) { throw error }
      }
      bench.batches += added
      try bench.reopen()
    },
    Promise("appends and snapshots at the same time lose nothing") { bench in
      try bench.open()
      let log = try bench.log
      let all = (0..<400).map { bench.bytes(1 + $0 % 60, $0) }
      let appended = Locked<Int>(0)
      let outcome = Locked<LogError?>(nil)
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        do throws(LogError) {
          for (index, batch) in all.enumerated() {
            try log.append(batch, at: UInt64(index), durably: index % 50 == 0)
            appended.withLock { $0 = index + 1 }
          }
        } catch {
          outcome.withLock { $0 = error }
        }
        done.signal()
      }
      var error: (any Error)?
      do {
        for round in 1...6 { try bench.replace(before: appended.withLock { $0 }, size: 300 * round) }
      } catch let caught {
        error = caught
      }
      done.wait()
      if let error = error ?? outcome.withLock({ $0 }) { throw error }
      bench.batches = all
      try bench.reopen()
    },
    Promise("a snapshot that cannot be written changes nothing") { bench in
      struct Refused: Error {}
      try bench.open()
      try bench.append(sizes: [40, 40, 40])
      for hasSnapshot in [false, true] {
        if hasSnapshot { try bench.replace(before: 1) }
        for pieces in [0, 1, 3] {
          do {
            try bench.log.replace(before: 2) { sink in
              for _ in 0..<pieces { try bench.bytes(700, 9).withUnsafeBytes { try sink.write($0) } }
              throw Refused()
            }
            throw bench.failure("the writer's error should come out")
          } catch is Refused {}
          try bench.append(sizes: [25])
        }
        try bench.reopen()
      }
      try bench.replace(before: 2)
      try bench.reopen()
    },
    Promise("a snapshot may stand in for one batch that was never appended") { bench in
      try bench.open()
      for round in 0..<3 {
        if round > 0 { try bench.append(sizes: [40, 40]) }
        try bench.standIn(size: 1000)
        if round != 1 { try bench.append(sizes: [20]) }
        try bench.reopen()
      }
      try bench.append(sizes: [20])
      try bench.reopen()
    },
    Promise("a batch can be appended when a snapshot that was to stand in for it cannot be written") { bench in
      struct Refused: Error {}
      try bench.open()
      try bench.append(sizes: [40, 40])
      do {
        try bench.log.replace(before: 3) { sink in
          try bench.bytes(700, 9).withUnsafeBytes { try sink.write($0) }
          throw Refused()
        }
        throw bench.failure("the writer's error should come out")
      } catch is Refused {}
      try bench.append(sizes: [25])
      try bench.reopen()
    },
  ]

  static let ownership: [Promise] = [
    Promise("a place has one owner at a time") { bench in
      try bench.open()
      try bench.append(sizes: [10])
      let second = try bench.makeLog()
      for _ in 0..<2 { try bench.fails(.locked, "opening a log that is open elsewhere") { try second.open() } }
      try bench.fails(.locked, "opening an open log again") { try bench.log.open() }
      try bench.fails(.closed, "appending to a log that could not be opened") {
        try second.append([1], at: 1, durably: true)
      }
      try bench.append(sizes: [10])
      try bench.close()
      try bench.equal(Int(second.open().end), 2, "the number of the next batch for the next owner")
      try second.close()
      try bench.open()
    }
  ]

  static let misuse: [Promise] = [
    Promise("a log that is not open says so") { bench in
      func expectClosed(_ log: any DurableLog, _ when: String) throws {
        try bench.fails(.closed, "appending \(when)") { try log.append([1], at: 0, durably: true) }
        try bench.fails(.closed, "synchronizing \(when)") { try log.synchronize() }
        try bench.fails(.closed, "reading \(when)") { try log.read(from: 0) { _, _ in } }
        try bench.fails(.closed, "reading a snapshot \(when)") { try log.readSnapshot { _ in } }
        try bench.fails(.closed, "replacing \(when)") { try log.replace(before: 0) { _ in } }
      }
      try expectClosed(bench.makeLog(), "before opening")
      try bench.open()
      try bench.append(sizes: [10, 20])
      let old = try bench.log
      try bench.close()
      try expectClosed(old, "after closing")
      try bench.open()
    },
    Promise("a batch out of order is refused and changes nothing") { bench in
      try bench.open()
      for _ in 0..<2 {
        try bench.append(sizes: [10, 20])
        let end = UInt64(bench.batches.count)
        for position in [end + 1, end - 1, 0, end + 1_000_000] {
          try bench.fails(.misused, "appending batch \(position) where \(end) is next") {
            try bench.log.append([1, 2, 3], at: position, durably: true)
          }
        }
        try bench.append(sizes: [30])
        try bench.reopen()
      }
    },
    Promise("an empty batch is refused and changes nothing") { bench in
      try bench.open()
      try bench.fails(.misused, "appending an empty batch") { try bench.log.append([], at: 0, durably: true) }
      try bench.append(sizes: [10])
      try bench.fails(.misused, "appending an empty batch") { try bench.log.append([], at: 1, durably: false) }
      try bench.append(sizes: [10])
      try bench.reopen()
    },
    Promise("a snapshot of batches that are not there is refused and changes nothing") { bench in
      try bench.open()
      try bench.append(sizes: [10, 10, 10])
      try bench.replace(before: 2)
      for position in [5, 1, 0, .max] as [UInt64] {
        try bench.fails(.misused, "a snapshot before batch \(position), of 2 to 4 possible") {
          try bench.log.replace(before: position) { try [7].withUnsafeBytes($0.write) }
        }
      }
      try bench.append(sizes: [10])
      try bench.reopen()
      try bench.fails(.misused, "reading a batch that the snapshot stands for") {
        try bench.log.read(from: 1) { _, _ in }
      }
    },
    Promise("a snapshot that is not there cannot be read") { bench in
      try bench.open()
      try bench.append(sizes: [10])
      try bench.reopen()
      try bench.fails(.misused, "reading a snapshot where there is none") { try bench.log.readSnapshot { _ in } }
      try bench.append(sizes: [10])
      try bench.reopen()
    },
  ]
}
