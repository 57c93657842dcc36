// What a prompt wants from the guide, given everything said before. Words are looked at, nothing is understood: that is
// enough to follow "more" and "and the keys?", and the guide says so itself.

import Conversations

/// A prompt, in the guide's few terms.
enum GuideIntent: Equatable {
  case nothing
  case greeting
  case thanks
  case farewell
  /// Who or what the guide is.
  case identity
  /// What was asked earlier: those prompts, oldest first.
  case memory(Recollection)
  /// A demonstration of what answers can look like.
  case demonstration
  /// What there is to ask.
  case overview
  /// A topic, and how much of it was already told.
  case topic(query: String, portion: Int)
  /// The keys for a topic.
  case keys(query: String)

  /// What somebody wants to be reminded of.
  enum Recollection: Equatable {
    case first, last, all
    case about(String)
    case name
  }
}

/// The prompts of a conversation, and what the last of them wants.
struct GuideConversation: Equatable {
  /// What the user said, oldest first; the last one is to be answered.
  let prompts: [String]
  let intent: GuideIntent
  /// Files came along with the last prompt.
  let attachments: [String]
  /// Whether the guide has said anything yet.
  let isFirstAnswer: Bool

  init(_ messages: [Message]) {
    let users = messages.filter { $0.role == .user }
    prompts = users.map(\.text)
    attachments = (users.last?.parts ?? []).compactMap { part in
      if case .attachment(let attachment) = part { attachment.name } else { nil }
    }
    isFirstAnswer = !messages.contains { $0.role == .assistant }
    // Folded over the whole conversation: what "more" means depends on what came before, again and again.
    var topic: (query: String, portion: Int)?
    var last = GuideIntent.nothing
    for prompt in prompts {
      last = Self.intent(of: prompt, after: topic)
      switch last {
      case .topic(let query, let portion): topic = (query, portion)
      case .keys(let query): topic = (query, topic?.query == query ? topic?.portion ?? 0 : 0)
      default: break
      }
    }
    intent = last
  }

  /// The name the user gave, if any.
  var userName: String? {
    for prompt in prompts.reversed() {
      for opening in ["my name is ", "call me ", "i am called "] {
        guard let range = prompt.lowercased().firstRange(of: opening) else { continue }
        let offset = prompt.lowercased().distance(from: prompt.lowercased().startIndex, to: range.upperBound)
        let name = prompt.dropFirst(offset).prefix { $0.isLetter || $0 == "-" || $0 == "'" }
        if !name.isEmpty { return String(name) }
      }
    }
    return nil
  }

  // MARK: Looking at words

  private static let greetings: Set<String> = [
    "hi", "hello", "hey", "hiya", "howdy", "greetings", "yo", "hallo", "moin", "servus", "bonjour", "salut", "hola",
    "ciao", "hej",
  ]
  private static let fillers: Set<String> = [
    "a", "about", "again", "all", "am", "an", "and", "any", "are", "as", "at", "be", "can", "could", "did", "do",
    "does", "doing", "for",
    "from", "get", "give", "go", "had", "has", "have", "help", "how", "i", "if", "in", "into", "is", "it", "its",
    "just", "know", "let",
    "like", "make", "may", "me", "might", "mine", "more", "most", "must", "my", "need", "no", "not", "of", "on", "or",
    "our",
    "out", "please", "riffle", "say", "shall", "should", "show", "so", "some", "tell", "than", "that", "the", "them",
    "then",
    "there", "these", "they", "thing", "things", "this", "those", "to", "too", "us", "use", "used", "using", "want",
    "was", "we",
    "were", "what", "whats", "when", "where", "which", "who", "why", "will", "with", "work", "works", "would", "you",
    "your", "explain",
    "describe", "way", "something", "anything", "also", "else", "now", "ok", "okay", "well", "hi", "hello", "hey",
    "today",
  ]
  private static let continuations: Set<String> = [
    "more", "further", "continue", "go on", "and", "next", "details", "else", "what else", "anything else", "go ahead",
    "keep going",
    "tell me more", "more please", "more details", "and then", "another", "yes", "and more", "some more", "what more",
  ]

  /// Lower-case words without punctuation; an apostrophe leaves nothing behind.
  static func words(of text: String) -> [String] {
    let text = text.lowercased().filter { $0 != "'" && $0 != "’" }
    return text.split { !($0.isLetter || $0.isNumber || $0 == "+" || $0 == "-" || $0 == "_") }.map(String.init)
  }

  private static func intent(of prompt: String, after topic: (query: String, portion: Int)?) -> GuideIntent {
    // The first words decide; a pasted book is not looked through.
    let words = Array(words(of: String(prompt.prefix(2_000))).prefix(60))
    let sentence = words.joined(separator: " ")
    func says(_ phrases: String...) -> Bool {
      phrases.contains { (" " + sentence + " ").firstRange(of: " \($0) ") != nil }
    }
    guard !words.isEmpty else { return .nothing }

    if let recollection = recollection(sentence, words) { return .memory(recollection) }
    if says(
      "who are you", "what are you", "are you a", "are you an", "are you human", "are you real", "are you chatgpt",
      "are you claude", "which model", "what model are", "your name", "language model", "are you ai", "llm")
    {
      return .identity
    }
    let meaningful = words.filter { !fillers.contains($0) }
    if meaningful.isEmpty, words.count <= 4, words.contains(where: greetings.contains) { return .greeting }
    if words.count <= 5, let first = words.first, greetings.contains(first), meaningful.allSatisfy(isPleasantry) {
      return .greeting
    }
    if says("good morning", "good evening", "good afternoon", "how are you"), words.count <= 6 { return .greeting }
    if says("my name is", "call me"), words.count <= 8 { return .greeting }
    if words.count <= 4, says("thanks", "thank you", "thx", "cheers", "danke", "merci") { return .thanks }
    if words.count <= 3, says("bye", "goodbye", "see you", "ciao", "farewell") { return .farewell }
    if says(
      "demo", "demonstration", "lorem ipsum", "show me a table", "show a table", "show me code", "test", "testing"),
      words.count <= 6
    {
      return .demonstration
    }
    if says(
      "what can you do", "what can i ask", "help me", "overview", "topics", "what do you know", "how do i start",
      "get started",
      "getting started", "what is riffle", "what can riffle do", "features") || sentence == "help"
    {
      return .overview
    }
    return about(meaningful, sentence, after: topic)
  }

  private static func isPleasantry(_ word: String) -> Bool {
    greetings.contains(word) || ["guide", "everyone", "world", "friend"].contains(word)
  }

  /// A topic of its own, or one that goes on with the last.
  private static func about(
    _ meaningful: [String], _ sentence: String, after topic: (query: String, portion: Int)?
  ) -> GuideIntent {
    let asksForKeys = !meaningful.isEmpty && meaningful.allSatisfy { isAboutKeys($0) }
    if let topic {
      if continuations.contains(sentence) || meaningful.isEmpty {
        return .topic(query: topic.query, portion: topic.portion + 1)
      }
      // "and the keys?" is about the keys of what was talked about.
      if asksForKeys, topic.query != "keys" { return .keys(query: topic.query) }
    } else if meaningful.isEmpty {
      return .overview
    }
    if asksForKeys { return .topic(query: "keys", portion: 0) }
    let query = meaningful.prefix(12).joined(separator: " ")
    // "how do I change that?" needs the topic before to mean anything.
    if let topic,
      sentence.split(separator: " ").contains(where: { $0 == "it" || $0 == "that" || $0 == "this" || $0 == "them" }),
      meaningful.count <= 3
    {
      return .topic(query: "\(topic.query) \(query)", portion: 0)
    }
    return .topic(query: query, portion: 0)
  }

  private static func isAboutKeys(_ word: String) -> Bool {
    ["key", "keys", "shortcut", "shortcuts", "keybinding", "keybindings", "binding", "bindings", "hotkey", "hotkeys"]
      .contains(word)
  }

  private static func recollection(_ sentence: String, _ words: [String]) -> GuideIntent.Recollection? {
    func says(_ phrase: String) -> Bool { (" " + sentence + " ").firstRange(of: " \(phrase) ") != nil }
    if says("my name"), !says("my name is"), says("what") || says("whats") || says("remember") || says("know") {
      return .name
    }
    let speaksOfAsking =
      says("did i ask") || says("did i say") || says("did i tell") || says("did i mention") || says("i asked")
      || says("i said")
      || says("my question") || says("my questions") || says("have i asked") || says("was my first")
      || says("was my last")
      || says("my first question") || says("my previous") || says("we talk about") || says("we talked about")
    guard speaksOfAsking else { return nil }
    if says("first") || says("initially") || says("at the beginning") || says("start") { return .first }
    if says("last") || says("before") || says("previous") || says("previously") { return .last }
    if let place = words.firstIndex(of: "about"), place + 1 < words.count, !says("talk about"), !says("talked about") {
      return .about(words[(place + 1)...].joined(separator: " "))
    }
    return .all
  }
}
