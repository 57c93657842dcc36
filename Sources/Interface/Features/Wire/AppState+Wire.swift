// What went over the wire: what the command, keys and news do.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  /// Opens the view, or tells of the exchange where there is no screen.
  mutating func openWire(_ argument: String) -> [Effect] {
    guard !isBlind(shown) else {
      refuseBlind()
      return []
    }
    let message = browsedMessage.flatMap { $0.role == .assistant ? $0 : nil } ?? wiredAnswer
    let subject: WireSubject
    if argument.isEmpty {
      subject = message.map { .answer($0.id) } ?? .conversation(shown)
    } else if let number = Int(argument), number >= 1 {
      subject = .number(number)
    } else {
      show("It is /wire, or /wire 2 for the second exchange since riffle started", .warning)
      return []
    }
    if linear != nil { return [.instrument(.wire(.tell(subject)))] }
    instrument = .wire(WireState(subject, facts: message.map { WireWording.facts(of: $0, utcOffsetSeconds) } ?? []))
    return [.instrument(.wire(.open(subject)))]
  }

  private var wiredAnswer: TranscriptMessage? {
    guard let run = shownRun, let index = transcript.index(of: run.message) else { return transcript.lastAnswer }
    return transcript.messages[index]
  }

  /// A key while the view is shown; `nil` if it is none of its own.
  mutating func handleWire(_ chord: KeyChord, _ cache: inout LayoutCache) -> [Effect]? {
    guard case .wire(var wire) = instrument else { return nil }
    // Let go of, so that what it holds is not copied when it changes.
    instrument = nil
    let effects = handle(chord, &wire)
    if effects != [.instrument(.wire(.close))] { instrument = .wire(wire) }
    return effects
  }

  private mutating func handle(_ chord: KeyChord, _ wire: inout WireState) -> [Effect]? {
    if wire.find?.isTyping == true { return typeQuery(chord, &wire) }
    let page = max(1, wireRows - 1)
    switch chord {
    case KeyChord(.escape) where wire.find != nil: wire.find = nil
    case KeyChord(.escape), KeyChord(.character("q")), .control("c"): return [.instrument(.wire(.close))]
    case KeyChord(.character("j")), KeyChord(.down): move(by: 1, &wire)
    case KeyChord(.character("k")), KeyChord(.up): move(by: -1, &wire)
    case KeyChord(.pageDown), KeyChord(.character(" ")), .control("f"): move(by: page, &wire)
    case KeyChord(.pageUp), .control("b"): move(by: -page, &wire)
    case KeyChord(.character("g")), KeyChord(.home): move(by: -.max / 2, &wire)
    case KeyChord(.character("G")), KeyChord(.end), KeyChord(.character("f")): move(by: .max / 2, &wire)
    case KeyChord(.left), KeyChord(.character("h")): wire.shift = max(0, wire.shift - Self.shiftStep)
    case KeyChord(.right), KeyChord(.character("l")):
      wire.shift = min(Self.longestShift, wire.shift + Self.shiftStep)
    case KeyChord(.tab): changeSide(by: 1, &wire)
    case KeyChord(.tab, .shift): changeSide(by: -1, &wire)
    case KeyChord(.enter): return unfold(&wire)
    case KeyChord(.character("[")): return showOther(by: -1, &wire)
    case KeyChord(.character("]")): return showOther(by: 1, &wire)
    case KeyChord(.character("/")): wire.find = WireState.Find()
    case KeyChord(.character("n")): findNext(1, &wire)
    case KeyChord(.character("N")): findNext(-1, &wire)
    case KeyChord(.character("c")): return wire.picture.map { [.instrument(.wire(.curl($0.outline.number)))] } ?? []
    case KeyChord(.character("s")):
      return wire.picture.map { [.instrument(.wire(.save($0.outline.number, $0.outline.conversation)))] } ?? []
    default: return nil
    }
    return []
  }

  private static let shiftStep = 20
  private static let longestShift = 4_000

  mutating func takeWire(_ news: WireNews) -> [Effect] {
    switch news {
    case .failed(let explanation): show(explanation.sentence, .error)
    case .saved(let words): show(words, .success)
    case .curl(let text): return [.copy(text, isExact: true)]
    case .told(let outlines, let picture):
      let text = WireWording.account(of: picture, among: outlines)
      linear?.sayings.append(.text(text))
    case .details(let event, let number, let lines):
      changeWire { state, wire in
        guard wire.picture?.outline.number == number, !lines.isEmpty else { return }
        wire.details[event] = lines
        guard let picture = wire.picture else { return }
        // As much of it as fits is seen at once.
        let rows = state.rows(of: picture, wire)
        let last = rows.index(of: .detail(event: event, line: lines.count - 1))
        wire.top = WireRows.top(wire.top, showing: last, rows: state.wireRows, count: rows.count)
        wire.follows = false
      }
    case .shown(let outlines, let picture):
      // Closed by something else that took its place: nobody looks any more.
      guard case .wire = instrument else { return [.instrument(.wire(.close))] }
      if let picture, isBlind(picture.outline.conversation) {
        instrument = nil
        refuseBlind()
        return [.instrument(.wire(.close))]
      }
      let told = outlines.filter { !isBlind($0.conversation) }
      changeWire { $1.take(told, picture) }
    }
    return []
  }

  private mutating func changeWire(_ body: (AppState, inout WireState) -> Void) {
    guard case .wire(var wire) = instrument else { return }
    instrument = nil
    body(self, &wire)
    if let picture = wire.picture {
      let rows = rows(of: picture, wire)
      if wire.follows { wire.selected = rows.place(at: rows.count - 1) }
      reveal(rows, &wire)
    }
    instrument = .wire(wire)
  }

  // MARK: Moving

  /// Rows of the raw side on this screen.
  private var wireRows: Int { max(1, ScreenLayout(self).instrument.rows - WireView.frameRows) }

  private var isWireWide: Bool { ScreenLayout(self).instrument.columns >= WireState.wideColumns }

  private func rows(of picture: WirePicture, _ wire: WireState) -> WireRows {
    WireRows(picture, details: wire.details, side: isWireWide ? nil : wire.side == .text ? .events : wire.side)
  }

  private func reveal(_ rows: WireRows, _ wire: inout WireState) {
    let selected = rows.index(of: wire.selected)
    wire.top = WireRows.top(wire.top, showing: selected, rows: wireRows, count: rows.count)
  }

  private func move(by step: Int, _ wire: inout WireState) {
    guard let picture = wire.picture else { return }
    let rows = rows(of: picture, wire)
    let index = min(max(0, rows.index(of: wire.selected) + step), rows.count - 1)
    wire.selected = rows.place(at: index)
    wire.follows = index == rows.count - 1
    reveal(rows, &wire)
  }

  /// On a narrow screen the next side; on a wide one the beginning of the next section.
  private func changeSide(by step: Int, _ wire: inout WireState) {
    guard let picture = wire.picture else { return }
    if isWireWide {
      let sections: [WireState.Place] =
        [.title(.request)] + (picture.head.isEmpty ? [] : [.title(.response)]) + [.title(.events)]
      let rows = rows(of: picture, wire)
      let here = rows.index(of: wire.selected)
      let starts = sections.map { rows.index(of: $0) }
      let current = starts.lastIndex { $0 <= here } ?? 0
      wire.selected = sections[(current + step + sections.count) % sections.count]
      wire.follows = false
      reveal(rows, &wire)
      return
    }
    let sides = WireState.Side.allCases
    let current = sides.firstIndex(of: wire.side) ?? 0
    wire.side = sides[(current + step + sides.count) % sides.count]
    if wire.side == .request { (wire.selected, wire.follows) = (.title(.request), false) }
    if wire.side == .events, !wire.selected.isOfEvents { (wire.selected, wire.follows) = (.end, true) }
    wire.top = 0
    reveal(rows(of: picture, wire), &wire)
  }

  private func unfold(_ wire: inout WireState) -> [Effect] {
    guard let picture = wire.picture else { return [] }
    switch wire.selected {
    case .event(let event), .detail(let event, _):
      if wire.details.removeValue(forKey: event) != nil {
        wire.selected = .event(event)
        reveal(rows(of: picture, wire), &wire)
        return []
      }
      return [.instrument(.wire(.details(event: event, number: picture.outline.number)))]
    case .title, .request, .head, .end: return []
    }
  }

  private mutating func showOther(by step: Int, _ wire: inout WireState) -> [Effect] {
    guard let number = wire.picture?.outline.number,
      let index = wire.outlines.firstIndex(where: { $0.number == number })
    else { return wire.outlines.last.map { [.instrument(.wire(.open(.number($0.number))))] } ?? [] }
    guard wire.outlines.indices.contains(index + step) else {
      show(step < 0 ? "This is the oldest exchange that is kept" : "This is the newest exchange")
      return []
    }
    return [.instrument(.wire(.open(.number(wire.outlines[index + step].number))))]
  }

  // MARK: Finding

  private mutating func typeQuery(_ chord: KeyChord, _ wire: inout WireState) -> [Effect] {
    switch chord {
    case KeyChord(.escape), .control("c"): wire.find = nil
    case KeyChord(.enter):
      wire.find?.isTyping = false
      if wire.find?.query.isEmpty ?? true { wire.find = nil } else { findNext(0, &wire) }
    case KeyChord(.backspace): _ = wire.find?.query.popLast()
    default:
      if case .character(let scalar) = chord.key, chord.modifiers.isEmpty {
        wire.find?.query.unicodeScalars.append(scalar)
      }
    }
    return []
  }

  /// Adds a line of a text to what is looked for, if that is being typed.
  mutating func pasteIntoWireFind(_ text: String) -> Bool {
    guard case .wire(var wire) = instrument, wire.find?.isTyping == true else { return false }
    instrument = nil
    wire.find?.query += text.prefix { !$0.isNewline }
    instrument = .wire(wire)
    return true
  }

  /// Goes to the next row that holds what is looked for, and on from the other end; 0 begins with this one.
  private mutating func findNext(_ step: Int, _ wire: inout WireState) {
    guard let picture = wire.picture, let query = wire.find?.query.lowercased(), !query.isEmpty else {
      if wire.find == nil { show("/ looks for something first") }
      return
    }
    let rows = rows(of: picture, wire)
    let start = rows.index(of: wire.selected)
    for distance in (step == 0 ? 0 : 1)...rows.count {
      let index = (start + (step < 0 ? -distance : distance) + rows.count * 2) % rows.count
      let place = rows.place(at: index)
      guard WireWording.text(of: place, picture, wire.details).lowercased().firstRange(of: query) != nil else {
        continue
      }
      wire.selected = place
      wire.follows = false
      reveal(rows, &wire)
      return
    }
    show("Nothing here holds “\(Sanitizer.singleLine(query, maximumColumns: 40))”", .warning)
  }
}

extension WireState.Place {
  /// Whether it stands in the list of events.
  fileprivate var isOfEvents: Bool {
    switch self {
    case .event, .detail, .end, .title(.events): true
    case .request, .head, .title: false
    }
  }
}
