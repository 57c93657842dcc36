// An exchange taken apart for somebody who looks at it: its response cut into events, each with the time of its last byte
// and with the text that the answer had by then, everything with credentials masked. What has come since the last look is
// added; only a response whose middle is left out is read again.

import Diagnostics
import Streaming
import Transport

/// An exchange as far as it was looked at.
struct WireReading: Sendable {
  /// A piece of the response; a note about bytes that are left out has no time.
  struct Row: Sendable {
    var range: Range<Int>
    var time: Duration?
    /// What the answer had said with it, in bytes of `text` and of `aside`.
    var textEnd: Int
    var asideEnd: Int
    var note = ""
  }

  let number: Int
  let secrets: WireSecrets
  private(set) var picture: WirePicture
  private let subject: WireExchange.Subject
  private let began: Instant

  // The response
  private(set) var body: WireStrand
  private(set) var cutter = WireCutter(.reads)
  private(set) var rows: [Row] = []
  private var hasHead = false
  private var isFinished = false
  private var piecesTaken = 0
  private var arrivals: [(end: Int, time: Duration)] = []
  private var arrivalIndex = 0

  // What it says
  private var reader: ResponseReader?
  /// Whether the bytes of a row are not to be decoded: it is the rest of one whose beginning is missing.
  private var skipsRow = false
  private var text: WireStrand
  /// Thinking and arguments of tools: they are not shown here, and may repeat a credential as well.
  private var aside: WireStrand
  private(set) var isComplete = false
  /// Rows that hold a part of a credential whose other parts stand in other rows.
  private(set) var hidden: Set<Int> = []

  init(_ exchange: WireExchange, _ secrets: WireSecrets) {
    number = exchange.number
    self.secrets = secrets
    subject = exchange.subject
    began = exchange.began
    body = WireStrand(secrets)
    text = WireStrand(secrets)
    aside = WireStrand(secrets)
    picture = WirePicture(exchange.outline(secrets), request: exchange.requestLines(secrets))
  }

  /// Takes what has come since.
  mutating func follow(_ exchange: WireExchange) {
    let window = exchange.response
    if window.skippedBytes > 0, piecesTaken != window.count { self = WireReading(exchange, secrets) }
    picture.outline = exchange.outline(secrets)
    if !hasHead, let head = exchange.head { begin(exchange, head) }
    var changed = body.bytes.count
    if window.skippedBytes == 0 {
      let known = piecesTaken
      take(window.head.dropFirst(known))
      take(window.end.dropFirst(max(0, known - window.head.count)))
    } else if piecesTaken == 0 {
      take(window.head[...])
      leaveOut(window.skippedBytes)
      take(window.end)
      body.maskOpenStart()
      text.maskOpenStart()
    }
    piecesTaken = window.count
    changed = min(changed, body.search())
    if exchange.ending != nil, !isFinished { finish() }
    text.search()
    aside.search()
    refresh(from: changed, isLive: exchange.ending == nil)
  }

  private mutating func begin(_ exchange: WireExchange, _ head: HTTPResponseHead) {
    hasHead = true
    picture.head = exchange.headLines(head, secrets)
    let type = head.contentType ?? ""
    let recording = Recording(
      kind: subject.kind, status: head.status, contentType: type, model: subject.model, pieces: [])
    reader = head.isSuccess ? ResponseReader(recording, provider: subject.provider, began: began) : nil
    cutter = WireCutter(Self.framing(head, type, usual: reader?.framing))
    if !head.isSuccess {
      picture.textNote = "This response is a refusal: it holds no answer."
    } else if reader == nil {
      picture.textNote = "riffle does not know how to read answers of the kind \(subject.kind)."
    }
  }

  private static func framing(
    _ head: HTTPResponseHead, _ type: String, usual: WireCutter.Framing?
  ) -> WireCutter.Framing {
    if head.isWebSocket { return .webSocket }
    switch type {
    case "text/event-stream": return .events
    case "application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines": return .lines
    case "application/vnd.amazon.eventstream": return .eventStream
    case "application/json", "text/html", "application/problem+json", "application/xml", "text/xml": return .whole
    default: return head.isSuccess ? usual ?? .reads : .whole
    }
  }

  // MARK: Bytes

  private mutating func take(_ pieces: some Sequence<WireWindow.Piece>) {
    for piece in pieces {
      body.append(piece.bytes)
      arrivals.append((body.bytes.count, piece.time - began))
    }
    cut()
  }

  private mutating func cut() {
    var ends: [Int] = []
    body.bytes.withUnsafeBytes { bytes in cutter.advance(in: bytes) { ends.append($0) } }
    for end in ends { add(upTo: end) }
  }

  private mutating func add(upTo end: Int) {
    let range = (rows.last?.range.upperBound ?? 0)..<end
    while arrivalIndex < arrivals.count - 1, arrivals[arrivalIndex].end < end { arrivalIndex += 1 }
    if skipsRow {
      skipsRow = false
    } else if cutter.framing != .whole {
      let (bytes, began) = (Array(body.bytes[range]), began)
      decode { $0.push(bytes, received: began) }
    }
    rows.append(
      Row(
        range: range, time: arrivals.isEmpty ? .zero : arrivals[arrivalIndex].time, textEnd: text.bytes.count,
        asideEnd: aside.bytes.count))
  }

  private mutating func decode(_ body: (inout any AnswerDecoding) -> Void) {
    guard var reader else { return }
    // Taken out, so that it changes in place.
    self.reader = nil
    body(&reader.decoding)
    let events = reader.decoding.take()
    self.reader = reader
    for event in events {
      switch event.event {
      case .textDelta(let more): text.append(more.utf8)
      case .thinkingDelta(let more), .toolCallArguments(_, let more): aside.append(more.utf8)
      case .finish: isComplete = true
      default: break
      }
    }
  }

  private mutating func leaveOut(_ count: Int) {
    let place = body.bytes.count
    if place > rows.last?.range.upperBound ?? 0 { add(upTo: place) }
    let note = "\(WireWords.grouped(count)) bytes left out here"
    rows.append(
      Row(range: place..<place, time: nil, textEnd: text.bytes.count, asideEnd: aside.bytes.count, note: note))
    body.closeOpenEnd()
    body.beginAnew()
    text.closeOpenEnd()
    text.append("\n[\(note)]\n".utf8)
    text.beginAnew()
    aside.closeOpenEnd()
    let isFramed = cutter.framing == .events || cutter.framing == .lines
    cutter.restart(at: place, isFramed: isFramed)
    skipsRow = true
    // What was begun before the gap cannot be gone on with.
    let recording = Recording(kind: subject.kind, model: subject.model, pieces: [])
    reader = isFramed ? ResponseReader(recording, provider: subject.provider, began: began) : nil
    if !isFramed { picture.textNote = "What follows the bytes that are left out cannot be read." }
  }

  private mutating func finish() {
    isFinished = true
    let rest = (rows.last?.range.upperBound ?? 0)..<body.bytes.count
    if !body.bytes[rest].allSatisfy({ $0 == 0x0A || $0 == 0x0D }) { add(upTo: body.bytes.count) }
    let (bytes, began, isWhole) = (body.bytes, began, cutter.framing == .whole)
    decode { decoding in
      if isWhole { decoding.decodeWhole(bytes, received: began) } else { decoding.finish(received: began) }
    }
    if !rows.isEmpty {
      rows[rows.count - 1].textEnd = text.bytes.count
      rows[rows.count - 1].asideEnd = aside.bytes.count
    }
  }

  // MARK: What is shown

  private mutating func refresh(from changed: Int, isLive: Bool) {
    let former = hidden
    hide()
    // What is behind the last whole piece was only shown until its end came.
    var first = min(picture.events.count, shownRows)
    while first > 0, rows[first - 1].range.upperBound > changed { first -= 1 }
    if let other = hidden.symmetricDifference(former).min() { first = min(first, other) }
    picture.events.removeLast(picture.events.count - first)
    for index in first..<rows.count { picture.events.append(event(index)) }
    shownRows = rows.count
    let rest = (rows.last?.range.upperBound ?? 0)..<body.bytes.count
    if isLive, !rest.isEmpty {
      let preview = WireWords.preview(of: body.masked(rest.prefix(WireWords.previewBytes)))
      picture.events.append(
        WireEvent(
          time: arrivals.last?.time, bytes: rest.count, preview: preview + "…", isWhole: false,
          textEnd: text.bytes.count))
    }
    picture.text = String(decoding: text.masked(0..<text.bytes.count), as: UTF8.self)
    guard !text.masks.isEmpty else { return }
    let ends = text.maskedPlaces(of: rows.map(\.textEnd))
    for (index, end) in ends.enumerated() { picture.events[index].textEnd = end }
    if picture.events.count > rows.count { picture.events[rows.count].textEnd = picture.text.utf8.count }
  }

  private var shownRows = 0

  private func event(_ index: Int) -> WireEvent {
    let row = rows[index]
    guard row.note.isEmpty else { return WireEvent(time: nil, bytes: 0, preview: row.note, textEnd: row.textEnd) }
    let (preview, isWhole) = preview(index)
    return WireEvent(
      time: row.time, bytes: row.range.count, preview: preview, isWhole: isWhole, textEnd: row.textEnd)
  }

  /// A credential that stands in the text of several rows is in none of them as a whole.
  private mutating func hide() {
    hidden = []
    for (strand, end) in [(text, \Row.textEnd), (aside, \Row.asideEnd)] {
      for mask in strand.masks {
        var index = rows.partitioningIndex { $0[keyPath: end] > mask.lowerBound }
        let first = index
        while index < rows.count, index == first || rows[index - 1][keyPath: end] < mask.upperBound { index += 1 }
        // In one row it is masked, unless it was written there in a way that is not known.
        let isWritten = index - first == 1 && body.masks.contains { $0.overlaps(rows[first].range) }
        if !isWritten || strand.open == mask { hidden.formUnion(first..<index) }
      }
    }
  }

  private func preview(_ index: Int) -> (String, isWhole: Bool) {
    if hidden.contains(index) { return ("\(WireSecrets.mask) a part of a credential stands here", true) }
    let range = rows[index].range
    switch cutter.framing {
    case .eventStream, .webSocket:
      let frame = WireFrameText(Array(body.bytes[range]), as: cutter.framing, secrets)
      return WireWords.line(frame.title, frame.payload)
    case .events, .lines, .whole, .reads:
      let start = body.masked(range.prefix(WireWords.previewBytes))
      return (WireWords.preview(of: start), range.count <= WireWords.previewBytes)
    }
  }

  /// All of one piece, readable.
  func details(of index: Int) -> [WireLine] {
    // What was escaped in JSON is written plainly in its lines.
    lines(of: index).map { WireLine($0.kind, secrets.masked($0.text)) }
  }

  private func lines(of index: Int) -> [WireLine] {
    guard rows.indices.contains(index), rows[index].note.isEmpty else {
      let rest = (rows.last?.range.upperBound ?? 0)..<body.bytes.count
      return index == rows.count && !rest.isEmpty ? WireWords.lines(of: body.masked(rest), framing: .reads) : []
    }
    if hidden.contains(index) {
      return [WireLine(.note, "It is not shown: a credential is spread over several events.")]
    }
    let range = rows[index].range
    switch cutter.framing {
    case .eventStream, .webSocket:
      let frame = WireFrameText(Array(body.bytes[range]), as: cutter.framing, secrets)
      return frame.headers + WireWords.lines(of: frame.payload, framing: .whole)
    case .events, .lines, .whole, .reads: return WireWords.lines(of: body.masked(range), framing: cutter.framing)
    }
  }
}

extension Range<Int> {
  /// The first of these numbers.
  fileprivate func prefix(_ count: Int) -> Range<Int> { lowerBound..<Swift.min(upperBound, lowerBound + count) }
}

extension [WireReading.Row] {
  /// The first row of which something holds that holds of all behind it.
  fileprivate func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
