// Chunks of streamGenerateContent into events (wire notes: gemini, section 2). A chunk holds many words and a few come
// each second, so each is read as a tree. There is no end marker: the answer is over when its bytes are, if a reason was
// given before.

import Conversations
import Diagnostics
import Framing
import Streaming

/// What is remembered between the chunks of one answer.
package struct GeminiDecoding: Sendable {
  /// Begins the ids of calls that came without one; such ids are not sent.
  static let inventedIDPrefix = "gemini-call:"

  private let context: ResponseContext
  private var hasStarted = false
  private var responseID: String?
  private var calls: [String] = []
  private var finishReason: String?
  private var finishMessage = ""
  private var usage: TokenUsage?
  private var hasText = false

  init(_ context: ResponseContext) { self.context = context }

  // MARK: Frames

  mutating func decode(_ frame: WireFrame, into sink: inout EventSink) throws(DialectError) {
    if frame.event == "error" { return fail(ErrorBody(frame.data), into: &sink) }
    if frame.isDoneMarker { return }
    try read(frame.data, into: &sink)
  }

  /// The bytes are over: an ending if a reason was given, else nothing.
  mutating func end(into sink: inout EventSink) {
    guard let word = finishReason else { return }
    if let failure = failure(for: word) { return fail(failure, into: &sink) }
    for id in calls { sink.emit(.toolCallEnd(id: id)) }
    sink.emit(.finish(reason(for: word)))
  }

  mutating func decodeWhole(_ body: [UInt8], into sink: inout EventSink) throws(DialectError) {
    try read(body, into: &sink)
    if !sink.isEnded, !hasStarted {
      throw DialectError("there is no answer in it", excerpt: WireFrame(data: body).excerpt())
    }
    end(into: &sink)
  }

  private mutating func read(_ bytes: [UInt8], into sink: inout EventSink) throws(DialectError) {
    switch JSONParser.parse(bytes) {
    case .success(.array(let chunks)):
      // A whole answer may come as the chunks of a stream in an array, and an error in an array of one.
      for chunk in chunks where chunk.object != nil { readChunk(chunk, into: &sink) }
    case .success(let chunk) where chunk.object != nil: readChunk(chunk, into: &sink)
    case .success: throw DialectError("a chunk is not an object", excerpt: WireFrame(data: bytes).excerpt())
    case .failure(let diagnostic):
      throw DialectError("a chunk is not JSON (\(diagnostic))", excerpt: WireFrame(data: bytes).excerpt())
    }
  }

  // MARK: Chunks

  private mutating func readChunk(_ chunk: JSONValue, into sink: inout EventSink) {
    responseID = responseID ?? chunk["responseId"]?.string
    let candidates = chunk["candidates"]?.array ?? []
    if !hasStarted, !candidates.isEmpty || chunk["modelVersion"] != nil {
      hasStarted = true
      sink.emit(
        .start(
          ResponseStart(
            model: chunk["modelVersion"]?.string ?? context.model, requestID: context.requestID ?? responseID)))
    }
    for (position, candidate) in candidates.enumerated() where candidate["index"]?.int ?? position == 0 {
      for part in candidate["content"]?["parts"]?.array ?? [] { readPart(part, into: &sink) }
      if let word = candidate["finishReason"]?.string, !word.isEmpty { finishReason = word }
      if let words = candidate["finishMessage"]?.string { finishMessage = words }
    }
    readUsage(chunk["usageMetadata"], into: &sink)
    if let error = chunk["error"], !error.isNull { return fail(ErrorBody(chunk), into: &sink) }
    if candidates.isEmpty, let word = chunk["promptFeedback"]?["blockReason"]?.string {
      refuse(word, chunk["promptFeedback"]?["blockReasonMessage"]?.string ?? "", into: &sink)
    }
  }

  private mutating func readPart(_ part: JSONValue, into sink: inout EventSink) {
    let signature = part["thoughtSignature"]?.string ?? part["thought_signature"]?.string
    if let text = part["text"]?.string {
      if part["thought"]?.bool == true {
        sink.emit(.thinkingDelta(text))
        if let signature { sink.emit(.thinkingSignature(GeminiPiece.signaturePrefix + signature)) }
        return
      }
      emit(text, into: &sink)
      if let signature {
        sink.emit(.opaque(GeminiPiece.textSignature(signature, bytes: text.utf8.count).opaque()))
      }
    } else if let call = part["functionCall"], call.object != nil {
      readCall(call, signature: signature, into: &sink)
    } else if let code = part["executableCode"], code.object != nil {
      let language = code["language"]?.string?.lowercased() ?? ""
      show(part, code["code"]?.string ?? "", language: language == "language_unspecified" ? "" : language, into: &sink)
    } else if let result = part["codeExecutionResult"], result.object != nil {
      show(part, result["output"]?.string ?? result["outcome"]?.string ?? "", language: "", into: &sink)
    } else if let data = part["inlineData"], data.object != nil {
      let size = (data["data"]?.string?.utf8.count ?? 0) / 4 * 3
      let type = ForeignWords.bounded(data["mimeType"]?.string ?? "data", characters: 100)
      sink.emit(.opaque(GeminiPiece.part(part).opaque(label: "\(type), \((size + 1023) / 1024) KiB")))
    } else if let file = part["fileData"], file.object != nil {
      let place = ForeignWords.bounded(file["fileUri"]?.string ?? "a file", characters: 200)
      sink.emit(.opaque(GeminiPiece.part(part).opaque(label: place)))
    }
  }

  private mutating func emit(_ text: String, into sink: inout EventSink) {
    if !text.isEmpty { hasText = true }
    sink.emit(.textDelta(text))
  }

  private mutating func readCall(_ call: JSONValue, signature: String?, into sink: inout EventSink) {
    var id = call["id"]?.string ?? ""
    if id.isEmpty {
      // One answer of a chat may take several requests; their calls must not share a name.
      id = "\(Self.inventedIDPrefix)\(responseID ?? context.requestID ?? ""):\(calls.count)"
    }
    if let signature { sink.emit(.opaque(GeminiPiece.callSignature(signature, call: id).opaque())) }
    calls.append(id)
    sink.emit(.toolCallBegin(id: id, name: call["name"]?.string ?? ""))
    let arguments = call["args"].flatMap { $0.object == nil ? nil : $0 } ?? .object(JSONObject())
    sink.emit(.toolCallArguments(id: id, fragment: String(decoding: arguments.bytes, as: UTF8.self)))
  }

  /// Code that the service ran itself, and what it printed: shown as code, sent back as the part it was.
  private mutating func show(_ part: JSONValue, _ code: String, language: String, into sink: inout EventSink) {
    let text = "\(hasText ? "\n\n" : "")```\(language)\n\(code)\(code.hasSuffix("\n") ? "" : "\n")```\n\n"
    emit(text, into: &sink)
    sink.emit(.opaque(GeminiPiece.shown(part, bytes: text.utf8.count).opaque()))
  }

  private mutating func readUsage(_ metadata: JSONValue?, into sink: inout EventSink) {
    guard let metadata, metadata.object != nil, let prompt = metadata["promptTokenCount"]?.int else { return }
    // Proto JSON leaves zeros out.
    let thoughts = metadata["thoughtsTokenCount"]?.int ?? 0
    let found = TokenUsage(
      input: prompt &+ (metadata["toolUsePromptTokenCount"]?.int ?? 0),
      output: (metadata["candidatesTokenCount"]?.int ?? 0) &+ thoughts,
      cacheRead: metadata["cachedContentTokenCount"]?.int, reasoning: thoughts)
    guard found != usage else { return }
    usage = found
    sink.emit(.usage(found))
  }

  // MARK: Endings

  private func reason(for word: String) -> FinishReason {
    switch word {
    // The same word for tool calls: that there are calls is what tells.
    case "STOP": calls.isEmpty ? .stop : .toolUse
    case "MAX_TOKENS": .length
    case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
      "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR":
      .contentFilter
    default: .other(ForeignWords.bounded(word, characters: 100))
    }
  }

  /// What a reason that is no ending reports.
  private func failure(for word: String) -> ErrorBody? {
    var report = ErrorBody()
    switch word {
    case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE":
      // The model's slip: the same request may well succeed.
      report.type = "server_error"
    case "MISSING_THOUGHT_SIGNATURE":
      report.type = "invalid_request"
    default: return nil
    }
    report.message = finishMessage.isEmpty ? "the answer was ended with \(word)" : "\(word): \(finishMessage)"
    return report
  }

  private func refuse(_ word: String, _ words: String, into sink: inout EventSink) {
    var report = ErrorBody()
    report.message = "the prompt was blocked: \(word)\(words.isEmpty ? "" : ", \(words)")"
    report.requestID = context.requestID ?? responseID
    sink.emit(
      .error(.provider(ErrorClass.contentFilter.error(of: context.provider, report: report, model: context.model))))
  }

  private func fail(_ report: ErrorBody, into sink: inout EventSink) {
    var report = report
    if report.message.isEmpty { report.message = report.type ?? report.code ?? "" }
    report.requestID = report.requestID ?? context.requestID ?? responseID
    var error = ErrorClass(inStream: report).error(of: context.provider, report: report, model: context.model)
    // Text was shown: asking again would show it twice.
    if sink.hasContent { error.explanation.recovery = .resume }
    sink.emit(.error(.provider(error)))
  }
}
