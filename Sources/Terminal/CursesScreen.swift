// The screen: shows frames in a terminal through ncurses, which finds out what differs, and reads raw bytes from it. Owns the
// terminal's modes. Decides nothing about what is shown or when.

import CNCurses
import CSystem
package import Display
package import Platform

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What a screen is opened with.
package struct ScreenOptions: Sendable {
  /// The process environment; TERM, COLORTERM, TERM_PROGRAM and NO_COLOR are looked at.
  package var environment: Platform.Environment
  /// A colour depth the user asked for; nil: what the terminal is believed to have.
  package var depth: ColorDepth?
  /// Whether the mouse is riffle's; else it is the terminal's own, for selecting.
  package var usesMouse: Bool
  /// The line that is shown on the shell's screen after a crash: where the report is.
  package var crashNote: String
  /// What the terminal makes of characters that terminals differ in; nil: what is known by its name.
  package var widths: TerminalWidths?
  /// Whether right-to-left text comes in the order in which it is seen, so that the terminal must not order it again.
  package var ordersText: Bool
  /// A descriptor of the terminal to use; nil: the controlling terminal.
  package var terminal: Int32?

  /// Options with the usual choices.
  package init(
    environment: Platform.Environment, depth: ColorDepth? = nil, usesMouse: Bool = false, crashNote: String = "",
    widths: TerminalWidths? = nil, ordersText: Bool = false, terminal: Int32? = nil
  ) {
    self.environment = environment
    self.depth = depth
    self.usesMouse = usesMouse
    self.crashNote = crashNote
    self.widths = widths
    self.ordersText = ordersText
    self.terminal = terminal
  }
}

/// A terminal as a screen. Main thread only, and one at a time: ncurses is global.
package struct CursesScreen: ~Copyable, ScreenDevice {
  /// The size in cells; changes with `resize()`.
  package private(set) var size: Size
  /// How many colours are sent.
  package let depth: ColorDepth
  /// What the terminal said of itself so far.
  package var abilities: TerminalAbilities { probe.abilities }
  /// Whether our modes are on.
  package private(set) var isEntered = false

  private let profile: TerminalProfile
  private let options: ScreenOptions
  private var line: TerminalLine
  private let curses: CursesHandle
  private var modes = TerminalModes()
  private var probe = TerminalProbe()
  private var isMouseWanted: Bool
  private var output = FrameOutput()
  private var projection: CellProjection

  /// What the terminal shows, as far as it was sent: row after row.
  private var shown: [Cell]
  private var theme: Theme?
  private var title: String?
  private var cursorShape: CursorShape?
  private var isCursorVisible = true
  private var mustRepaint = true

  /// Bytes that wait for the terminal; those before `sent` are gone.
  private var pending: [UInt8] = []
  private var sent = 0
  private var scratch: [cchar_t]
  private var raw: [UInt8] = []

  /// Opens the terminal without changing anything in it; `enter()` takes it over.
  ///
  /// - Throws: `.unusable` with the reason in words, where only linear mode is left.
  package static func open(_ options: ScreenOptions) throws(ScreenError) -> CursesScreen {
    let profile: TerminalProfile
    switch TerminalProfile.choose(options.environment, forced: options.depth) {
    case .usable(let found): profile = found
    case .unusable(let reason): throw .unusable(reason)
    }
    let isUTF8 = system_use_utf8_locale()
    let line = try openLine(options.terminal)
    // Read once: a terminal that gets its size meanwhile must not have one here and another in ncurses. `enter` reads it
    // again and tells both.
    let size = line.size
    let curses = try CursesHandle(profile, size: size)
    return CursesScreen(options, profile, line, curses, size: size, isUTF8: isUTF8)
  }

  private init(
    _ options: ScreenOptions, _ profile: TerminalProfile, _ line: consuming TerminalLine,
    _ curses: consuming CursesHandle, size: Size, isUTF8: Bool
  ) {
    self.size = size
    depth = profile.depth ?? Self.depth(ofColors: curses_colors(curses.screen))
    projection = CellProjection(
      isUTF8: isUTF8, isOwnDescription: profile.isXtermLike,
      widths: options.widths ?? TerminalWidths(TerminalIdentity(options.environment).family))
    shown = Array(repeating: .blank(), count: size.columns * size.rows)
    scratch = Array(repeating: curses_cell(0, 0), count: size.columns + 1)
    isMouseWanted = options.usesMouse
    self.options = options
    self.profile = profile
    self.line = line
    self.curses = curses
  }

  // MARK: frames

  /// Whether bytes wait for the terminal. Until they are gone `present` shows nothing, so a slow terminal gets the newest
  /// frame instead of the backlog.
  package var hasPendingOutput: Bool { sent < pending.count }

  /// Shows a frame: sends what differs from what is shown. Does nothing while output is pending.
  package mutating func present(_ frame: borrowing Frame) throws(ScreenError) {
    guard isEntered else { return }
    if hasPendingOutput {
      try flush()
      if hasPendingOutput { return }
    }
    curses_select(curses.screen)
    adoptTheme(frame.theme)
    putChangedRows(frame.surface, frame.glyphs)
    let cursor = frame.cursor.flatMap { Rect(size).contains($0) ? $0 : nil }
    curses_place_cursor(Int32(cursor?.y ?? -1), Int32(cursor?.x ?? 0))

    pending.removeAll(keepingCapacity: true)
    sent = 0
    // Before the picture where the cursor goes, after it where it comes, so that it never shows at the wrong place.
    if cursor == nil { showCursor(false) }
    try appendUpdate(frame.glyphs)
    if let cursor { shapeCursor(frame.cursorShape, at: cursor) }
    if let title = frame.title { setTitle(title) }
    try flush()
  }

  /// Writes what is pending, as far as the terminal takes it now.
  package mutating func flush() throws(ScreenError) {
    guard hasPendingOutput else { return }
    let offset = sent
    let written: Int
    do {
      written = try pending.withUnsafeBufferPointer { bytes throws(ScreenError) in
        try line.write(UnsafeBufferPointer(rebasing: bytes[offset...]))
      }
    } catch {
      dropPending()
      throw error
    }
    sent += written
    if !hasPendingOutput { dropPending() }
  }

  /// Draws everything anew with the next frame, as after somebody else wrote to the terminal.
  package mutating func invalidate() {
    mustRepaint = true
  }

  /// Reads the terminal's size again; if it changed, the next frame is drawn whole.
  /// - Returns: the size now.
  @discardableResult
  package mutating func resize() -> Size {
    let found = line.size
    if found != size {
      size = found
      curses_resize(curses.screen, Int32(found.rows), Int32(found.columns))
      shown = Array(repeating: .blank(), count: found.columns * found.rows)
      scratch = Array(repeating: curses_cell(0, 0), count: found.columns + 1)
      mustRepaint = true
    }
    return found
  }

  // MARK: input

  /// What was typed since the last call, possibly nothing; never waits.
  package mutating func readBytes() throws(ScreenError) -> [UInt8] {
    try line.read()
  }

  /// To poll for input.
  package var inputDescriptor: Int32 { line.input.raw }
  /// To poll for room while `hasPendingOutput`.
  package var outputDescriptor: Int32 { line.output.raw }

  // MARK: modes

  /// Takes the terminal over: saves its line discipline, switches our modes on, draws everything with the next frame.
  package mutating func enter() throws(ScreenError) {
    if isEntered { return }
    try line.makeRaw()
    isEntered = true
    isCursorVisible = true
    cursorShape = nil
    mustRepaint = true
    var bytes: [UInt8] = []
    if modes.active.isEmpty {
      bytes += modes.enter(.alternateScreen)
      if profile.isXtermLike {
        bytes += modes.enter(.bracketedPaste)
        bytes += modes.enter(.focusReports)
        bytes += modes.enter(.colorSchemeReports)
        if options.ordersText, profile.reordering == .switchable { bytes += modes.enter(.explicitOrder) }
      }
    } else {
      bytes = modes.enteringAll
    }
    // What was asked for or learnt while the terminal was away.
    if profile.isXtermLike {
      bytes += isMouseWanted ? modes.enter(.mouse) : modes.leave(.mouse)
      if abilities.hasKeyboardProtocol { bytes += modes.enter(.keyboardProtocol) }
    }
    send(bytes)
    armCrashGuard()
    resize()
    try flush()
  }

  /// Switches off what is on, in reverse order, and gives the terminal back. Waits at most half a second for it to take
  /// that. `enter()` brings everything back.
  package mutating func leave() {
    guard isEntered else { return }
    isEntered = false
    // A frame that was begun is finished where that is quick; else the sequence it broke off in is ended.
    drain(milliseconds: 250)
    var bytes: [UInt8] = hasPendingOutput ? Self.endOfSequence : []
    bytes += leavingBytes
    pending = bytes
    sent = 0
    drain(milliseconds: 250)
    dropPending()
    line.restore()
    CrashGuard.disarm()
    output.forget()
  }

  /// Stops the process as ^Z does, with the terminal given back, and returns when it is continued.
  package mutating func suspend() throws(ScreenError) {
    leave()
    kill(getpid(), SIGSTOP)
    try enter()
  }

  /// Runs something that needs the terminal for itself, such as an editor, and comes back.
  package mutating func lend<R>(_ body: (Int32) -> R) throws(ScreenError) -> R {
    leave()
    let modes = line.discipline
    let both = system_open(TerminalLine.path(of: line.input.raw) ?? "/dev/tty", O_RDWR | O_CLOEXEC, 0)
    let result = body(both)
    if both >= 0 { close(both) }
    // A program that was killed has not put its own back, and what `enter` finds is what the shell gets in the end.
    if let modes { line.apply(modes) }
    if profile.isXtermLike { send(Self.tidying) }
    try enter()
    return result
  }

  /// Asks the terminal what it can do (`TerminalProbe`); nothing waits for the answers.
  package mutating func askAbilities() throws(ScreenError) {
    guard profile.isXtermLike else { return }
    probe = TerminalProbe()
    send(TerminalProbe.questions)
    try flush()
  }

  /// Asks for the background again, of a terminal that has told it before: the others would not answer either.
  package mutating func askBackground() throws(ScreenError) {
    guard isEntered, abilities.background != nil else { return }
    send(TerminalProbe.backgroundQuestion)
    try flush()
  }

  /// Takes an answer in: synchronised output is used from the next frame, the keyboard protocol at once.
  ///
  /// - Returns: whether the terminal's colours are dark or light, when this answer told it.
  package mutating func take(_ reply: TerminalReply) throws(ScreenError) -> Appearance? {
    guard profile.isXtermLike, probe.take(reply) else { return nil }
    if abilities.hasKeyboardProtocol, isEntered, !modes.active.contains(.keyboardProtocol) {
      send(modes.enter(.keyboardProtocol))
      armCrashGuard()
      try flush()
    }
    switch reply {
    case .background, .colorScheme: return abilities.appearance
    default: return nil
    }
  }

  /// Whether the mouse is riffle's or the terminal's own.
  package mutating func useMouse(_ isWanted: Bool) throws(ScreenError) {
    isMouseWanted = isWanted
    guard profile.isXtermLike, isEntered else { return }
    send(isWanted ? modes.enter(.mouse) : modes.leave(.mouse))
    armCrashGuard()
    try flush()
  }

  /// Ends what a program that was killed may have left on: a scrolling region (without moving the cursor), attributes, the
  /// second character set, a hidden cursor, no wrapping, mouse reports.
  private static let tidying = Array(
    "\u{1B}7\u{1B}[r\u{1B}8\u{1B}[m\u{0F}\u{1B}[?25h\u{1B}[?7h\u{1B}[?1000l\u{1B}[?1002l\u{1B}[?1003l\u{1B}[?1006l".utf8
  )

  // MARK: other channels

  /// Puts text into the clipboard of the terminal's user (OSC 52).
  ///
  /// - Returns: false, and nothing is sent, if the text is longer than `clipboardCapacity`. Whether the terminal allows it
  ///   cannot be known.
  package mutating func copyToClipboard(
    _ text: String, through passage: ClipboardPassage = .direct
  ) throws(ScreenError) -> Bool {
    guard let capacity = clipboardCapacity, text.utf8.count <= capacity else { return false }
    send(ClipboardSequence.bytes(for: text, through: passage))
    try flush()
    return true
  }

  /// The most bytes of text that go through OSC 52 here; nil if the terminal is not known to understand it.
  package var clipboardCapacity: Int? { profile.isXtermLike ? Self.clipboardLimit : nil }

  /// Bytes of text that go through OSC 52: several terminals drop sequences above 100,000 bytes of Base64.
  package static let clipboardLimit = 74_000

  /// Asks for a desktop notification, where the terminal is known to show some.
  /// - Returns: whether it was sent on a way that leads there for sure.
  package mutating func notify(_ notification: TerminalNotification) throws(ScreenError) -> Bool {
    guard let route = NotificationRoute(options.environment) else { return false }
    send(route.bytes(for: notification))
    try flush()
    // What stands between may be told to let nothing through, which nobody is told of.
    return route.passage == .direct
  }

  /// Rings the terminal's bell.
  package mutating func ringBell() throws(ScreenError) {
    send([0x07])
    try flush()
  }

  // MARK: building output

  private mutating func adoptTheme(_ new: Theme) {
    if theme == new { return }
    if theme != nil {
      curses_forget_pairs(curses.screen)
      mustRepaint = true
    }
    theme = new
    projection.adopt(new.reduced(to: depth.reduction)) { [screen = curses.screen] foreground, background in
      curses_pair(screen, foreground.cursesNumber, background.cursesNumber)
    }
  }

  private mutating func putChangedRows(_ surface: borrowing Surface, _ glyphs: borrowing GlyphTable) {
    if mustRepaint { curses_repaint(curses.screen) }
    let everything = mustRepaint
    mustRepaint = false
    let columns = size.columns
    if surface.size == size {
      surface.cells.withUnsafeBufferPointer { cells in
        for row in 0..<size.rows {
          putRow(row, UnsafeBufferPointer(rebasing: cells[row * columns..<(row + 1) * columns]), glyphs, everything)
        }
      }
      return
    }
    // A frame made for another size: what fits of it, and blanks.
    for row in 0..<size.rows {
      let cells = (0..<columns).map { surface[Point(x: $0, y: row)] }
      cells.withUnsafeBufferPointer { putRow(row, $0, glyphs, everything) }
    }
  }

  /// Gives ncurses the part of a row that differs from what is shown.
  private mutating func putRow(
    _ row: Int, _ cells: UnsafeBufferPointer<Cell>, _ glyphs: borrowing GlyphTable, _ everything: Bool
  ) {
    let columns = cells.count
    let start = row * columns
    let span = shown.withUnsafeMutableBufferPointer { shown -> Range<Int>? in
      guard let new = cells.baseAddress, let old = shown.baseAddress.map({ $0 + start }) else { return nil }
      var first = 0
      var last = columns
      if !everything {
        if memcmp(new, old, columns * MemoryLayout<Cell>.stride) == 0 { return nil }
        while new[first] == old[first] { first += 1 }
        while new[last - 1] == old[last - 1] { last -= 1 }
        // Whole characters only.
        while first > 0, new[first].width == 0 { first -= 1 }
        while last < columns, new[last].width == 0 { last += 1 }
      }
      (old + first).update(from: new + first, count: last - first)
      return first..<last
    }
    guard let span else { return }
    scratch.withUnsafeMutableBufferPointer { scratch in
      guard let target = scratch.baseAddress else { return }
      let made = projection.project(
        UnsafeBufferPointer(rebasing: cells[span]), column: span.lowerBound, glyphs: glyphs, into: target)
      curses_put(Int32(row), Int32(span.lowerBound), target, Int32(made))
    }
  }

  /// Has ncurses find the bytes, and appends them.
  private mutating func appendUpdate(_ glyphs: borrowing GlyphTable) throws(ScreenError) {
    let count = curses_update(curses.screen)
    if count < 0 { throw .unusable("ncurses could not draw") }
    if count == 0 { return }
    if raw.count < count { raw = Array(repeating: 0, count: count * 2) }
    let taken = raw.withUnsafeMutableBytes { curses_take(curses.screen, $0.baseAddress, count) }
    let isLarge = taken > Self.synchronisedFrom && profile.isXtermLike && abilities.hasSynchronisedOutput != false
    if isLarge { pending += Self.beginSynchronised }
    raw.withUnsafeBufferPointer { bytes in
      let bytes = UnsafeBufferPointer(rebasing: bytes[..<max(taken, 0)])
      if profile.isXtermLike {
        output.append(bytes, glyphs: glyphs, to: &pending)
      } else {
        pending.append(contentsOf: bytes)
      }
    }
    if isLarge { pending += Self.endSynchronised }
  }

  private mutating func showCursor(_ isVisible: Bool) {
    if isCursorVisible == isVisible || !profile.isXtermLike { return }
    isCursorVisible = isVisible
    pending += isVisible ? Self.cursorOn : Self.cursorOff
  }

  private mutating func shapeCursor(_ shape: CursorShape, at cursor: Point) {
    if cursorShape != shape, profile.isXtermLike {
      cursorShape = shape
      let isNew = !modes.active.contains(.cursorShape)
      _ = modes.enter(.cursorShape)
      if isNew { armCrashGuard() }
      // DECSCUSR, the steady ones: an idle screen has nothing that moves.
      let number =
        switch shape {
        case .block: "2"
        case .underline: "4"
        case .bar: "6"
        }
      pending += Array("\u{1B}[\(number) q".utf8)
    }
    showCursor(true)
  }

  private mutating func setTitle(_ new: String) {
    if title == new || !profile.isXtermLike { return }
    title = new
    let isNew = !modes.active.contains(.title)
    pending += modes.enter(.title)
    if isNew { armCrashGuard() }
    // It is sanitised already; a control character here would end the sequence and start another, so none passes twice over.
    let safe = new.unicodeScalars.filter { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }.prefix(80)
    var text = String.UnicodeScalarView()
    text.append(contentsOf: safe)
    pending += Array("\u{1B}]2;\(String(text))\u{1B}\\".utf8)
  }

  /// Adds bytes after what is pending.
  private mutating func send(_ bytes: [UInt8]) {
    pending += bytes
  }

  private mutating func dropPending() {
    pending.removeAll(keepingCapacity: true)
    sent = 0
  }

  /// Writes what is pending for at most that long.
  private mutating func drain(milliseconds: UInt64) {
    let deadline = MonotonicClock.nanoseconds() + milliseconds * 1_000_000
    while hasPendingOutput {
      do { try flush() } catch { return }
      let now = MonotonicClock.nanoseconds()
      guard hasPendingOutput, now < deadline else { return }
      var entries = [PollEntry(line.output.raw, .writable)]
      Poll.wait(&entries, nanoseconds: deadline - now)
    }
  }

  /// What brings the terminal back: plain attributes, a visible cursor, and every mode off.
  private var leavingBytes: [UInt8] {
    guard profile.isXtermLike else { return Array("\u{1B}[m".utf8) + modes.leavingAll }
    return Array("\u{1B}[m".utf8) + (isCursorVisible ? [] : Self.cursorOn) + modes.leavingAll
  }

  private func armCrashGuard() {
    // The cursor is shown in any case: what is hidden when it happens is not known now.
    var leaving = Self.endOfSequence + Self.cursorOn + Array("\u{1B}[m".utf8)
    if abilities.hasSynchronisedOutput != false { leaving += Self.endSynchronised }
    leaving += modes.leavingAll
    CrashGuard.arm(
      descriptor: line.output.raw, modes: line.saved, leaving: leaving,
      note: options.crashNote.isEmpty ? "" : options.crashNote + "\n")
  }

  private static func openLine(_ descriptor: Int32?) throws(ScreenError) -> TerminalLine {
    if let descriptor {
      guard let path = TerminalLine.path(of: descriptor) else { throw .unusable("not a terminal") }
      return try TerminalLine(path: path)
    }
    do {
      return try TerminalLine(path: "/dev/tty")
    } catch {
      // No controlling terminal (some containers): the one that standard input is.
      guard let path = TerminalLine.path(of: STDIN_FILENO) else { throw error }
      return try TerminalLine(path: path)
    }
  }

  private static func depth(ofColors count: Int32) -> ColorDepth {
    switch count {
    case ..<8: .mono
    case ..<16: .eight
    case ..<256: .sixteen
    // Direct-colour descriptions of the system's number colours in their own way; the first 8 are always the palette's.
    case 256: .palette
    default: .eight
    }
  }

  /// A smaller frame is seen whole anyway, and the brackets would be most of it.
  private static let synchronisedFrom = 256
  private static let beginSynchronised = Array("\u{1B}[?2026h".utf8)
  private static let endSynchronised = Array("\u{1B}[?2026l".utf8)
  private static let cursorOn = Array("\u{1B}[?25h".utf8)
  private static let cursorOff = Array("\u{1B}[?25l".utf8)
  /// Ends a sequence that was broken off: ESC cancels it, and the string terminator without a string does nothing.
  private static let endOfSequence = Array("\u{1B}\\".utf8)
}
