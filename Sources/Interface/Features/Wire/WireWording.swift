// What went over the wire, in words: times and sizes of events, how an exchange stands, and the whole account of one for
// those who listen.

import Conversations
import Display
import Streaming

/// Words about exchanges.
enum WireWording {
  /// `+1.234 s`.
  static func time(_ time: Duration) -> String { "+\(seconds(time))" }

  /// `Δ0.041 s`.
  static func gap(_ gap: Duration) -> String { "Δ\(seconds(gap))" }

  private static func seconds(_ time: Duration) -> String {
    "\(Figures.decimal(max(0, Figures.milliseconds(time)) / 1000, 3)) s"
  }

  /// How it ended, or that it goes on: the last row.
  static func ending(of picture: WirePicture) -> String {
    let outline = picture.outline
    let size = "\(count(picture.events, "event")), \(Figures.exactBytes(outline.responseBytes))"
    guard let ending = outline.ending else { return picture.head.isEmpty ? "no response yet" : "live: \(size) so far" }
    return picture.head.isEmpty ? ending : "\(size); \(ending)"
  }

  private static func count(_ events: [WireEvent], _ word: String) -> String {
    let count = events.reduce(0) { $0 + ($1.time == nil ? 0 : 1) }
    return "\(Figures.grouped(count)) \(word)\(count == 1 ? "" : "s")"
  }

  /// `exchange 3, attempt 2 · 200`.
  static func standing(of outline: WireOutline) -> String {
    var words = "exchange \(outline.number)"
    if outline.attempt > 1 { words += ", attempt \(outline.attempt)" }
    if let status = outline.status { words += " · \(status)" }
    if outline.isLive { words += " · live" }
    return words
  }

  /// What is known of an answer that was not recorded.
  static func facts(of message: TranscriptMessage, _ utcOffsetSeconds: Int) -> [String] {
    var facts: [String] = []
    if let origin = message.origin { facts.append("model        \(origin.provider)/\(origin.model)") }
    let time = message.created.components(utcOffsetSeconds: utcOffsetSeconds)
    facts.append(
      "begun        \(time.year)-\(Figures.twoDigits(time.month))-\(Figures.twoDigits(time.day)) "
        + "\(Figures.twoDigits(time.hour)):\(Figures.twoDigits(time.minute))")
    guard let metrics = message.metrics else { return facts }
    facts.append("first text   \(metrics.timeToFirstText.map(Figures.seconds) ?? "–")")
    facts.append("took         \(Figures.seconds(metrics.elapsed))")
    facts.append("chunks       \(Figures.grouped(metrics.chunks)), \(Figures.exactBytes(metrics.bytes))")
    return facts
  }

  /// Why there is nothing to show, and what helps.
  static func absence(_ wire: WireState) -> [String] {
    guard wire.isLoaded else { return ["Looking …"] }
    if case .number(let number) = wire.subject {
      return [absence(ofNumber: number, among: wire.outlines)]
    }
    let provider = wire.facts.isEmpty ? "There is no answer here yet, or it" : "This answer"
    return [
      "\(provider) was not recorded: what goes over the wire is kept in memory alone, for the newest exchanges since "
        + "riffle started. Answers of earlier sessions, of replays and of the guide have none."
    ] + (wire.facts.isEmpty ? [] : [""] + wire.facts) + [
      "", "To keep a response for later: s saves it while it is here, or the command riffle record records one.",
    ] + (wire.outlines.isEmpty ? [] : ["[ shows the newest exchange that is kept."])
  }

  private static func absence(ofNumber number: Int, among outlines: [WireOutline]) -> String {
    guard let first = outlines.first, let last = outlines.last else {
      return "There is no exchange \(number): nothing was sent since riffle started."
    }
    let kept = first.number == last.number ? "\(first.number) is" : "\(first.number) to \(last.number) are"
    return "There is no exchange \(number): \(kept) kept. [ shows the newest."
  }

  /// The text of a row, for searching.
  static func text(of place: WireState.Place, _ picture: WirePicture, _ details: [Int: [WireLine]]) -> String {
    func text(_ line: WireLine) -> String {
      if case .header(let name) = line.kind { return "\(name): \(line.text)" }
      return line.text
    }
    switch place {
    case .title: return ""
    case .request(let line): return picture.request.indices.contains(line) ? text(picture.request[line]) : ""
    case .head(let line): return picture.head.indices.contains(line) ? text(picture.head[line]) : ""
    case .event(let event): return picture.events.indices.contains(event) ? picture.events[event].preview : ""
    case .detail(let event, let line):
      guard let lines = details[event], lines.indices.contains(line) else { return "" }
      return text(lines[line])
    case .end: return ending(of: picture)
    }
  }

  /// An exchange for those who listen: the request's line and headers, the response's, how many events, how it ended.
  static func account(of picture: WirePicture?, among outlines: [WireOutline]) -> String {
    guard let picture else {
      return
        "Nothing was recorded for this answer: what goes over the wire is kept in memory, for the newest exchanges "
        + "since riffle started. The command riffle record records an answer."
    }
    let outline = picture.outline
    var lines = ["\(standing(of: outline)), \(outline.provider)/\(outline.model)"]
    for line in picture.request + picture.head {
      switch line.kind {
      case .start: lines.append(line.text)
      case .header(let name): lines.append("\(name): \(line.text)")
      case .body, .note: break
      }
    }
    lines.append("Request body: \(Figures.exactBytes(outline.requestBytes)). Response: \(ending(of: picture)).")
    if let first = picture.events.first(where: { $0.time != nil })?.time,
      let last = picture.events.last(where: { $0.time != nil })?.time
    {
      lines.append("First event \(time(first)), last \(time(last)).")
    }
    if outlines.count > 1 {
      lines.append(
        "Exchanges \(outlines[0].number) to \(outlines[outlines.count - 1].number) are kept; /wire n tells of another.")
    }
    return lines.map { Sanitizer.singleLine($0) }.joined(separator: "\n")
  }
}
