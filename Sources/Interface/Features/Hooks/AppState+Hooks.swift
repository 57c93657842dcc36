// When programs of the user's are told of answers, and when somebody who looks elsewhere is: decided here, done by others.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  // MARK: Endings

  /// The hook for an answer that has ended.
  func hookAfter(_ run: RunSnapshot, _ update: SessionUpdate) -> [Effect] {
    guard !options.hooks.isEmpty, let ending = ending(of: run, in: update) else { return [] }
    switch ending.status {
    case .complete(let reason): return hook(.finish, run, ending) { $0.reason = reason ?? .stop }
    case .incomplete(let why), .failed(let why): return hook(.error, run, ending) { $0.error = why }
    // Whoever stopped it knows; what is interrupted is an answer of a program that died.
    case .stopped, .interrupted, .streaming: return []
    }
  }

  private struct Ending {
    var status: MessageStatus
    var usage: TokenUsage?
    var metrics: StreamMetrics
    var text: String
  }

  /// How an answer ended. What is shown may be behind it, at a pace other than instant.
  private func ending(of run: RunSnapshot, in update: SessionUpdate) -> Ending? {
    let message = lane(of: run)?.message ?? arrivedMessage(of: run)
    for change in (update.changes[run.conversation] ?? []).reversed() {
      guard case .ended(run.message, let status, let usage, let metrics) = change else { continue }
      return Ending(status: status, usage: usage, metrics: metrics, text: Self.beginning(of: message))
    }
    guard let message, !message.status.isStreaming else { return nil }
    return Ending(
      status: message.status, usage: message.usage, metrics: message.metrics ?? run.metrics,
      text: Self.beginning(of: message))
  }

  /// The message of a run as far as it has arrived.
  private func arrivedMessage(of run: RunSnapshot) -> TranscriptMessage? {
    var transcript = transcripts[run.conversation]
    if run.conversation == shown, !pacing.isEmpty {
      var rest = pacing
      for change in rest.flush() { transcript?.apply(change) }
    }
    return transcript?.message(run.message)
  }

  /// The answer of a race that a run is: beside the path, the transcript does not know it.
  private func lane(of run: RunSnapshot) -> RaceLane? {
    ((races[run.conversation]?.lanes ?? []) + formerLanes).first { $0.run == run.id }
  }

  private func hook(
    _ kind: HookEvent.Kind, _ run: RunSnapshot, _ ending: Ending, _ change: (inout HookEvent) -> Void
  ) -> [Effect] {
    guard options.hooks.contains(kind) else { return [] }
    let transcript = transcripts[run.conversation]
    var event = HookEvent(
      kind, conversation: run.conversation,
      title: transcript?.title ?? list.summaries[run.conversation]?.title ?? "", message: run.message,
      model: run.model, profile: (lane(of: run)?.profile ?? transcript?.profile)?.name ?? "", text: ending.text,
      metrics: ending.metrics,
      usage: ending.usage)
    change(&event)
    return [.hook(event)]
  }

  /// The first characters of an answer's own text.
  /// - Complexity: that of the characters, not of the answer.
  private static func beginning(of message: TranscriptMessage?) -> String {
    var scalars = String.UnicodeScalarView()
    for part in message?.parts ?? [] where part.kind == .text {
      let room = HookEvent.maximumCharacters - scalars.count
      guard room > 0 else { break }
      scalars.append(
        contentsOf: String(decoding: part.bytes.prefix(room * 4), as: UTF8.self).unicodeScalars.prefix(room))
    }
    return String(scalars)
  }

  // MARK: Stalls

  /// When the next answer has paused for so long that it stalls; `nil` for never.
  var stallDue: Instant? {
    guard options.hooks.contains(.stall) else { return nil }
    return runs.values.compactMap(stallTime).min()
  }

  /// The hooks for answers that stall by now.
  mutating func tickStalls() -> [Effect] {
    guard options.hooks.contains(.stall) else { return [] }
    toldStalls = toldStalls.filter { runs[$0.key]?.isLive == true }
    var effects: [Effect] = []
    for run in runs.values.sorted(by: { $0.id < $1.id }) {
      guard let due = stallTime(of: run), due <= now, let chunk = run.lastChunk else { continue }
      toldStalls[run.id] = chunk
      var metrics = run.metrics
      metrics.sinceLastChunk = now - chunk
      let message = lane(of: run)?.message ?? transcripts[run.conversation]?.message(run.message)
      effects += hook(
        .stall, run,
        Ending(status: .streaming, usage: metrics.usage, metrics: metrics, text: Self.beginning(of: message))
      ) { _ in }
    }
    return effects
  }

  /// When a live answer stalls if nothing comes: once for each pause. The wait for the first chunk is none.
  private func stallTime(of run: RunSnapshot) -> Instant? {
    guard let chunk = run.lastChunk, toldStalls[run.id] != chunk else { return nil }
    switch run.phase {
    case .thinking, .writing, .callingTool: break
    case .connecting, .waiting, .stopping, .retrying, .ended: return nil
    }
    let usual = run.metrics.gaps.map { $0.p50 * 8 } ?? .zero
    // Longer than the limit, not as long as it.
    return chunk + max(.seconds(1), usual) + .milliseconds(1)
  }

  // MARK: Somebody who looks elsewhere

  /// Rings, or has the terminal show a notification, for an answer that ended where nobody looks.
  func alert(to run: RunSnapshot, _ status: MessageStatus?) -> [Effect] {
    guard options.rings || options.notifies, status != .stopped else { return [] }
    guard options.notifies else { return [.bell] }
    let what =
      switch status {
      case .incomplete?: "broke off"
      case .failed?: "failed"
      default: "has ended"
      }
    let title = transcripts[run.conversation]?.title ?? list.summaries[run.conversation]?.title ?? ""
    return [
      .notify(
        TerminalNotification(
          title: "riffle: an answer \(what)", body: title.isEmpty ? run.conversation.rawValue : title),
        rings: options.rings)
    ]
  }
}
