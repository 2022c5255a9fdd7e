import CampaignKit
import JSON
import Locks

/// The first rows of an upload in which something is wrong, however many others were not taken in, as they are told:
/// with all their cells, to be put right and sent again, as long as these take no more than some megabytes together.
final class TenantRefusals: RefusedRowSink {
  private struct State {
    var columns: [JSONValue] = []
    var errors: [JSONValue] = []
    var bytes = 0
    var leftOut = 0
  }

  private static let mostRows = 1000
  private static let mostBytes = 4 << 20
  private static let mostColumns = 1000
  private static let longestName = 200

  private let state = Locked(State())

  /// What an answer has of them, beside how many there are.
  static let properties: [Schema.Property] = [
    .required(
      "columns", .list(of: Tenant.text).described("The names of the columns of the file; none where no row is told.")),
    .required(
      "errors",
      .list(
        of: .object([
          .required("row", .integer(1...Int.max).described("The row, from 1; the header is not counted.")),
          .required("field", Tenant.text), .required("value", Tenant.text), .required("error", Tenant.text),
          .required(
            "cells",
            .list(of: Tenant.text).described(
              "The row as the file has it; empty if it is very long, or those before it take too much room.")),
        ])
      ).described("The first \(mostRows) rows in which something is wrong.")),
    .required("errors_left_out", Tenant.count.described("How many more there are, which are not told.")),
  ]

  /// The same, of the rows that have come.
  var members: [JSONObject.Element] {
    state.withLock {
      [
        ("columns", .array($0.columns)), ("errors", .array($0.errors)), ("errors_left_out", Tenant.value($0.leftOut)),
      ]
    }
  }

  func take(_ rows: [RefusedRow], header: [String]) {
    state.withLock { state in
      for row in rows where row.kind == .invalid {
        guard state.errors.count < Self.mostRows else {
          state.leftOut += 1
          continue
        }
        if state.errors.isEmpty {
          state.columns = header.prefix(Self.mostColumns).map {
            .string(String($0.unicodeScalars.prefix(Self.longestName)))
          }
        }
        // Those behind one that did not fit in are left out too, so that it is plain how far the cells go.
        state.bytes += row.cells.reduce(0) { $0 + 64 + $1.utf8.count }
        let cells = state.bytes <= Self.mostBytes ? row.cells : []
        state.errors.append([
          "row": Tenant.value(row.row), "field": .string(row.field ?? ""), "value": .string(row.value),
          "error": .string(row.reason), "cells": .array(cells.map { .string($0) }),
        ])
      }
    }
  }
}
