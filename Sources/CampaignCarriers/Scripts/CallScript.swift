/// What is said and done in a call, whatever carrier has it.
///
/// ```swift
/// let script = CallScript([
///   .say("Please hold the line.", voice: nil, language: "en-US"),
///   .conference(CallScript.Conference(name: "call-1")),
/// ])
/// let document = try script.document(for: .twilio)
/// ```
public struct CallScript: Hashable, Sendable {
  /// What is done, in order.
  public var steps: [Step]

  /// Creates a script.
  ///
  /// - Parameter steps: What is done, in order. After the last the carrier hangs up.
  public init(_ steps: [Step] = []) {
    self.steps = steps
  }

  /// One thing to do.
  public enum Step: Hashable, Sendable {
    /// Speaks a text; the voice and the language by the carrier's names for them.
    case say(String, voice: String? = nil, language: String? = nil)
    /// Plays a recording, this many times.
    case play(String, times: Int = 1)
    /// Waits, in whole seconds of at least one.
    case pause(Duration)
    /// Waits for the beep of a machine, for this long at most.
    ///
    /// Twilio and SignalWire wait before they ask for the document, when the call was ordered so.
    case waitForBeep(atMost: Duration)
    /// Takes keys that are pressed.
    case gather(Gather)
    /// Connects to somebody else.
    case dial(Dial)
    /// Puts the call into a conference.
    case conference(Conference)
    /// Sends what is heard to a WebSocket, and plays what comes back.
    case stream(Stream)
    /// Records what is said.
    case record(Record)
    /// Records the call from here to its end, for this long at most, while the script goes on. The address is told of
    /// the recording.
    ///
    /// Twilio and SignalWire record calls that were ordered so.
    case recordCall(toldAt: String, longest: Duration = .seconds(14_400))
    /// Goes on with the document at another address.
    case redirect(String)
    /// Hangs up.
    case hangUp
  }

  /// Keys that are taken.
  public struct Gather: Hashable, Sendable {
    /// What is said and played meanwhile; nothing else may be among it.
    public var prompts: [Step]
    /// How many keys there are at most.
    public var digits: Int
    /// How long the first key, and then each further one, is waited for.
    public var timeout: Duration
    /// The address that is told the keys, and asked what to do then.
    public var action: String

    /// Creates a step that takes keys; one key within five seconds unless told otherwise.
    public init(_ prompts: [Step], digits: Int = 1, timeout: Duration = .seconds(5), action: String) {
      self.prompts = prompts
      self.digits = digits
      self.timeout = timeout
      self.action = action
    }
  }

  /// Somebody to connect to.
  public struct Dial: Hashable, Sendable {
    /// A place that can be reached.
    public enum Target: Hashable, Sendable {
      /// A telephone number.
      case number(String)
      /// An address of SIP, such as `sip:desk@example.com`.
      case sip(String)
    }

    /// Who is reached.
    public var target: Target
    /// The number that is shown; nil for the carrier's choice.
    public var callerNumber: String?
    /// How long it rings.
    public var ringTime: Duration
    /// The address of a document that is played to whoever answers, before they are connected; nil for none.
    public var whisper: String?
    /// The address that is asked what to do when they are done; nil to go on with the script.
    public var action: String?

    /// Creates a step that connects to somebody.
    public init(
      _ target: Target, callerNumber: String? = nil, ringTime: Duration = .seconds(30), whisper: String? = nil,
      action: String? = nil
    ) {
      self.target = target
      self.callerNumber = callerNumber
      self.ringTime = ringTime
      self.whisper = whisper
      self.action = action
    }
  }

  /// A conference, which begins when somebody is in it who starts it.
  public struct Conference: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Whether it starts when this call comes in.
    public var startsOnEntry: Bool
    /// Whether it ends for all when this call goes.
    public var endsOnExit: Bool
    /// Whether it beeps when somebody comes or goes.
    public var beeps: Bool
    /// The address that is told who comes and goes; nil to tell nobody.
    public var statusAddress: String?

    /// Creates a step that joins a conference; it starts with whoever comes, and goes on when they go, unless told
    /// otherwise.
    public init(
      name: String, startsOnEntry: Bool = true, endsOnExit: Bool = false, beeps: Bool = false,
      statusAddress: String? = nil
    ) {
      self.name = name
      self.startsOnEntry = startsOnEntry
      self.endsOnExit = endsOnExit
      self.beeps = beeps
      self.statusAddress = statusAddress
    }
  }

  /// A stream of what is heard, in both directions.
  public struct Stream: Hashable, Sendable {
    /// The address of the WebSocket.
    public var address: String
    /// What it is told of the call, in this order.
    public var parameters: [Parameter]

    /// A name with a value.
    public struct Parameter: Hashable, Sendable {
      /// The name.
      public var name: String
      /// The value.
      public var value: String

      /// Creates a parameter.
      public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
      }
    }

    /// Creates a step that connects to a WebSocket.
    public init(_ address: String, parameters: [Parameter] = []) {
      self.address = address
      self.parameters = parameters
    }

    /// The same with the parameters in the query of the address, for carriers that take letters and digits only.
    public var withParametersInAddress: Stream {
      var result = address
      for item in parameters {
        result += result.contains("?") ? "&" : "?"
        result += "\(WebhookAddresses.escape(item.name))=\(WebhookAddresses.escape(item.value))"
      }
      return Stream(result)
    }
  }

  /// A recording.
  public struct Record: Hashable, Sendable {
    /// The longest that it may be.
    public var longest: Duration
    /// How long a silence ends it.
    public var silence: Duration
    /// Whether it begins with a beep.
    public var beeps: Bool
    /// The address that is told of it, and asked what to do then.
    public var action: String

    /// Creates a step that records; a minute at most, until five seconds of silence, after a beep, unless told
    /// otherwise.
    public init(
      longest: Duration = .seconds(60), silence: Duration = .seconds(5), beeps: Bool = true, action: String
    ) {
      self.longest = longest
      self.silence = silence
      self.beeps = beeps
      self.action = action
    }
  }
}

extension CallScript {
  /// A script that connects an agent to a waiting call: it tells them who waits, and puts them into the conference.
  ///
  /// - Parameters:
  ///   - whisper: What only the agent hears; empty for nothing.
  ///   - conference: The conference.
  /// - Returns: The script.
  public static func agent(whisper: String, into conference: Conference) -> CallScript {
    CallScript((whisper.isEmpty ? [] : [.say(whisper)]) + [.conference(conference)])
  }

  /// A script for a machine that takes messages: a recording, or none.
  ///
  /// - Parameters:
  ///   - message: The address of the recording; nil to hang up at once.
  ///   - wait: How long to wait for the beep first; nil where the carrier has waited already.
  /// - Returns: The script.
  public static func voicemail(_ message: String?, waitingForBeep wait: Duration? = nil) -> CallScript {
    guard let message else { return CallScript([.hangUp]) }
    return CallScript((wait.map { [.waitForBeep(atMost: $0)] } ?? []) + [.play(message), .hangUp])
  }

  /// A step that lets somebody ask not to be called again by pressing a key; whoever presses none hears what follows.
  ///
  /// - Parameters:
  ///   - prompt: What is said, with the key in it.
  ///   - action: The address that is told the key, and decides what it means.
  /// - Returns: The step.
  public static func optOut(prompt: String, action: String) -> Step {
    .gather(Gather([.say(prompt)], action: action))
  }
}
