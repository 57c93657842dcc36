// How values of `Conversations` stand in columns. The numbers and words are part of the file's format: they are never
// changed and never used again for something else.

import Conversations
import Diagnostics

extension Role {
  var stored: Int64 {
    switch self {
    case .system: 0
    case .user: 1
    case .assistant: 2
    }
  }

  init?(stored: Int64) {
    switch stored {
    case 0: self = .system
    case 1: self = .user
    case 2: self = .assistant
    default: return nil
    }
  }
}

/// The numbers of `MessageStatus`; reason and failure stand in columns of their own.
enum StoredStatus: Int64 {
  case complete = 0
  case streaming = 1
  case stopped = 2
  case interrupted = 3
  case incomplete = 4
  case failed = 5

  init(_ status: MessageStatus) {
    switch status {
    case .complete: self = .complete
    case .streaming: self = .streaming
    case .stopped: self = .stopped
    case .interrupted: self = .interrupted
    case .incomplete: self = .incomplete
    case .failed: self = .failed
    }
  }

  /// Whether the list marks a conversation that ends so.
  var isError: Bool {
    switch self {
    case .interrupted, .incomplete, .failed: true
    case .complete, .streaming, .stopped: false
    }
  }
}

extension MessageStatus {
  var finishReason: FinishReason? {
    if case .complete(let reason) = self { reason } else { nil }
  }

  var failure: Explanation? {
    switch self {
    case .incomplete(let explanation), .failed(let explanation): explanation
    case .complete, .streaming, .stopped, .interrupted: nil
    }
  }
}

extension Recovery {
  /// What `name` leaves out.
  var storedValue: String? {
    switch self {
    case .retry(let milliseconds): milliseconds.map { String($0) }
    case .shortenPrompt(let tokens): tokens.map { String($0) }
    case .fixSetting(let path): path
    case .resume, .addCredential, .chooseModel, .checkConnection, .freeSpace, .report: nil
    }
  }

  init?(name: String, storedValue: String?) {
    switch name {
    case "retry": self = .retry(afterMilliseconds: storedValue.flatMap { Int($0) })
    case "resume": self = .resume
    case "add_credential": self = .addCredential
    case "choose_model": self = .chooseModel
    case "shorten_prompt": self = .shortenPrompt(byTokens: storedValue.flatMap { Int($0) })
    case "fix_setting": self = .fixSetting(path: storedValue ?? "")
    case "check_connection": self = .checkConnection
    case "free_space": self = .freeSpace
    case "report": self = .report
    default: return nil
    }
  }
}

extension Identifier {
  /// Sixteen bytes, most significant first, so that their order is the identifiers'.
  var stored: SQLiteValue {
    .blob(
      (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * $0)) }
        + (0..<8).map { UInt8(truncatingIfNeeded: low >> (56 - 8 * $0)) })
  }

  init?(stored bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    func number(_ part: ArraySlice<UInt8>) -> UInt64 { part.reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: number(bytes[..<8]), low: number(bytes[8...]))
  }
}

/// The numbers of the kinds of parts. 0 is no part: in the journal it means text to append.
enum StoredPartKind: Int64 {
  case growth = 0
  case text = 1
  case thinking = 2
  case toolCall = 3
  case toolResult = 4
  case attachment = 5
  case opaque = 6
}

/// The columns that `parts` and `journal` have in common.
struct PartColumns {
  var kind: StoredPartKind
  var body: String?
  var name: String?
  var reference: String?
  var flag: Bool?
  var attachment: Attachment?

  init(_ part: Part) {
    switch part {
    case .text(let text):
      kind = .text
      body = text
    case .thinking(let text, let signature):
      kind = .thinking
      body = text
      reference = signature
    case .toolCall(let call):
      kind = .toolCall
      body = call.arguments
      name = call.name
      reference = call.id
      flag = call.isComplete
    case .toolResult(let result):
      kind = .toolResult
      body = result.content
      name = result.name
      reference = result.callID
      flag = result.isError
    case .attachment(let file):
      kind = .attachment
      attachment = file
    case .opaque(let piece):
      kind = .opaque
      body = piece.content
      name = piece.label
      reference = piece.dialect
    }
  }

  /// Text that is appended to a part.
  init(growth text: String) {
    kind = .growth
    body = text
  }
}
