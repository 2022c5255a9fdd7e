import CSockets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What may be done with a socket now.
struct Readiness: OptionSet {
  let rawValue: UInt8

  static let readable = Readiness(rawValue: 1)
  static let writable = Readiness(rawValue: 2)
  /// The peer has ended its side; reading will tell after the last byte.
  static let ended = Readiness(rawValue: 4)
  /// The connection is gone in both directions.
  static let broken = Readiness(rawValue: 8)
}

/// A socket that can go on.
struct Ready {
  var descriptor: Int32
  var readiness: Readiness
}

#if os(Linux)
  /// The system's readiness calls: epoll.
  struct Poller: ~Copyable {
    private let poll: Int32
    private let alarm: Int32
    private var events: [epoll_event]

    init() throws(SocketError) {
      let poll = epoll_create1(Int32(EPOLL_CLOEXEC))
      guard poll >= 0 else { throw SocketError("create an event poll") }
      let alarm = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
      guard alarm >= 0, Self.control(poll, EPOLL_CTL_ADD, alarm, EPOLLIN.rawValue) else {
        let code = errno
        _ = close(poll)
        if alarm >= 0 { _ = close(alarm) }
        throw SocketError("watch an event descriptor", code: code)
      }
      self.poll = poll
      self.alarm = alarm
      events = [epoll_event](repeating: epoll_event(), count: 256)
    }

    deinit {
      _ = close(alarm)
      _ = close(poll)
    }

    private static func control(_ poll: Int32, _ operation: Int32, _ descriptor: Int32, _ mask: UInt32) -> Bool {
      var event = epoll_event()
      event.events = mask
      event.data.fd = descriptor
      return epoll_ctl(poll, operation, descriptor, &event) == 0
    }

    /// Tells of each change once: whoever is told goes on until the socket would block.
    func add(_ descriptor: Int32) -> Bool {
      let mask = EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue
      return Self.control(poll, EPOLL_CTL_ADD, descriptor, mask)
    }

    func remove(_ descriptor: Int32) { _ = Self.control(poll, EPOLL_CTL_DEL, descriptor, 0) }

    /// Ends a wait from any thread.
    func wake() {
      var one: UInt64 = 1
      _ = write(alarm, &one, 8)
    }

    /// Waits up to a number of milliseconds, without end below 0, and adds the sockets that have become ready.
    mutating func wait(_ milliseconds: Int32, into ready: inout [Ready]) {
      let count = epoll_wait(poll, &events, Int32(events.count), milliseconds)
      for index in 0..<Int(max(0, count)) {
        let event = events[index]
        let descriptor = event.data.fd
        if descriptor == alarm {
          var value: UInt64 = 0
          _ = read(alarm, &value, 8)
          continue
        }
        var readiness: Readiness = []
        if event.events & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
        if event.events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
        if event.events & EPOLLRDHUP.rawValue != 0 { readiness.formUnion([.readable, .ended]) }
        if event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
          readiness.formUnion([.readable, .writable, .broken])
        }
        ready.append(Ready(descriptor: descriptor, readiness: readiness))
      }
    }
  }
#else
  /// The system's readiness calls: kqueue.
  struct Poller: ~Copyable {
    private let queue: Int32
    private var events: [kevent]

    init() throws(SocketError) {
      let queue = kqueue()
      guard queue >= 0 else { throw SocketError("create an event queue") }
      guard Self.change(queue, 0, Int(EVFILT_USER), EV_ADD | EV_CLEAR) else {
        let code = errno
        _ = close(queue)
        throw SocketError("watch a user event", code: code)
      }
      self.queue = queue
      events = [kevent](repeating: kevent(), count: 256)
    }

    deinit { _ = close(queue) }

    private static func change(
      _ queue: Int32, _ descriptor: Int32, _ filter: Int, _ flags: Int32, _ note: UInt32 = 0
    ) -> Bool {
      var event = kevent(
        ident: UInt(descriptor), filter: Int16(filter), flags: UInt16(flags), fflags: note, data: 0, udata: nil)
      return kevent(queue, &event, 1, nil, 0, nil) == 0
    }

    /// Tells of each change once: whoever is told goes on until the socket would block.
    func add(_ descriptor: Int32) -> Bool {
      Self.change(queue, descriptor, Int(EVFILT_READ), EV_ADD | EV_CLEAR)
        && Self.change(queue, descriptor, Int(EVFILT_WRITE), EV_ADD | EV_CLEAR)
    }

    func remove(_ descriptor: Int32) {
      _ = Self.change(queue, descriptor, Int(EVFILT_READ), EV_DELETE)
      _ = Self.change(queue, descriptor, Int(EVFILT_WRITE), EV_DELETE)
    }

    /// Ends a wait from any thread.
    func wake() { _ = Self.change(queue, 0, Int(EVFILT_USER), 0, UInt32(NOTE_TRIGGER)) }

    /// Waits up to a number of milliseconds, without end below 0, and adds the sockets that have become ready.
    mutating func wait(_ milliseconds: Int32, into ready: inout [Ready]) {
      var limit = timespec(tv_sec: Int(milliseconds) / 1000, tv_nsec: Int(milliseconds) % 1000 * 1_000_000)
      let count = kevent(queue, nil, 0, &events, Int32(events.count), milliseconds < 0 ? nil : &limit)
      for index in 0..<Int(max(0, count)) {
        let event = events[index]
        if Int32(event.filter) == EVFILT_USER { continue }
        var readiness: Readiness = Int32(event.filter) == EVFILT_READ ? .readable : .writable
        if Int32(event.flags) & EV_EOF != 0 {
          // The end of the reading side alone is a half-close.
          readiness.insert(Int32(event.filter) == EVFILT_READ && event.fflags == 0 ? .ended : .broken)
        }
        ready.append(Ready(descriptor: Int32(event.ident), readiness: readiness))
      }
    }
  }
#endif
