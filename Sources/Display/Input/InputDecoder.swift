// Bytes from the terminal into events: a pure state machine. It knows nothing of time; the caller says with `timeout()`
// that nothing came for a while. What the sequences mean stands in `InputDecoder+Sequences.swift`.
//
// Any bytes, however cut, give the same events. Unknown sequences vanish; nothing of them is taken for typed text.

/// Turns what a terminal sends into keys, pastes, mouse events and replies.
///
/// Feed it with `push`. While `hasPendingEscape` is true, call `timeout()` when nothing more came for 25 ms, counted from
/// the moment it became true: that settles whether an escape byte was the key or the beginning of something.
package struct InputDecoder: Sendable {
  /// Whether the terminal speaks the kitty keyboard protocol, where every key but plain text has a sequence of its own;
  /// then `ESC [` with nothing behind it is a sequence that was cut, not Alt+[. Set by the reply to `CSI ? u`.
  package var keyboardProtocolActive = false

  /// What the bytes so far are the beginning of.
  private enum State: Equatable {
    case ground
    /// ESC; `isAlt` if another one stood before it.
    case escape(isAlt: Bool)
    /// ESC [ and parameters.
    case controlSequence(isAlt: Bool)
    /// ESC [ with more parameters than any sequence has; dropped up to its final byte.
    case overlongSequence
    /// ESC O
    case singleShift(isAlt: Bool)
    /// ESC [ [, function keys of the Linux console.
    case consoleFunction
    /// ESC [ M, a mouse report of the old kind with so many bytes to come.
    case oldMouse(remaining: Int)
    /// OSC, DCS or APC up to BEL or ST.
    case string(introducer: UInt8)
    /// ESC inside a string: half of ST.
    case stringEscape(introducer: UInt8)
    /// Bytes of a scalar; `isAlt` if ESC stood before.
    case scalar(isAlt: Bool)
    case paste
    /// Behind the end of a paste. If another end follows, the paste held the first one itself.
    case afterPaste
  }

  private var state = State.ground
  /// Parameters, string contents or the first bytes of a scalar.
  private var pending: [UInt8] = []
  private var paste: [UInt8] = []
  /// Calls of `timeout()` since the last byte.
  private var timeouts = 0

  /// No sequence that is understood is longer.
  private static let maximumParameters = 128
  /// Strings are kept so far, in bytes; longer ones are none that is understood, and the rest is dropped.
  private static let maximumString = 4_096
  /// Bytes that are held back behind a paste.
  private static let maximumHeld = 65_536
  /// A paste beyond this size, in bytes, is delivered in parts, so that memory is bounded.
  private static let maximumPaste = 64 << 20

  /// A decoder that has seen nothing.
  package init() {}

  /// Whether bytes wait for what follows, so that a `timeout()` is due. A paste in progress is not counted: it has its
  /// own end.
  package var hasPendingEscape: Bool { state != .ground && state != .paste }

  /// Takes bytes in and gives the events they complete, in order.
  /// - Complexity: O(bytes), pastes included.
  package mutating func push(_ bytes: [UInt8]) -> [InputEvent] {
    var events: [InputEvent] = []
    if !bytes.isEmpty { timeouts = 0 }
    bytes.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        switch state {
        case .paste: index = takePaste(bytes, from: index, &events)
        case .afterPaste: index = hold(bytes, from: index, &events)
        default:
          take(bytes[index], &events)
          index += 1
        }
      }
    }
    return events
  }

  /// Tells that nothing came for a while.
  ///
  /// A lone ESC becomes the key, and `ESC [` or `ESC O` with nothing behind it Alt and that character. A sequence that
  /// has more is given a second chance, then dropped.
  package mutating func timeout() -> [InputEvent] {
    var events: [InputEvent] = []
    timeouts += 1
    switch state {
    case .ground, .paste: break
    case .escape(let isAlt):
      if isAlt { events.append(.key(KeyChord(.escape))) }
      events.append(.key(KeyChord(.escape)))
      reset()
    case .controlSequence where pending.isEmpty && !keyboardProtocolActive:
      events.append(.key(.alt("[")))
      reset()
    case .singleShift where !keyboardProtocolActive:
      let typed = pending
      events.append(.key(.alt("O")))
      reset()
      for byte in typed { take(byte, &events) }
    case .string(let introducer) where pending.isEmpty && !keyboardProtocolActive:
      events.append(.key(.alt(Unicode.Scalar(introducer))))
      reset()
    case .afterPaste: release(&events)
    case .scalar(let isAlt) where timeouts > 1:
      events.append(.key(KeyChord(.character("\u{FFFD}"), isAlt ? .alt : [])))
      reset()
    default: if timeouts > 1 { reset() }
    }
    return events
  }

  private mutating func reset() {
    state = .ground
    pending.removeAll(keepingCapacity: true)
    timeouts = 0
  }

  // MARK: One byte

  private mutating func take(_ byte: UInt8, _ events: inout [InputEvent]) {
    switch state {
    case .ground: takeGround(byte, &events)
    case .escape(let isAlt): takeEscape(byte, isAlt: isAlt, &events)
    case .controlSequence(let isAlt): takeParameter(byte, isAlt: isAlt, &events)
    case .overlongSequence:
      switch byte {
      case 0x20...0x3F: break
      case 0x40...0x7E: reset()
      default: again(byte, &events)
      }
    // Modifiers in front of the key, as old terminals send them; the key is enough.
    case .singleShift where (0x30...0x3B).contains(byte) && pending.count < 8: pending.append(byte)
    case .singleShift(let isAlt):
      reset()
      if byte < 0x20 || byte > 0x7E {
        events.append(.key(.alt("O")))
        take(byte, &events)
      } else if let key = Self.singleShiftKey(byte) {
        events.append(.key(KeyChord(key, isAlt ? .alt : [])))
      }
    case .consoleFunction:
      reset()
      switch byte {
      case 0x41...0x45: events.append(.key(KeyChord(.function(Int(byte - 0x40)))))
      case 0x20...0x7E: break
      default: take(byte, &events)
      }
    case .oldMouse(let remaining): if remaining > 1 { state = .oldMouse(remaining: remaining - 1) } else { reset() }
    case .string(let introducer): takeString(byte, introducer, &events)
    case .stringEscape(let introducer):
      guard byte == 0x5C else {
        // Not the end but the beginning of something else: the string was never finished.
        reset()
        state = .escape(isAlt: false)
        take(byte, &events)
        return
      }
      finishString(introducer, &events)
    case .scalar(let isAlt): takeContinuation(byte, isAlt: isAlt, &events)
    case .paste, .afterPaste: break
    }
  }

  /// Drops what is pending and begins anew with `byte`.
  private mutating func again(_ byte: UInt8, _ events: inout [InputEvent]) {
    reset()
    take(byte, &events)
  }

  private mutating func takeGround(_ byte: UInt8, _ events: inout [InputEvent]) {
    switch byte {
    case 0x1B: state = .escape(isAlt: false)
    case 0..<0x80: events.append(.key(Self.chord(ofASCII: byte)))
    default: beginScalar(byte, isAlt: false, &events)
    }
  }

  private mutating func takeEscape(_ byte: UInt8, isAlt: Bool, _ events: inout [InputEvent]) {
    switch byte {
    case 0x1B:
      if isAlt { events.append(.key(KeyChord(.escape))) }
      state = .escape(isAlt: true)
    case 0x5B: state = .controlSequence(isAlt: isAlt)
    case 0x4F: state = .singleShift(isAlt: isAlt)
    case 0x5D, 0x50, 0x5F:
      if isAlt { events.append(.key(KeyChord(.escape))) }
      state = .string(introducer: byte)
    default:
      if isAlt { events.append(.key(KeyChord(.escape))) }
      reset()
      if byte < 0x80 {
        var chord = Self.chord(ofASCII: byte)
        chord.modifiers.insert(.alt)
        events.append(.key(chord))
      } else {
        beginScalar(byte, isAlt: true, &events)
      }
    }
  }

  private mutating func takeParameter(_ byte: UInt8, isAlt: Bool, _ events: inout [InputEvent]) {
    switch byte {
    case 0x20...0x3F:
      pending.append(byte)
      if pending.count > Self.maximumParameters {
        reset()
        state = .overlongSequence
      }
    case 0x5B where pending.isEmpty: state = .consoleFunction
    case 0x4D where pending.isEmpty: state = .oldMouse(remaining: 3)
    case 0x40...0x7E:
      let sequence = ControlSequence(parameters: pending, final: byte)
      reset()
      if sequence.isPasteStart {
        state = .paste
      } else if let event = sequence.event(isAlt: isAlt) {
        if case .reply(.keyboardFlags(let flags)) = event { keyboardProtocolActive = flags & 1 != 0 }
        events.append(event)
      }
    default: again(byte, &events)
    }
  }

  private mutating func takeString(_ byte: UInt8, _ introducer: UInt8, _ events: inout [InputEvent]) {
    if pending.isEmpty, !Self.mayBegin(stringOf: introducer, with: byte) {
      // Alt and that character, typed; no terminal answers like this.
      reset()
      events.append(.key(.alt(Unicode.Scalar(introducer))))
      take(byte, &events)
      return
    }
    switch byte {
    case 0x07: finishString(introducer, &events)
    case 0x1B: state = .stringEscape(introducer: introducer)
    case 0x18, 0x1A: reset()  // CAN and SUB end every sequence (ECMA-48).
    default: if pending.count < Self.maximumString { pending.append(byte) }
    }
  }

  private mutating func finishString(_ introducer: UInt8, _ events: inout [InputEvent]) {
    let contents = pending
    reset()
    if introducer == 0x5D, let reply = Self.reply(toOperatingSystemCommand: contents) { events.append(.reply(reply)) }
  }

  /// What replies begin with: a number in OSC; a number or a private sign in DCS; `G` in APC.
  private static func mayBegin(stringOf introducer: UInt8, with byte: UInt8) -> Bool {
    switch introducer {
    case 0x5D: (0x30...0x39).contains(byte)
    case 0x50: (0x30...0x3F).contains(byte) || byte == 0x21 || byte == 0x2B || byte == 0x24
    default: byte == 0x47
    }
  }

  // MARK: Characters

  private mutating func beginScalar(_ byte: UInt8, isAlt: Bool, _ events: inout [InputEvent]) {
    pending = [byte]
    state = .scalar(isAlt: isAlt)
    finishScalarIfDecided(isAlt: isAlt, &events)
  }

  private mutating func takeContinuation(_ byte: UInt8, isAlt: Bool, _ events: inout [InputEvent]) {
    pending.append(byte)
    finishScalarIfDecided(isAlt: isAlt, &events)
  }

  private mutating func finishScalarIfDecided(isAlt: Bool, _ events: inout [InputEvent]) {
    let bytes = pending
    let decoded = bytes.withUnsafeBufferPointer { UTF8Decoding.scalar(in: $0, at: 0, end: $0.count) }
    guard !decoded.isCut else { return }
    reset()
    // A control in two bytes is no key of any keyboard.
    if let scalar = Unicode.Scalar(decoded.value), !(0x80..<0xA0).contains(decoded.value) {
      events.append(.key(KeyChord(.character(scalar), isAlt ? .alt : [])))
    }
    for byte in bytes[decoded.length...] { take(byte, &events) }
  }

  // MARK: Pastes

  /// `ESC [ 2 0 0 ~` and `ESC [ 2 0 1 ~`.
  private enum PasteMark { case start, end }
  private static let markLength = 6

  private mutating func takePaste(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ events: inout [InputEvent]
  ) -> Int {
    let (next, mark) = collect(bytes, from: start, upTo: [.end])
    if mark != nil {
      deliverPaste(&events)
      state = .afterPaste
    } else if paste.count > Self.maximumPaste {
      deliverPart(&events)
    }
    return next
  }

  /// Appends to `paste` what stands before the next mark of the wanted kind, also one that was cut between two reads.
  /// - Returns: where to go on, and which mark was found.
  private mutating func collect(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, upTo wanted: Set<PasteMark>
  ) -> (next: Int, mark: PasteMark?) {
    let tail = paste.suffix(Self.markLength - 1)
    let joint = Array(tail) + bytes[start..<min(bytes.count, start + Self.markLength - 1)]
    let straddling = joint.withUnsafeBufferPointer { Self.firstMark(in: $0, from: 0, wanted) }
    if let straddling, straddling.offset < tail.count {
      let isBehind = tail.count - straddling.offset
      paste.removeLast(isBehind)
      return (start + Self.markLength - isBehind, straddling.mark)
    }
    if let found = Self.firstMark(in: bytes, from: start, wanted) {
      paste.append(contentsOf: bytes[start..<found.offset])
      return (found.offset + Self.markLength, found.mark)
    }
    paste.append(contentsOf: bytes[start...])
    return (bytes.count, nil)
  }

  private mutating func deliverPaste(_ events: inout [InputEvent]) {
    events.append(.paste(Self.text(ofPaste: paste)))
    paste = []
  }

  /// Delivers all but the last line of a paste that never ends.
  private mutating func deliverPart(_ events: inout [InputEvent]) {
    // A mark, a scalar or CRLF must not be cut, so the cut is made at a byte that is the beginning of none of them.
    guard
      let cut = paste.indices.dropLast(Self.markLength).last(where: { (0x20...0x7E).contains(paste[$0]) })
    else {
      deliverPaste(&events)
      return
    }
    let rest = Array(paste[cut...])
    paste.removeSubrange(cut...)
    deliverPaste(&events)
    paste = rest
  }

  /// Holds bytes back until it is clear that the paste was over: an end mark inside pasted text must not turn the rest of
  /// it into keys.
  private mutating func hold(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ events: inout [InputEvent]
  ) -> Int {
    let (next, mark) = collect(bytes, from: start, upTo: [.start, .end])
    switch mark {
    case .start:
      release(&events)
      // What was typed before may have been left unfinished; the paste ends it.
      reset()
      state = .paste
    case .end: deliverPaste(&events)
    case nil: if paste.count > Self.maximumHeld { release(&events) }
    }
    return next
  }

  /// What was held back was typed after all.
  private mutating func release(_ events: inout [InputEvent]) {
    let held = paste
    paste = []
    reset()
    for byte in held { take(byte, &events) }
  }

  private static func firstMark(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ wanted: Set<PasteMark>
  ) -> (offset: Int, mark: PasteMark)? {
    let takesStart = wanted.contains(.start)
    var index = start
    while index + markLength <= bytes.count {
      if bytes[index] == 0x1B, bytes[index + 1] == 0x5B, bytes[index + 2] == 0x32, bytes[index + 3] == 0x30,
        bytes[index + 5] == 0x7E
      {
        if bytes[index + 4] == 0x31 { return (index, .end) }
        if bytes[index + 4] == 0x30, takesStart { return (index, .start) }
      }
      index += 1
    }
    return nil
  }

  private static func text(ofPaste bytes: [UInt8]) -> String {
    guard bytes.contains(0x0D) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var isAfterReturn = false
    for byte in bytes {
      if byte == 0x0D {
        result.append(0x0A)
      } else if byte != 0x0A || !isAfterReturn {
        result.append(byte)
      }
      isAfterReturn = byte == 0x0D
    }
    return String(decoding: result, as: UTF8.self)
  }
}
