/// A value that is rarely there, and lies apart, so that what holds it stays small.
@propertyWrapper
struct Apart<Value: Hashable & Sendable>: Hashable, Sendable {
  private var held: Shared<Value>?

  init() {}

  var wrappedValue: Value? {
    get { held?.value }
    set { held = newValue.map(Shared.init) }
  }
}
