extension StoreState {
  /// Where to look for the leads of a query: whole campaigns, or the leads of one contact.
  enum LeadPool {
    case campaigns([UInt32])
    case leads([UInt32])
  }

  func pool(of scope: LeadQuery.Scope) -> LeadPool {
    switch scope {
    case .campaign(let id): return .campaigns(indexes.campaigns[id].map { [$0] } ?? [])
    case .account(let id):
      return .campaigns(indexes.accounts[id].map { indexes.byAccount[Int($0)].campaigns } ?? [])
    case .contact(let id):
      var leads: [UInt32] = []
      var lead = contactRow(id).map { tables.contacts[$0].newestLead } ?? noRow
      while lead != noRow {
        leads.append(lead)
        lead = tables.leadCore(lead).olderOfContact
      }
      return .leads(leads)
    }
  }
}

// Pages of leads. They need the tables only, so a long search works on a copy and holds nobody up.
extension Tables {
  func leads(
    _ query: LeadQuery, in pool: StoreState.LeadPool, page request: PageRequest
  ) throws(StoreError) -> Page<Lead> {
    let statuses = query.statuses.isEmpty ? Set(Lead.Status.allCases) : query.statuses
    let search = TextSearch(query.search)
    if case .campaigns(let campaigns) = pool, campaigns.count == 1, search == nil {
      if query.sort == .createdAt {
        return try leadsInOrder(of: campaigns[0], statuses: statuses, isDescending: query.isDescending, request)
      }
      return try leads(
        of: campaigns[0], statuses: statuses, sort: query.sort, isDescending: query.isDescending, request)
    }
    var total = 0
    var picker = try PagePicker<ListPlace>(request, isDescending: query.isDescending)
    switch pool {
    case .leads(let rows):
      for row in rows where statuses.contains(where: { $0.raw == leadStatus(row) }) {
        if let search, try !matches(search, lead: row) { continue }
        total += 1
        picker.offer(place(of: row, sort: query.sort, byOrdinal: false), row)
      }
    case .campaigns(let campaigns):
      for campaign in campaigns {
        let segments = self.campaigns[Int(campaign)].segments
        for segment in query.isDescending ? segments.reversed() : segments {
          try offer(
            segment, statuses: statuses, search: search, query: query, byOrdinal: campaigns.count == 1,
            picker: &picker, total: &total)
        }
      }
    }
    let (rows, next) = picker.page()
    return Page(
      elements: try values(rows) { (row) throws(StoreError) in try lead(at: row) },
      total: request.countsTotal ? total : nil, next: next)
  }

  /// Offers the leads of a segment that match.
  private func offer(
    _ number: UInt32, statuses: Set<Lead.Status>, search: TextSearch?, query: LeadQuery, byOrdinal: Bool,
    picker: inout PagePicker<ListPlace>, total: inout Int
  ) throws(StoreError) {
    let segment = segments[Int(number)]
    var wanted = SIMD8<UInt8>()
    var matching = 0
    for status in statuses {
      wanted[Int(status.raw)] = 1
      matching += Int(segment.counts[Int(status.raw)])
    }
    guard matching > 0 else { return }
    if search == nil { total += matching }
    let last = segment.status.count - 1
    for step in segment.status.indices {
      let place = query.isDescending ? last - step : step
      guard wanted[Int(segment.status[place] & 7)] == 1 else { continue }
      let key: Int64
      switch query.sort {
      case .createdAt: key = segment.core[place].createdAt
      case .priority: key = Int64(segment.priority[place])
      case .nextAttemptAt: key = segment.next[place]
      case .lastAttemptAt: key = segment.last[place]
      }
      guard search != nil || picker.mayTake(key: key, inOrder: byOrdinal) else { continue }
      let row = number << LeadSegment.bits | UInt32(place)
      if let search {
        guard try matches(search, lead: row) else { continue }
        total += 1
      }
      var listPlace = ListPlace(key: key)
      if byOrdinal {
        listPlace.low = segment.base + UInt32(place)
      } else {
        listPlace.high = segment.core[place].id.high
        listPlace.low = segment.core[place].id.low
      }
      picker.offer(listPlace, row)
    }
  }

  private func place(of row: UInt32, sort: LeadQuery.Sort, byOrdinal: Bool) -> ListPlace {
    let segment = segments[StoreState.segment(row)]
    let place = StoreState.place(row)
    var listPlace = ListPlace(high: segment.core[place].id.high, low: segment.core[place].id.low)
    switch sort {
    case .createdAt: listPlace.key = segment.core[place].createdAt
    case .priority: listPlace.key = Int64(segment.priority[place])
    case .nextAttemptAt: listPlace.key = segment.next[place]
    case .lastAttemptAt: listPlace.key = segment.last[place]
    }
    return listPlace
  }

  /// The leads of a campaign by ordinal: whole segments are passed over by their counts.
  private func leadsInOrder(
    of campaign: UInt32, statuses: Set<Lead.Status>, isDescending: Bool, _ request: PageRequest
  ) throws(StoreError) -> Page<Lead> {
    var skip = 0
    var after: UInt32?
    switch request.start {
    case .offset(let offset): skip = max(0, offset)
    case .cursor(let cursor): after = try cursor.place(ListPlace.self).low
    }
    let raws = Set(statuses.map(\.raw))
    let record = campaigns[Int(campaign)]
    var rows: [UInt32] = []
    var hasMore = false
    let order = isDescending ? record.segments.reversed() : record.segments
    search: for number in order {
      let segment = segments[Int(number)]
      let matching = raws.reduce(0) { $0 + Int(segment.counts[Int($1)]) }
      guard matching > 0 else { continue }
      if let after {
        let isBehind =
          isDescending ? segment.base < after : segment.base + UInt32(segment.status.count - 1) > after
        guard isBehind else { continue }
      } else if skip >= matching {
        skip -= matching
        continue
      }
      let places = segment.status.indices
      for step in places {
        let place = isDescending ? places.count - 1 - step : step
        guard raws.contains(segment.status[place]) else { continue }
        if let after {
          let ordinal = segment.base + UInt32(place)
          guard isDescending ? ordinal < after : ordinal > after else { continue }
        } else if skip > 0 {
          skip -= 1
          continue
        }
        guard rows.count < request.limit else {
          hasMore = true
          break search
        }
        rows.append(number << LeadSegment.bits | UInt32(place))
      }
    }
    let next = hasMore ? rows.last.map { PageCursor(ListPlace(low: ordinal(ofLead: $0))) } : nil
    return Page(
      elements: try values(rows) { (row) throws(StoreError) in try lead(at: row) },
      total: request.countsTotal ? statuses.reduce(0) { $0 + record.counts[$1] } : nil, next: next)
  }

  private func matches(_ search: TextSearch, lead row: UInt32) throws(StoreError) -> Bool {
    let core = leadCore(row)
    let contact = contacts[core.contact]
    for word in search.words where !contact.hasFurtherNumbers && !word.isIn(number: contact.number) {
      let payload = segments[StoreState.segment(row)].payload
      if try payload.withBytes(core.payload, { word.mayBeIn($0) }) { continue }
      guard try mayBe(word, inPayloadOfContact: core.contact) else { return false }
    }
    let lead = try lead(at: row)
    return search.matches(lead.person, number: lead.number)
  }

  private func mayBe(_ word: TextSearch.Word, inPayloadOfContact row: UInt32) throws(StoreError) -> Bool {
    try contactPayloads[Int(row >> Rows<ContactRow>.chunkBits)].withBytes(contacts[row].payload) { word.mayBeIn($0) }
  }

  // MARK: Contacts

  func contacts(
    _ rows: [UInt32], search: TextSearch?, isDescending: Bool, page request: PageRequest
  ) throws(StoreError) -> Page<Contact> {
    let (rows, total, next) = try page(of: rows, request, isDescending: isDescending) { (row) throws(StoreError) in
      guard let search else { return true }
      let stored = contacts[row]
      for word in search.words where !word.isIn(number: stored.number) {
        guard try mayBe(word, inPayloadOfContact: row) else { return false }
      }
      return search.matches(try contactPayload(row).person, number: PhoneNumber(digits: stored.number))
    }
    return Page(
      elements: try values(rows) { (row) throws(StoreError) in try contact(at: row) }, total: total, next: next)
  }

  /// Reads the values at rows. (`map` does not pass on which error its closure throws.)
  func values<Value>(
    _ rows: [UInt32], _ read: (UInt32) throws(StoreError) -> Value
  ) throws(StoreError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(rows.count)
    for row in rows { values.append(try read(row)) }
    return values
  }
}
