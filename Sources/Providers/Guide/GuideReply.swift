// What the guide answers, as a whole: thinking, a look into the manual, text. Nothing here knows of time.

import Framing

/// An answer, complete.
struct GuideReply: Equatable {
  /// A look into the manual that is shown as a tool call.
  struct Lookup: Equatable {
    var query: String
    var arguments: String
    var result: String
  }

  var thinking: String
  var lookup: Lookup?
  var text: String

  /// The answer to the last prompt of a conversation.
  init(to conversation: GuideConversation, from book: GuideBook) {
    var composer = Composer(conversation: conversation, book: book)
    self = composer.reply()
  }

  private init(thinking: String, lookup: Lookup?, text: String) {
    self.thinking = thinking
    self.lookup = lookup
    self.text = text
  }

  /// Finds the words.
  private struct Composer {
    static let nature =
      "I am riffle’s built-in guide, **not a language model**: I look things up in the manual that comes with riffle, offline, "
      + "and answer with what stands there."

    let conversation: GuideConversation
    let book: GuideBook

    mutating func reply() -> GuideReply {
      switch conversation.intent {
      case .nothing:
        return plain("The prompt is empty, so there is nothing to look up.", "You sent no words. " + suggestions())
      case .greeting:
        let name = conversation.userName.map { ", \($0)" } ?? ""
        return plain(
          "A greeting. I say hello, what I am, and what can be asked.", "Hello\(name)! \(Self.nature)\n\n\(overview())")
      case .thanks:
        return plain("Thanks need no look into the manual.", "You are welcome. \(suggestions())")
      case .farewell:
        return plain("A farewell.", "Goodbye! `Ctrl+D` on an empty composer leaves riffle; everything is kept.")
      case .identity:
        return plain(
          "The question is about me. The honest answer is short.",
          "\(Self.nature)\n\nI do not reason and I know nothing of the world; I recognise words, find the fitting section and remember "
            + "what you asked in this conversation. For a real model, configure a provider:\n\n\(providerExample)\n\n\(suggestions())"
        )
      case .memory(let recollection):
        return plain("This is about what was said earlier; I look through the conversation.", memory(recollection))
      case .demonstration:
        return demonstration()
      case .overview:
        return plain("A general question: I show what the manual holds.", introduction + overview())
      case .topic(let query, let portion):
        return topic(query, portion)
      case .keys(let query):
        return keys(query)
      }
    }

    private func plain(_ thinking: String, _ text: String) -> GuideReply {
      GuideReply(thinking: thinking, lookup: nil, text: text + attachmentNote)
    }

    // MARK: Topics

    private func topic(_ query: String, _ portion: Int) -> GuideReply {
      let portions = book.portions(about: query)
      guard !portions.isEmpty else { return unknown(query) }
      let lookup = lookup(query)
      guard portion < portions.count else {
        return GuideReply(
          thinking: "More about “\(query)” was asked for, but I have told all there is.", lookup: lookup,
          text: "That was all the manual says about **\(query)**.\n\n" + overview())
      }
      let found = portions[portion]
      let isContinuation = portion > 0
      let opening = isContinuation ? "More about **\(query)**:\n\n" : introduction
      let title = found.isFirst ? "## \(found.section.title)\n\n" : "## \(found.section.title) (continued)\n\n"
      let thinking =
        isContinuation
        ? "“More” means the last topic, “\(query)”. The next part is in “\(found.section.title)”."
        : "The words that matter are “\(query)”. I search the manual for them and answer with the section that fits best."
      return GuideReply(
        thinking: thinking, lookup: lookup,
        text: opening + title + found.text + "\n\n" + related(to: found.section, query: query)
          + (portion + 1 < portions.count ? "\nSay **more** to read on." : "") + attachmentNote)
    }

    private func keys(_ query: String) -> GuideReply {
      var lines = book.keyLines(naming: query)
      var source = "everything that names it"
      if lines.isEmpty {
        lines = book.search(query).prefix(3).flatMap { GuideBook.keyLines(in: $0.body) }
        source = "the sections about it"
      }
      if lines.isEmpty {
        lines = book.search("keys").prefix(1).flatMap { GuideBook.keyLines(in: $0.body) }
        source = "the list of all keys"
      }
      guard !lines.isEmpty else { return unknown("keys \(query)") }
      // Rows of a table need its head.
      let rows = lines.filter { $0.hasPrefix("|") }
      let others = lines.filter { !$0.hasPrefix("|") }
      var text = "Keys for **\(query)**, from \(source):\n\n"
      if !rows.isEmpty {
        let columns = max(2, (rows.first?.filter { $0 == "|" }.count ?? 3) - 1)
        text +=
          "|" + String(repeating: " |", count: columns) + "\n|" + String(repeating: " --- |", count: columns) + "\n"
        text += rows.prefix(14).joined(separator: "\n") + "\n\n"
      }
      if !others.isEmpty { text += others.prefix(8).joined(separator: "\n") + "\n\n" }
      return GuideReply(
        thinking: "“Keys” alone means those of the topic before, “\(query)”.", lookup: lookup("\(query) keys"),
        text: text + "`F1` shows every key of this terminal." + attachmentNote)
    }

    private func unknown(_ query: String) -> GuideReply {
      GuideReply(
        thinking: "I search for “\(query)”, but the manual has nothing. Better to say so than to invent an answer.",
        lookup: lookup(query),
        text:
          "I found nothing about **\(query)** in the manual. \(Self.nature) For anything beyond riffle itself, talk to a model:"
          + "\n\n\(providerExample)\n\n\(suggestions())" + attachmentNote)
    }

    private func lookup(_ query: String) -> Lookup {
      let found = book.search(query).prefix(4)
      var writer = JSONWriter()
      writer.object { writer in
        writer.field("query", query)
        writer.field("limit", 4)
      }
      let result =
        found.isEmpty
        ? "no section matches"
        : found.enumerated().map { "\($0 + 1). \($1.title) — \(GuideBook.summary(of: $1))" }.joined(separator: "\n")
      return Lookup(query: query, arguments: writer.text, result: result)
    }

    /// A table of what else there is, and a command to go on with.
    private func related(to section: GuideBook.Section, query: String) -> String {
      // A section may be found twice; the reader sees it by its title.
      var shown: Set<String> = [section.title]
      let others = book.search(query).filter { shown.insert($0.title).inserted }.prefix(3)
      let more = others.isEmpty ? book.sections.filter { shown.insert($0.title).inserted }.prefix(3) : others
      var text = ""
      if !more.isEmpty {
        text += "See also:\n\n| section | what it is about |\n| --- | --- |\n"
        text +=
          more.map { "| \(Self.cell($0.title)) | \(Self.cell(GuideBook.summary(of: $0))) |" }.joined(separator: "\n")
          + "\n\n"
      }
      return text + "```\n/help \(section.id)\n```\n"
    }

    // MARK: Pieces

    private var introduction: String { conversation.isFirstAnswer ? Self.nature + "\n\n" : "" }

    private var attachmentNote: String {
      conversation.attachments.isEmpty
        ? "" : "\n\nYou attached \(conversation.attachments.joined(separator: ", ")); I cannot read files, a model can."
    }

    private var providerExample: String {
      """
      ```toml
      [providers.lab]
      kind = "openai"
      base_url = "http://127.0.0.1:8000/v1"

      [profiles.work]
      provider = "lab"
      model = "m-large"
      ```
      """
    }

    private func suggestions() -> String {
      let titles = book.sections.prefix(4).map { "“\($0.title)”" }
      guard !titles.isEmpty else { return "Ask about keys, commands, providers, themes or metrics." }
      return "Ask about \(titles.joined(separator: ", ")), or say **help** for all topics."
    }

    private func overview() -> String {
      guard !book.sections.isEmpty else {
        return "Ask about keys, commands, providers, themes or metrics. These always work:\n\n"
          + "| key | what it does |\n| --- | --- |\n| `F1` | all keys |\n| `F3` | figures of the stream |\n| `Esc` | stop the answer |\n\n"
          + "```\n/help\n```\n"
      }
      let rows = book.sections.prefix(12).map { "| \(Self.cell($0.title)) | \(Self.cell(GuideBook.summary(of: $0))) |" }
      return "The manual has these topics:\n\n| topic | what it is about |\n| --- | --- |\n"
        + rows.joined(separator: "\n")
        + "\n\nAsk in your own words, or read them all:\n\n```\n/help\n```\n"
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    // MARK: Memory

    private func memory(_ recollection: GuideIntent.Recollection) -> String {
      let earlier = conversation.prompts.dropLast()
      guard let first = earlier.first, let last = earlier.last else {
        return "Nothing yet: this is the first thing you asked in this conversation."
      }
      switch recollection {
      case .first: return "The first thing you asked was:\n\n\(Self.quote(first))"
      case .last: return "Before this you asked:\n\n\(Self.quote(last))"
      case .name:
        return conversation.userName.map { "You told me that your name is **\($0)**." }
          ?? "You have not told me your name in this conversation."
      case .about(let words):
        let wanted = GuideConversation.words(of: words)
        let found = earlier.filter { prompt in !Set(GuideConversation.words(of: prompt)).isDisjoint(with: wanted) }
        return found.isEmpty
          ? "You have not mentioned that in this conversation."
          : "You said:\n\n" + found.map(Self.quote).joined(separator: "\n\n")
      case .all:
        let items = earlier.suffix(20).enumerated().map { "\($0 + 1). \(Self.line($1))" }
        return "So far you asked:\n\n" + items.joined(separator: "\n")
      }
    }

    private static func quote(_ text: String) -> String {
      text.prefix(600).split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }.joined(
        separator: "\n")
    }

    private static func line(_ text: String) -> String {
      let joined = text.prefix(200).split(separator: "\n").joined(separator: " ")
      return joined.isEmpty ? "(no words)" : joined
    }

    private func demonstration() -> GuideReply {
      GuideReply(
        thinking: "A demonstration: a heading, a table, code, a list, a tool call. I say what each is for.",
        lookup: lookup("streaming"),
        text: introduction + """
          ## What an answer can look like

          | part | how it arrives |
          | --- | --- |
          | thinking | before the text, folded |
          | tool call | name, growing arguments, result |
          | text | Markdown, as it streams |

          ```swift
          for await chunk in stream {
            print(chunk.text, terminator: "")
          }
          ```

          1. `F3` shows where the time goes.
          2. `Esc` stops this answer and keeps what is there.
          3. *Emphasis*, **weight** and `code` are drawn as they arrive.

          """ + attachmentNote)
    }
  }
}
