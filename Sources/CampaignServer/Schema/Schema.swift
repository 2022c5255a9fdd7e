public import JSON

/// What a value of JSON has to be: one declaration that checks requests, words what is wrong with them, fills in what
/// was left out, and describes itself in OpenAPI.
///
/// ```swift ignore
/// let body = Schema.object([
///   .required("name", .name(200)),
///   .optional("maxConcurrent", .integer(1...1000).defaulting(to: 3)),
/// ])
/// ```
///
/// Values are never turned into another type: the text `"3"` is no number.
public struct Schema: Sendable {
  /// The kinds of values.
  public indirect enum Kind: Sendable {
    /// A text.
    case text(TextRule)
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A number.
    case number(ClosedRange<Double>)
    /// `true` or `false`.
    case flag
    /// A list whose elements are all alike.
    case list(Schema, count: ClosedRange<Int>)
    /// An object with members that are known, and others.
    case object([Property], others: Others)
    /// A value that fits one of several schemas; the first that it fits is taken.
    case either([Schema])
    /// Any value.
    case anything
  }

  /// What becomes of members that are not declared.
  public indirect enum Others: Sendable {
    /// They are left out.
    case ignored
    /// They have to fit a schema, and are kept.
    case kept(Schema)
  }

  /// A member of an object.
  public struct Property: Sendable {
    /// Its name.
    public var name: String
    /// What its value has to be.
    public var schema: Schema
    /// Whether it must be there.
    public var isRequired: Bool

    /// A member that must be there.
    public static func required(_ name: String, _ schema: Schema) -> Property {
      Property(name: name, schema: schema, isRequired: true)
    }

    /// A member that may be left out.
    public static func optional(_ name: String, _ schema: Schema) -> Property {
      Property(name: name, schema: schema, isRequired: false)
    }
  }

  /// What kind of value it is.
  public var kind: Kind
  /// Whether `null` is a value too.
  public var isNullable = false
  /// What it means, for people.
  public var summary: String?
  /// What stands for a member that was left out.
  public var standard: JSONValue?
  /// A value as it could be.
  public var example: JSONValue?

  /// Creates a schema.
  public init(_ kind: Kind) { self.kind = kind }
}

// MARK: - Making schemas

extension Schema {
  /// A text of that many characters.
  public static func text(_ length: ClosedRange<Int> = 0...10_000, format: TextFormat? = nil) -> Schema {
    Schema(.text(TextRule(length: length, format: format)))
  }

  /// A text that says something: not empty and not blank.
  public static func name(_ maximum: Int) -> Schema {
    Schema(.text(TextRule(length: 1...maximum, refusesBlank: true)))
  }

  /// A text in a format, such as ``TextFormat/moment``.
  public static func text(_ format: TextFormat) -> Schema {
    Schema(.text(TextRule(length: 0...1000, format: format)))
  }

  /// One of these texts.
  public static func choice(_ values: [String]) -> Schema {
    Schema(.text(TextRule(length: 0...1000, choices: values)))
  }

  /// A whole number.
  public static func integer(_ range: ClosedRange<Int>) -> Schema { Schema(.integer(range)) }

  /// A number.
  public static func number(_ range: ClosedRange<Double>) -> Schema { Schema(.number(range)) }

  /// `true` or `false`.
  public static var flag: Schema { Schema(.flag) }

  /// Any value.
  public static var anything: Schema { Schema(.anything) }

  /// A list.
  public static func list(of element: Schema, count: ClosedRange<Int> = 0...100_000) -> Schema {
    Schema(.list(element, count: count))
  }

  /// An object; members that are not declared are left out unless told otherwise.
  public static func object(_ properties: [Property], others: Others = .ignored) -> Schema {
    Schema(.object(properties, others: others))
  }

  /// An object with members of any name and kind.
  public static var freeObject: Schema { .object([], others: .kept(.anything)) }

  /// A value that fits one of several schemas.
  public static func either(_ schemas: Schema...) -> Schema { Schema(.either(schemas)) }

  /// The same, with `null` as a value.
  public var nullable: Schema { changed { $0.isNullable = true } }

  /// The same, with a value for those who leave it out.
  public func defaulting(to value: JSONValue) -> Schema { changed { $0.standard = value } }

  /// The same, with a word on what it means.
  public func described(_ summary: String) -> Schema { changed { $0.summary = summary } }

  /// The same, with an example.
  public func like(_ example: JSONValue) -> Schema { changed { $0.example = example } }

  /// The same object with all its members optional and without defaults, as for an update.
  public var partial: Schema {
    changed { schema in
      guard case .object(let properties, let others) = schema.kind else { return }
      schema.kind = .object(
        properties.map { .optional($0.name, $0.schema.changed { $0.standard = nil }) }, others: others)
    }
  }

  /// The same object with further members; of two with one name the later counts.
  public func adding(_ properties: [Property]) -> Schema {
    changed { schema in
      guard case .object(let old, let others) = schema.kind else { return }
      let names = Set(properties.map(\.name))
      schema.kind = .object(old.filter { !names.contains($0.name) } + properties, others: others)
    }
  }

  private func changed(_ change: (inout Schema) -> Void) -> Schema {
    var schema = self
    change(&schema)
    return schema
  }
}
