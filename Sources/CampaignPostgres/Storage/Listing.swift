#if PostgreSQL
  internal import CampaignKit
  internal import Digests

  /// A list of which pages are read: what is in it, and how it is sorted.
  struct Listing {
    /// The tables, as they follow FROM.
    var from: String
    /// The columns that are read.
    var columns: String
    /// What names an element; equal keys follow by it.
    var id: String
    /// The key by which it is sorted, a whole number or a text that is never NULL; nil to sort by `id` alone.
    var key: String?
    /// Whether the key is a text.
    var isTextual = false
    var isDescending = false
    private(set) var conditions: [String] = []
    private(set) var values: [String?] = []

    init(from: String, columns: String, id: String) {
      self.from = from
      self.columns = columns
      self.id = id
    }

    /// Leaves out what does not meet a condition, in which `?` stands for the value.
    mutating func require(_ condition: String, _ value: (any SQLValue)?) {
      values.append(value?.sqlText)
      conditions.append(
        condition.split(separator: "?", omittingEmptySubsequences: false).joined(separator: "$\(values.count)"))
    }

    mutating func require(_ condition: String) { conditions.append(condition) }

    /// Leaves out what does not contain a text, whatever the case.
    mutating func search(_ text: String?, in column: String) {
      guard let text, !text.isEmpty else { return }
      require("position(? IN \(column)) > 0", text.lowercased())
    }

    /// What is searched: texts in lower case.
    static func searchable(_ texts: String?...) -> String {
      texts.compactMap { $0?.lowercased() }.joined(separator: "\u{1F}").filter { $0 != "\0" }
    }
  }

  /// Where an element stands in a list.
  private struct Place: Codable {
    var key: String?
    var id: String
  }

  extension Session {
    /// A part of a list.
    func page<Element: Sendable>(
      _ listing: Listing, _ request: PageRequest, _ element: (inout Row) throws(StoreError) -> Element
    ) throws(StoreError) -> Page<Element> {
      var part = listing
      let limit = min(max(0, request.limit), 1 << 40)
      var offset = 0
      switch request.start {
      case .offset(let start): offset = max(0, start)
      case .cursor(let cursor):
        let place = try cursor.place()
        let sign = listing.isDescending ? "<" : ">"
        if let key = listing.key {
          guard let last = place.key, listing.isTextual || Int64(last) != nil else { throw PageCursor.unreadable }
          part.require("(\(key), \(listing.id)) \(sign) (?, $\(part.values.count + 2))", last)
          part.add(place.id)
        } else {
          part.require("\(listing.id) \(sign) ?", place.id)
        }
      }
      let order = listing.isDescending ? "DESC" : "ASC"
      let keys = [listing.key, listing.id].compactMap { $0 }
      // As values: a statement for each number would be prepared and kept.
      part.add("\(limit + 1)")
      part.add("\(offset)")
      let sql = """
        SELECT \(keys.joined(separator: ", ")), \(listing.columns) FROM \(listing.from)\(part.condition) \
        ORDER BY \(keys.map { "\($0) \(order)" }.joined(separator: ", ")) \
        LIMIT $\(part.values.count - 1)::bigint OFFSET $\(part.values.count)::bigint
        """
      var last: Place?
      var elements: [Element] = []
      let found = try ask(Statement(sql: sql, values: part.values))
      for index in 0..<min(limit, found.count) {
        var row = Row(found, index)
        let key = listing.key == nil ? nil : row.optionalText()
        last = Place(key: key, id: try row.text())
        elements.append(try element(&row))
      }
      var page = Page(elements: elements)
      if found.count > limit, let last { page.next = try PageCursor(last) }
      if request.countsTotal {
        let count = Statement(
          sql: "SELECT count(*) FROM \(listing.from)\(listing.condition)", values: listing.values)
        guard var row = try ask(count).first else { return page }
        page.total = try row.int()
      }
      return page
    }
  }

  extension Listing {
    fileprivate mutating func add(_ value: String) { values.append(value) }

    fileprivate var condition: String {
      conditions.isEmpty ? "" : " WHERE " + conditions.map { "(\($0))" }.joined(separator: " AND ")
    }
  }

  extension PageCursor {
    fileprivate static let unreadable = StoreError(.invalid, "the cursor is not one that this store gave")

    /// A cursor behind a place. The text is in hexadecimal, so that it can stand in a URL.
    fileprivate init(_ place: Place) throws(StoreError) {
      self.init(text: Hexadecimal.encode(Array(try Document.text(place).utf8)))
    }

    fileprivate func place() throws(StoreError) -> Place {
      guard let bytes = Hexadecimal.decode(text) else { throw Self.unreadable }
      let place = try? bytes.withUnsafeBytes { (bytes) throws(StoreError) in try Document.decode(Place.self, bytes) }
      guard let place, place.id.utf8.count < 200, !place.id.utf8.contains(0) else { throw Self.unreadable }
      return place
    }
  }
#endif
