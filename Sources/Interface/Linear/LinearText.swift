// Longer texts of linear mode that a command asks for: help, lists, figures, what is folded away.

import Conversations
import Diagnostics
import Display
import Manual
import Statistics
import Streaming

/// Makes texts of several lines. Words from outside that have to stay on one line are sanitised here, so that none of them
/// can pass for an announcement; everything is sanitised once more where it is written.
enum LinearText {
  /// Longer lists are read to the end by nobody.
  static let maximumChoices = 40
  /// What a tool was asked or gave back is told in this many columns.
  static let maximumColumns = 200

  /// Commands that only a screen has a use for.
  private static let screenOnly: Set<CommandID> = [
    "conversation.sidebar", "scroll.page-up", "scroll.page-down", "scroll.message-up", "scroll.message-down",
    "scroll.end", "scroll.start", "view.mouse", "view.browse", "view.hints", "view.wrap", "view.redraw",
    "program.palette", "program.suspend",
    "prompt.text-to-file",
  ]

  /// Whether a command does something in linear mode.
  static func isUseful(_ id: CommandID) -> Bool {
    !screenOnly.contains(id) && !(1...9).contains { id.rawValue == "conversation.\($0)" }
  }

  // MARK: Help

  /// What `/help` says: commands and topics without a topic, else the manual's text about it.
  static func help(_ topic: String, in state: AppState) -> String {
    let manual = state.manual.isEmpty ? Manual.sections : state.manual
    switch topic {
    case "", "keys":
      let topics = manual.map(\.id).joined(separator: ", ")
      return """
        A line is a message; a backslash at its end makes the next line a part of it. A line that begins with / is a command.
        Ctrl+C stops the answer, Ctrl+D ends riffle. / alone lists everything that can be done, to be chosen by number.

        \(commands)

        /help TOPIC reads a part of the manual, /help all the whole of it. Topics: \(topics).
        """
    case "all": return manual.map(text).joined(separator: "\n\n")
    default:
      let found = Manual.search(topic, in: manual)
      if found.isEmpty { return "Nothing in the manual about \(Sanitizer.singleLine(topic)). /help lists the topics." }
      return found.map(text).joined(separator: "\n\n")
    }
  }

  private static var commands: String {
    var lines: [String] = []
    for command in CommandCatalog.all where isUseful(command.id) {
      guard let slash = command.slash else { continue }
      lines.append("/\(slash.name)\(slash.argument.isEmpty ? "" : " \(slash.argument)"): \(command.title)")
    }
    return lines.joined(separator: "\n")
  }

  private static func text(of section: ManualSection) -> String { "\(section.title)\n\n\(section.body)" }

  // MARK: Lists

  /// A list with its numbers, and how one of it is chosen.
  static func list(_ choices: LinearChoices, of total: Int, title: String, in state: AppState) -> String {
    guard !choices.items.isEmpty else { return "\(title): none." }
    var lines = ["\(Sanitizer.singleLine(title)):"]
    for (index, item) in choices.items.enumerated() {
      lines.append("\(index + 1). \(Sanitizer.singleLine(words(for: item, of: choices.kind, in: state)))")
    }
    if total > choices.items.count {
      lines.append("And \(total - choices.items.count) more\(narrowing(choices.kind)).")
    }
    lines.append("Type a number, or an empty line to choose nothing.")
    return lines.joined(separator: "\n")
  }

  private static func narrowing(_ kind: PickerState.Kind) -> String {
    switch kind {
    case .conversations: "; /sessions WORDS finds them"
    case .models: "; /model NAME chooses any"
    case .profiles: "; /profile NAME chooses any"
    case .themes: "; /theme NAME chooses any"
    case .commands, .rewind, .race: ""
    }
  }

  private static func words(for item: PickerItem, of kind: PickerState.Kind, in state: AppState) -> String {
    var pieces = [item.title]
    switch kind {
    case .conversations:
      guard let id = ConversationID(item.id), let summary = state.list.summaries[id] else { break }
      let age = Figures.age(milliseconds: state.wall.milliseconds - summary.updated.milliseconds)
      pieces = [id.rawValue, item.title, counted(summary.messageCount, "message"), age == "now" ? age : "\(age) ago"]
      if state.isStreaming(id) { pieces.append("streaming") }
      if summary.hasError { pieces.append("failed") }
      if summary.isUnread { pieces.append("unread") }
      if summary.hasDraft { pieces.append("draft") }
      if summary.isPinned { pieces.append("pinned") }
    case .commands: if !item.detail.isEmpty { pieces.append(item.detail) }
    case .profiles, .models, .themes, .rewind, .race:
      if !item.detail.isEmpty { pieces.append(item.detail) }
      if !item.badge.isEmpty { pieces.append(item.badge) }
    }
    return pieces.joined(separator: ", ")
  }

  /// `1 message`, `3 messages`.
  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  // MARK: Answers

  /// What was measured of an answer, in a line.
  static func figures(of answer: TranscriptMessage?) -> String {
    guard let answer, let facts = MessageCaption.facts(of: answer) else { return "Nothing was measured here yet." }
    var lines = ["The last answer: \(facts.map(\.spoken).joined(separator: ", "))."]
    if let gaps = answer.metrics?.gaps {
      let median = "half of them at most \(Figures.short(gaps.p50))"
      lines.append(
        "Gaps between chunks: \(median), 95 of 100 at most \(Figures.short(gaps.p95)), the longest \(Figures.short(gaps.maximum))."
      )
    }
    if let network = answer.metrics?.network, let first = network.firstByte {
      let connection = network.isConnectionReused ? "a kept connection" : "a new connection"
      lines.append(
        "The first byte came after \(Figures.seconds(first)), over \(connection), HTTP \(network.httpVersion).")
    }
    return lines.joined(separator: "\n")
  }

  /// Groups of answers, a line each, and the last answer of the conversation.
  static func statistics(_ result: StatsResult, lastAnswer: TranscriptMessage?) -> String {
    let table = result.table
    let query = result.request.query
    guard !table.rows.isEmpty else {
      return query.span == .all ? "No answers yet." : "No answers in the last \(query.span.name)."
    }
    var lines = ["\(counted(table.answerCount, "answer")) \(StatsView.since(result)):"]
    let columns = StatisticsColumn.known(in: table)
    for row in table.rows {
      let name = row.key.isEmpty ? "all" : row.key.map { Sanitizer.singleLine($0.text) }.joined(separator: ", ")
      let figures = columns.filter { $0.number(row) != nil }.map { "\($0.heading) \($0.text(row))" }
      lines.append("\(name): \(figures.joined(separator: ", ")).")
    }
    if table.damagedCount > 0 { lines.append("\(counted(table.damagedCount, "answer")) cannot be read.") }
    lines.append("First and total are seconds, rate is characters per second.")
    if lastAnswer != nil { lines.append(figures(of: lastAnswer)) }
    return lines.joined(separator: "\n")
  }

  /// Thinking and tools of an answer as they came; `nil` if there are none.
  static func hidden(in answer: TranscriptMessage?) -> String? {
    let pieces = (answer?.parts ?? []).compactMap { part -> String? in
      guard part.isFoldable, !part.isSilent else { return nil }
      let text = String(decoding: part.bytes, as: UTF8.self)
      switch part.kind {
      case .text: return nil
      case .thinking: return "Thinking:\n\(text)"
      case .toolCall(_, let name, _): return "Tool call \(Sanitizer.singleLine(name)):\n\(text)"
      case .toolResult(_, let name, _): return "Result of \(Sanitizer.singleLine(name)):\n\(text)"
      case .attachment(let name, let mediaType, let count): return attachment(name, mediaType, count)
      case .opaque(let label): return "\(Sanitizer.singleLine(label)):\n\(text)"
      }
    }
    return pieces.isEmpty ? nil : pieces.joined(separator: "\n")
  }

  /// The lines of what was said that hold a text, the newest last.
  static func matches(of text: String, in transcript: TranscriptState) -> String {
    let query = FindQuery(text)
    guard !query.isEmpty else { return "It is /find and the text to look for." }
    var found: [String] = []
    for message in transcript.messages {
      let speaker = message.role == .user ? "You" : message.role == .assistant ? "Answer" : "System"
      for line in message.text.split(separator: "\n") where !query.matches(in: Array(line.utf8)).isEmpty {
        found.append("\(speaker): \(Sanitizer.singleLine(String(line)))")
      }
    }
    guard !found.isEmpty else { return "Not found: \(Sanitizer.singleLine(text))." }
    let shown = found.suffix(mostMatches)
    let more = found.count > shown.count ? "\(found.count - shown.count) lines before these.\n" : ""
    return more + shown.joined(separator: "\n")
  }

  // A screenful; more than that is not listened to.
  private static let mostMatches = 20

  /// A file in a line.
  static func attachment(_ name: String, _ mediaType: String, _ byteCount: Int) -> String {
    "File \(Sanitizer.singleLine(name)), \(Sanitizer.singleLine(mediaType)), \(Figures.bytes(byteCount))"
  }

  /// Words from outside on one line, with a full stop unless they end in a mark already.
  static func sentence(_ words: String) -> String {
    let line = Sanitizer.singleLine(words)
    guard let last = line.last, !".!?…。".contains(last) else { return line }
    return line + "."
  }

  /// The command that helps after an error, as a sentence with a blank before it; empty where there is none.
  static func nextStep(_ recovery: Recovery?) -> String {
    switch recovery {
    case .retry?: " Next: /retry sends it again."
    case .resume?: " Next: /continue goes on."
    case .chooseModel?: " Next: /model chooses another model."
    case .addCredential?, .fixSetting?: " Next: /config names the configuration; /retry sends it again after a change."
    case .shortenPrompt?: " Next: /new begins an empty conversation."
    case .checkConnection?: " Next: check the connection, then /retry sends it again."
    case .freeSpace?: " Next: free some space, then /retry sends it again."
    case .report?, nil: ""
    }
  }

  /// Words that are separated by blanks, in all text of an answer.
  static func wordCount(of message: TranscriptMessage) -> Int {
    message.parts.reduce(0) { sum, part in
      guard part.kind == .text else { return sum }
      var isInWord = false
      return part.bytes.reduce(sum) { count, byte in
        let isBlank = byte == 0x20 || (0x09...0x0D).contains(byte)
        defer { isInWord = !isBlank }
        return !isBlank && !isInWord ? count + 1 : count
      }
    }
  }
}
