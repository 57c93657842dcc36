// A chat request in the words of JAF's servers (wire notes: jaf, sections 1, 3 and 4).

import Conversations
import Diagnostics
import Framing
import Streaming
import Transport

/// Writes requests for one server.
struct JAFEncoding {
  let endpoint: Endpoint

  // MARK: Addresses

  /// `POST /chat`, or where `path` says.
  func chat(_ request: ChatRequest, isStreaming: Bool) throws(ProviderError) -> DialectRequest {
    let body = try body(of: request, isStreaming: isStreaming)
    return try addressed { () throws(TransportError) in
      var headers = HTTPHeaders()
      try headers.add("Content-Type", "application/json")
      try headers.add("Accept", isStreaming ? "text/event-stream, application/json" : "application/json")
      return DialectRequest(.post, try url(or: "/chat"), headers: headers, body: body)
    }
  }

  /// `GET /stream-http?query=…`, the profile's `extra` fields behind it. A `path` of the user's own may hold `{prompt}`.
  func text(_ request: ChatRequest) throws(ProviderError) -> DialectRequest {
    let prompt = try AgentPrompt(request).text(for: endpoint.name)
    let extra = try request.extraFields()?.object?.members ?? []
    return try addressed { () throws(TransportError) in
      var headers = HTTPHeaders()
      try headers.add("Accept", "text/event-stream, text/plain, application/json")
      var items = endpoint.query
      items += extra.map { Endpoint.QueryItem(name: $0.key, value: $0.value.plainText) }
      if let place = path.firstRange(of: "{prompt}") {
        let filled = path[..<place.lowerBound] + EndpointURL.percentEncoded(prompt) + path[place.upperBound...]
        // What stands behind a `?` in an address is kept, so that the prompt may stand there.
        return DialectRequest(
          .get, try EndpointURL(base + Self.rooted(String(filled))).appending("", query: items), headers: headers)
      }
      items.insert(Endpoint.QueryItem(name: "query", value: prompt), at: 0)
      let standard = "/stream-http"
      let url = try EndpointURL(base, without: [standard])
        .appending(path.isEmpty ? standard : Self.rooted(path), query: items)
      return DialectRequest(.get, url, headers: headers)
    }
  }

  /// A WebSocket at `/stream`.
  func webSocket(_ request: ChatRequest) throws(ProviderError) -> DialectRequest {
    let message = try message(of: request)
    return try addressed { () throws(TransportError) in
      var request = DialectRequest(.get, try url(or: "/stream"))
      request.exchange = .webSocket(firstMessages: [message])
      return request
    }
  }

  /// `GET /agents`.
  func agentList() throws(ProviderError) -> DialectRequest {
    try addressed { () throws(TransportError) in
      var headers = HTTPHeaders()
      try headers.add("Accept", "application/json")
      let url = try EndpointURL(base, without: ["/chat"]).appending("/agents", query: endpoint.query)
      return DialectRequest(.get, url, headers: headers)
    }
  }

  private func addressed(
    _ make: () throws(TransportError) -> DialectRequest
  ) throws(ProviderError) -> DialectRequest {
    do throws(TransportError) { return try make() } catch { throw error.providerError(of: endpoint.name) }
  }

  private func url(or standard: String) throws(TransportError) -> HTTPURL {
    try EndpointURL(base, without: [standard])
      .appending(path.isEmpty ? standard : Self.rooted(path), query: endpoint.query)
  }

  private var path: String { endpoint.options["path"] ?? "" }

  /// WebSocket addresses are HTTP addresses with another name for the scheme (RFC 6455 section 3).
  private var base: String {
    let text = endpoint.baseURL
    let scheme = text.prefix(6).lowercased()
    if scheme.hasPrefix("ws://") { return "http://" + text.dropFirst(5) }
    if scheme.hasPrefix("wss://") { return "https://" + text.dropFirst(6) }
    return text
  }

  private static func rooted(_ path: String) -> String { path.hasPrefix("/") ? path : "/" + path }

  // MARK: Bodies

  /// The body for `/chat`.
  ///
  /// The server knows what was said before by the conversation's ID. With `store_on_completion = false` in the profile's
  /// `extra` it keeps nothing, and so everything is sent.
  private func body(of request: ChatRequest, isStreaming: Bool) throws(ProviderError) -> [UInt8] {
    let extra = try request.extraFields()
    let isRemembered = extra?["store_on_completion"]?.bool != false
    let lastAnswer = request.messages.lastIndex { $0.role == .assistant }
    let messages = isRemembered ? Self.unheard(request.messages, after: lastAnswer) : request.messages
    let isFirst = lastAnswer == nil || !isRemembered
    var writer = JSONWriter(capacity: 1_024)
    writer.object { writer in
      if !request.model.isEmpty { writer.field("agent_name", request.model) }
      writer.arrayField("messages") { writer in
        // An agent has instructions of its own; these come on top of them, once.
        if isFirst, !request.system.isEmpty { Self.write("system", request.system, [], into: &writer) }
        for message in messages {
          let attachments = message.parts.compactMap { part -> Attachment? in
            if case .attachment(let attachment) = part { attachment } else { nil }
          }
          if message.text.isEmpty, attachments.isEmpty { continue }
          Self.write(message.role.rawValue, message.text, attachments, into: &writer)
        }
      }
      if isRemembered { writer.field("conversation_id", request.conversation.rawValue) }
      writer.field("stream", isStreaming)
    }
    guard let extra, case .success(let tree) = JSONParser.parse(writer.bytes) else { return writer.bytes }
    return tree.merging(extra).bytes
  }

  private static func unheard(_ messages: [Message], after answer: Int?) -> [Message] {
    let tail = answer.map { Array(messages[($0 + 1)...]) } ?? messages
    if tail.contains(where: { $0.role == .user }) { return tail }
    return messages.last { $0.role == .user }.map { [$0] } ?? []
  }

  private static func write(
    _ role: String, _ text: String, _ attachments: [Attachment], into writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.field("role", role)
      writer.field("content", text)
      if attachments.isEmpty { return }
      writer.arrayField("attachments") { writer in
        for attachment in attachments {
          writer.object { writer in
            writer.field("kind", kind(of: attachment))
            writer.field("mime_type", attachment.mediaType)
            writer.field("name", attachment.name)
            writer.field("data", Base64.encode(attachment.bytes))
            if let dot = attachment.name.lastIndex(of: ".") {
              let ending = attachment.name[attachment.name.index(after: dot)...].lowercased()
              if !ending.isEmpty { writer.field("format", ending) }
            }
          }
        }
      }
    }
  }

  private static func kind(of attachment: Attachment) -> String {
    if attachment.mediaType.hasPrefix("image/") { return "image" }
    if attachment.mediaType.hasPrefix("text/") || attachment.mediaType == "application/pdf"
      || attachment.mediaType.hasPrefix("application/vnd.openxmlformats")
    {
      return "document"
    }
    return "file"
  }

  /// The message for a WebSocket: the bare prompt, as the guide's server wants it; where the profile has `extra` fields, an
  /// object of them, the prompt as `message` and the conversation's ID.
  private func message(of request: ChatRequest) throws(ProviderError) -> String {
    let prompt = try AgentPrompt(request).text(for: endpoint.name)
    guard let extra = try request.extraFields() else { return prompt }
    var writer = JSONWriter(capacity: 256)
    writer.object { writer in
      writer.field("message", prompt)
      writer.field("conversation_id", request.conversation.rawValue)
    }
    guard case .success(let tree) = JSONParser.parse(writer.bytes) else { return prompt }
    return String(decoding: tree.merging(extra).bytes, as: UTF8.self)
  }
}
