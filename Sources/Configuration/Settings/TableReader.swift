// Reads one table of a configuration key by key, remembers which keys exist, and says what is wrong with the rest.

internal import Diagnostics

/// A table being read. Every question about a key makes it known; `finish` reports the others.
struct TableReader {
  let document: TOMLDocument
  let table: TOMLTable
  /// The path in messages, such as `providers.lab`; empty for the top level.
  let path: String
  /// The place of the table's name, for what is missing.
  let position: TOMLPosition
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var known: [String] = []
  /// The paths that readers of tables inside this one asked for.
  private(set) var innerKnown: [String] = []

  init(_ table: TOMLTable, of document: TOMLDocument, path: String, at position: TOMLPosition) {
    self.document = document
    self.table = table
    self.path = path
    self.position = position
  }

  // MARK: Values

  mutating func string(_ key: String, isSecret: Bool = false) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value.content else { return mismatch(key, "a string", value, isSecret: isSecret) }
    guard !text.isEmpty else { return refuse(key, "must not be empty", at: value) }
    return text
  }

  /// Any text, the empty one included.
  mutating func text(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value.content else { return mismatch(key, "a string", value) }
    return text
  }

  mutating func boolean(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .boolean(let truth) = value.content else { return mismatch(key, "true or false", value) }
    return truth
  }

  mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = value(key) else { return nil }
    guard case .integer(let number) = value.content else { return mismatch(key, "integer", value) }
    guard let exact = Int(exactly: number), range.contains(exact) else {
      return refuse(key, "must be \(range.lowerBound) to \(range.upperBound), found \(number)", at: value)
    }
    return exact
  }

  /// An integer or a float.
  mutating func number(_ key: String, in range: ClosedRange<Double>, named allowed: String) -> Double? {
    guard let value = value(key) else { return nil }
    let number: Double
    switch value.content {
    case .integer(let integer): number = Double(integer)
    case .float(let float): number = float
    default: return mismatch(key, "a number", value)
    }
    guard number.isFinite, range.contains(number) else {
      return refuse(key, "must be \(allowed), found \(value.described.dropKind)", at: value)
    }
    return number
  }

  /// Seconds, more than 0 and at most a day.
  mutating func seconds(_ key: String) -> Duration? {
    number(key, in: 0.001...86_400, named: "0.001 to 86400 seconds").map {
      .milliseconds(Int64($0 * 1000 + 0.5))
    }
  }

  /// One case of an enumeration, by its raw value.
  mutating func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _: Choice.Type) -> Choice?
  where Choice.RawValue == String {
    word(key, among: Choice.allCases.map(\.rawValue)).flatMap(Choice.init)
  }

  /// One of some words.
  mutating func word(_ key: String, among names: [String]) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value.content else { return mismatch(key, alternatives(names), value) }
    guard names.contains(text) else {
      return refuse(
        key, "expected \(alternatives(names)), found \(text.quotedForMessages)" + suggestion(for: text, among: names),
        at: value)
    }
    return text
  }

  mutating func table(_ key: String) -> (table: TOMLTable, position: TOMLPosition)? {
    guard let value = value(key) else { return nil }
    guard case .table(let table) = value.content else {
      let _: Never? = mismatch(key, "a table", value)
      return nil
    }
    return (table, self.table.entry(key)?.position ?? value.position)
  }

  mutating func strings(_ key: String, isSecret: Bool = false) -> [String]? {
    guard let value = value(key) else { return nil }
    guard case .array(let elements) = value.content else {
      return mismatch(key, "an array of strings", value, isSecret: isSecret)
    }
    var result: [String] = []
    for element in elements {
      guard case .string(let text) = element.content else {
        return mismatch(key, "an array of strings", element, isSecret: isSecret)
      }
      result.append(text)
    }
    return result
  }

  /// A value of any kind.
  mutating func value(_ key: String) -> TOMLValue? {
    known.append(key)
    return table[key]
  }

  // MARK: Findings

  /// The path of a key in messages.
  func path(of key: String) -> String {
    path.isEmpty ? Self.bare(key) : "\(path).\(Self.bare(key))"
  }

  /// A key as it would be written: in quotes where TOML needs them.
  static func bare(_ key: String) -> String {
    let isBare =
      !key.isEmpty
      && key.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    return isBare ? key : key.quotedForMessages
  }

  mutating func mismatch<Value>(_ key: String, _ expected: String, _ found: TOMLValue, isSecret: Bool = false) -> Value?
  {
    refuse(key, "expected \(expected), found \(isSecret ? found.kindName : found.described)", at: found)
  }

  @discardableResult
  mutating func refuse<Value>(_ key: String, _ problem: String, at value: TOMLValue?) -> Value? {
    report(.error, key, problem, at: value?.position)
    return nil
  }

  mutating func report(_ severity: Diagnostic.Severity, _ key: String, _ problem: String, at place: TOMLPosition? = nil)
  {
    let place = place ?? table.entry(key)?.position ?? position
    diagnostics.append(Diagnostic(severity, "\(path(of: key)): \(problem)", at: document.location(place)))
  }

  /// Takes over what a reader of a table inside this one found.
  mutating func absorb(_ inner: TableReader) {
    diagnostics += inner.finished()
    innerKnown += inner.innerKnown + inner.known.map { "\(inner.path).\($0)" }
  }

  mutating func add(_ found: [Diagnostic]) { diagnostics += found }

  /// The entries of a table whose names are the user's choice. More than anybody writes are left out and told: some checks
  /// compare all entries with each other.
  mutating func chosenEntries(limit: Int = 500) -> ArraySlice<TOMLEntry> {
    if table.entries.count > limit {
      let entry = table.entries[limit]
      report(
        .error, entry.key, "only \(limit) entries are read; this one and the rest are left out", at: entry.position)
      known += table.entries[limit...].map(\.key)
    }
    return table.entries.prefix(limit)
  }

  /// Everything found, unknown keys included; of these at most twenty, so that a file of another kind is told briefly.
  func finished() -> [Diagnostic] {
    let names = Set(known)
    let unknown = table.entries.filter { !names.contains($0.key) }
    let rest = unknown.count > 20 ? "; \(unknown.count - 20) more unknown keys follow" : ""
    return diagnostics
      + unknown.prefix(20).enumerated().map { offset, entry in
        Diagnostic(
          .warning,
          "\(path(of: entry.key)): unknown key" + suggestion(for: entry.key, among: known) + (offset == 19 ? rest : ""),
          at: document.location(entry.position))
      }
  }
}

extension String {
  /// `integer 5` without its first word.
  fileprivate var dropKind: Substring { split(separator: " ", maxSplits: 1).last ?? Substring(self) }
}
