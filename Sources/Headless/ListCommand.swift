// `riffle list` and `riffle show`: conversations and their messages, for people and for scripts.

package import Conversations
import Diagnostics
import Display
import Framing
package import Sessions
import Streaming

/// Runs `list`.
package struct ListCommand: Sendable {
  private let store: SessionStore
  private let output: Output
  private let isTrash: Bool
  private let isJSON: Bool

  /// A command on a store that has been started.
  /// - Parameter isTrash: lists the trash instead of what is not in it.
  package init(store: SessionStore, output: Output, ofTrash isTrash: Bool, isJSON: Bool) {
    self.store = store
    self.output = output
    self.isTrash = isTrash
    self.isJSON = isJSON
  }

  /// Writes every conversation, newest first.
  package func run() async -> Int32 {
    do throws(SessionError) {
      let found = try await isTrash ? store.trashed(limit: .max) : store.summaries(limit: .max)
      let all = found.sorted { $0.updated > $1.updated }
      if isJSON { writeJSON(all) } else { writePlain(all) }
      return output.isClosed ? ExitStatus.brokenPipe : ExitStatus.done
    } catch {
      output.complain(error.explanation.sentence)
      return ExitStatus.failed
    }
  }

  private func writePlain(_ all: [ConversationSummary]) {
    let rows = all.map { summary in
      [
        TextTable.Cell(summary.id.rawValue), TextTable.Cell("\(summary.updated.rfc3339.prefix(16))Z"),
        TextTable.Cell("\(summary.messageCount)", side: .right), TextTable.Cell(Self.state(summary)),
        TextTable.Cell(Sanitizer.singleLine(summary.title.isEmpty ? "(no title)" : summary.title)),
      ]
    }
    for line in TextTable.lines(rows) { output.line(line) }
  }

  private func writeJSON(_ all: [ConversationSummary]) {
    var json = JSONWriter()
    json.array { array in
      for summary in all {
        array.object { object in
          object.field("id", summary.id.rawValue)
          object.field("title", summary.title)
          object.field("updated", summary.updated.rfc3339)
          object.field("messages", summary.messageCount)
          object.field("state", Self.state(summary))
          object.arrayField("tags") { tags in for tag in summary.tags { tags.value(tag) } }
          object.field("profile", summary.profileName)
        }
      }
    }
    output.write(json.take() + [0x0A])
  }

  private static func state(_ summary: ConversationSummary) -> String {
    let state: ConversationState =
      summary.hasError ? .error : summary.isUnread ? .unread : summary.hasDraft ? .draft : .idle
    return state.rawValue
  }
}

/// Runs `show`.
package struct ShowCommand: Sendable {
  private let prefix: String
  private let store: SessionStore
  private let archive: any ConversationArchive
  private let output: Output
  private let isJSON: Bool

  /// A command that shows the conversation whose ID begins with `prefix`.
  package init(
    _ prefix: String, store: SessionStore, archive: any ConversationArchive, output: Output, isJSON: Bool
  ) {
    self.prefix = prefix
    self.store = store
    self.archive = archive
    self.output = output
    self.isJSON = isJSON
  }

  /// Writes the current path.
  package func run() async -> Int32 {
    do {
      let id = try await store.find(prefix)
      guard let record = try await archive.record(of: id) else { throw SessionError.noSuchConversation(prefix) }
      let window = try await archive.window(of: id, before: nil, limit: .max)
      if isJSON { try await writeJSON(record, window.messages) } else { writePlain(window.messages) }
      return output.isClosed ? ExitStatus.brokenPipe : ExitStatus.done
    } catch let error as any Explainable {
      output.complain(error.explanation.sentence)
    } catch {
      output.complain("\(error)")
    }
    return ExitStatus.failed
  }

  private func writePlain(_ messages: [Message]) {
    for (index, message) in messages.enumerated() {
      if index > 0 { output.line("") }
      let who =
        message.role == .assistant
        ? message.origin.map(\.label) ?? "assistant" : message.role.rawValue
      let status = if case .complete = message.status { "" } else { " (\(message.status.name))" }
      output.line("--- \(Sanitizer.singleLine(who)) \(message.created.rfc3339)\(status)")
      for part in message.parts {
        switch part {
        case .text(let text): output.line(text)
        case .thinking: break
        case .opaque(let piece):
          if !piece.label.isEmpty { output.line("[\(Sanitizer.singleLine(piece.label))]") }
        case .toolCall(let call):
          output.line("[tool \(Sanitizer.singleLine(call.name)) \(Sanitizer.singleLine(call.arguments))]")
        case .toolResult(let result):
          output.line("[result \(Sanitizer.singleLine(result.name)) \(Sanitizer.singleLine(result.content))]")
        case .attachment(let file): output.line("[file \(Sanitizer.singleLine(file.name)), \(file.bytes.count) bytes]")
        }
      }
      switch message.status {
      case .incomplete(let why), .failed(let why): output.line("[\(why.sentence)]")
      default: break
      }
    }
  }

  private func writeJSON(_ record: ConversationRecord, _ messages: [Message]) async throws {
    var json = JSONWriter()
    json.beginObject()
    json.field("id", record.summary.id.rawValue)
    json.field("title", record.summary.title)
    json.field("profile", record.profile.name)
    json.key("messages")
    json.beginArray()
    for message in messages {
      let run = message.role == .assistant ? try await archive.run(of: message.id) : nil
      MessageJSON.write(message, run: run, to: &json)
    }
    json.endArray()
    json.endObject()
    output.write(json.take() + [0x0A])
  }
}

/// A message as `show --json` has it.
enum MessageJSON {
  static func write(_ message: Message, run: RunRecord?, to json: inout JSONWriter) {
    json.object { object in
      object.field("id", message.id.description)
      if let parent = message.parent { object.field("parent", parent.description) } else { object.nullField("parent") }
      object.field("role", message.role.rawValue)
      object.field("status", message.status.name)
      object.objectField("variant") { variant in
        variant.field("index", message.variant.index)
        variant.field("count", message.variant.count)
      }
      object.arrayField("parts") { parts in for part in message.parts { write(part, to: &parts) } }
      if let origin = message.origin {
        object.field("provider", origin.provider)
        object.field("model", origin.model)
      } else {
        object.nullField("provider")
        object.nullField("model")
      }
      if let usage = message.usage {
        object.objectField("usage") { AskWriter.writeCounts(usage, to: &$0) }
      } else {
        object.nullField("usage")
      }
      if let run { object.field("metrics", json: Array(run.metricsJSON.utf8)) } else { object.nullField("metrics") }
      object.field("time", message.created.rfc3339)
      switch message.status {
      case .incomplete(let why), .failed(let why):
        object.key("error")
        AskWriter.writeError(why, to: &object)
      default: break
      }
    }
  }

  private static func write(_ part: Part, to array: inout JSONWriter) {
    array.object { object in
      switch part {
      case .text(let text):
        object.field("type", "text")
        object.field("text", text)
      case .thinking(let text, _):
        object.field("type", "thinking")
        object.field("text", text)
      case .toolCall(let call):
        object.field("type", "tool_call")
        object.field("id", call.id)
        object.field("name", call.name)
        AskWriter.writeArguments(call.arguments, to: &object)
      case .toolResult(let result):
        object.field("type", "tool_result")
        object.field("id", result.callID)
        object.field("name", result.name)
        object.field("content", result.content)
        object.field("is_error", result.isError)
      case .attachment(let file):
        object.field("type", "attachment")
        object.field("name", file.name)
        object.field("media_type", file.mediaType)
        object.field("bytes", file.bytes.count)
      case .opaque(let piece):
        object.field("type", "other")
        object.field("label", piece.label)
      }
    }
  }
}

extension SessionStore {
  /// The one conversation in the trash whose ID begins so; one that is not there by its whole ID.
  nonisolated(nonsending) package func findInTrash(_ prefix: String) async throws -> ConversationID {
    let candidates = try await resolveInTrash(prefix)
    if let first = candidates.first, candidates.count == 1 { return first }
    guard candidates.isEmpty else {
      throw Explanation(
        kind: .notFound, summary: "Several conversations in the trash begin with \(prefix)",
        detail: candidates.prefix(8).map(\.rawValue).joined(separator: ", "))
    }
    // Restoring twice does no harm to a script.
    if case .one(let id) = try await resolve(prefix), id.rawValue == prefix { return id }
    throw Explanation(kind: .notFound, summary: "There is no conversation \(prefix) in the trash")
  }

  /// The one conversation whose ID begins so.
  nonisolated(nonsending) package func find(_ prefix: String) async throws -> ConversationID {
    switch try await resolve(prefix) {
    case .one(let id): return id
    case .ambiguous(let candidates):
      throw Explanation(
        kind: .notFound, summary: "Several conversations begin with \(prefix)",
        detail: candidates.prefix(8).map(\.rawValue).joined(separator: ", "))
    case .inTrash(let candidates):
      throw Explanation(
        kind: .notFound, summary: "There is no conversation \(prefix)",
        detail: "in the trash: \(candidates.prefix(8).map(\.rawValue).joined(separator: ", ")); "
          + "riffle restore ID brings one back")
    case .none: throw SessionError.noSuchConversation(prefix)
    }
  }
}
