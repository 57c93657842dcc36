// One action becomes the next state and a list of effects. This file only routes: each feature decides for itself.

import Conversations
import Diagnostics
import Display
import Streaming

extension AppState {
  /// Takes in what happened. `now` and `wall` were set by the caller.
  /// - Parameter cache: measured layouts, which scrolling needs; another cache gives the same result.
  /// - Returns: what is to be done, in order.
  package mutating func update(_ action: Action, _ cache: inout LayoutCache) -> [Effect] {
    react(to: action, &cache) + wantedTimeline()
  }

  private mutating func react(to action: Action, _ cache: inout LayoutCache) -> [Effect] {
    switch action {
    case .input(let event): return handle(event, &cache)
    case .line(let line): return enter(line, &cache)
    case .session(let update): return apply(update, &cache)
    case .tick: return tick(&cache)
    case .settings(let new, let found): return reload(new, found, &cache)
    case .themes(let themes, let found):
      options.themes = themes
      diagnostics += found.filter { !diagnostics.contains($0) }
      chooseTheme()
      return []
    case .manual(let sections):
      manual = sections
      return []
    case .appearance(let new):
      appearance = new
      chooseTheme()
      return []
    case .summaries(let all):
      list.load(all)
      refreshPicker()
      return []
    case .history(let entries):
      history = entries.reversed()
      for id in composers.keys { composers[id]?.supplyHistory(history) }
      composer.supplyHistory(history)
      return []
    case .models(let provider, let models):
      takeModels(models, of: provider)
      return []
    case .ambiguous(let prefix, let candidates):
      explainAmbiguity(of: prefix, candidates)
      return []
    case .opened(let id):
      if let text = notice?.notice.text, text.hasPrefix("Opening ") { notice = nil }
      return show(id, isOpen: true)
    case .found(let result): return take(result, &cache)
    case .notLoaded(let id, let explanation): return giveUpLoading(id, explanation)
    case .copied(let words):
      show(words + (hints?.chosen == nil ? "" : " · o opens · w writes a file · q quotes"), .success)
      return []
    case .clipboardThroughTerminal(let copy): return [.clipboardThroughTerminal(copy)]
    case .edited(let text):
      endBrowsing()
      composer.replaceText(with: text)
      return composerEdited()
    case .notice(let notice):
      show(notice.text, notice.weight)
      return []
    case .refused(let id, let prompt, let explanation):
      return giveBack(prompt, to: id, explanation)
    case .offers(let found):
      offers = found
      options.profiles += found.map(\.profile)
      options.providers += found.map(\.profile.model.provider)
      return []
    case .attached(let id, let file):
      files[id, default: []].append(file)
      if id == shown { show("\(file.name) goes with the next prompt; /detach takes it away again", .success) }
      return []
    case .paths(let typed, let paths):
      return takePaths(paths, for: typed)
    case .settled: return []
    case .instrument(let news): return take(news, &cache)
    case .failed(let explanation):
      show(explanation.sentence, .error)
      // Whatever failed, a list that has not come will not: the next line is no number.
      if linear?.isWaitingForChoices(of: overlay) == true { overlay = nil }
      return []
    }
  }

  /// Everything that is due at `now`.
  private mutating func tick(_ cache: inout LayoutCache) -> [Effect] {
    if let expires = notice?.expires, expires <= now { notice = nil }
    if let due = whichKeyDue, due <= now {
      whichKeyDue = nil
      isWhichKeyShown = true
    }
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    if let due = pacing.due, due <= now {
      for change in pacing.release(pace: pace, at: now) { transcript.apply(change, at: now) }
      judgeSpeeds(in: shown)
    }
    let effects = tickInstrument(&cache) + tickStalls()
    if let due = draftDue, due <= now { return effects + flushDrafts() }
    return effects
  }

  /// Shows all that has come.
  mutating func showAllText() {
    for change in pacing.flush() { transcript.apply(change, at: now) }
    judgeSpeeds(in: shown)
  }

  /// Effects that save every draft that changed since it was last saved.
  package mutating func flushDrafts() -> [Effect] {
    draftDue = nil
    let changed = unsavedDrafts.sorted()
    unsavedDrafts = []
    return changed.map {
      .saveDraft($0, composers[$0]?.draft ?? "", transcripts[$0]?.profile ?? options.profiles[0])
    }
  }

  /// Notes that the shown draft changed; it is saved a moment later, once for many keys.
  mutating func draftChanged() -> [Effect] {
    unsavedDrafts.insert(shown)
    if draftDue == nil { draftDue = now + Self.draftDelay }
    return []
  }

  // Half of the 250 ms that a draft may be behind: the rest is for the way to the disk.
  private static let draftDelay: Duration = .milliseconds(100)

  private mutating func reload(_ new: InterfaceOptions, _ found: [Diagnostic], _ cache: inout LayoutCache) -> [Effect] {
    options = new
    diagnostics = found
    gauge.isCalm = new.reducesMotion
    chooseTheme()
    if let first = found.first { show(first.description, .warning) } else { show("Configuration reloaded", .success) }
    return []
  }

  /// Takes the theme that was chosen, or the one that the options name, or the one for the terminal's background: the first
  /// of them that there is.
  mutating func chooseTheme() {
    let automatic = appearance == .dark ? options.darkThemeName : options.lightThemeName
    let names = chosenTheme == "auto" ? [automatic] : [chosenTheme, options.themeName, automatic].compactMap(\.self)
    let named = names.lazy.compactMap { [options] name in options.themes.first { $0.name == name } }.first
    let chosen = named ?? DefaultTheme.theme(for: appearance)
    if case .picker(var picker) = overlay, picker.kind == .themes {
      // Another one is being looked at; this one comes when nothing is picked.
      picker.themeBefore = chosen
      overlay = .picker(picker)
    } else {
      theme = chosen
    }
  }

  /// A prompt that could not be sent goes back to where it was written.
  private mutating func giveBack(_ prompt: Prompt, to id: ConversationID, _ why: Explanation) -> [Effect] {
    show(why.sentence, .error)
    files[id, default: []] = prompt.attachments + (files[id] ?? [])
    guard composers[id]?.isEmpty ?? true else {
      // Somebody has gone on writing: the text goes where Up finds it, now and after a restart.
      remember(prompt.text)
      return [.shelveDraft(id, prompt.text)]
    }
    composers[id, default: ComposerState()].replaceText(with: prompt.text)
    unsavedDrafts.insert(id)
    if draftDue == nil { draftDue = now + Self.draftDelay }
    return []
  }

  private mutating func explainAmbiguity(of prefix: String, _ candidates: [ConversationID]) {
    if candidates.isEmpty {
      let near = NearestNames.nearest(to: prefix, among: list.order.map(\.rawValue))
      let hint = near.isEmpty ? "" : "; near: \(near.joined(separator: ", "))"
      show("No conversation begins with \(prefix)\(hint)", .warning)
    } else {
      overlay = .picker(PickerState(kind: .conversations, query: prefix))
      refreshPicker()
      show("\(candidates.count) conversations begin with \(prefix)")
    }
  }

  // MARK: The session store

  private mutating func apply(_ update: SessionUpdate, _ cache: inout LayoutCache) -> [Effect] {
    var effects: [Effect] = []
    list.merge(update.summaries, removed: update.removed)
    if update.removed.contains(shown), !transcript.messages.isEmpty {
      lastTrashed = shown
      show("This conversation was moved to the trash elsewhere; /undo brings it back", .warning)
    }
    for (id, changes) in update.changes {
      for change in changes {
        if case .opened(let snapshot) = change { prepareToOpen(snapshot) }
      }
      let own = changesOfPath(changes, in: id)
      let shownNow = id == shown ? pacing.take(own, pace: pace, at: now) : own
      for change in shownNow { effects += apply(change, in: id) }
      // Text alone gives nothing to judge, and comes often.
      if !changes.allSatisfy(\.isGrowth) || id == shown && !pacing.isEmpty { judgeSpeeds(in: id) }
    }
    // After the changes: a conversation that was opened and given its title in one update was opened without it.
    for (id, summary) in update.summaries where transcripts[id] != nil && !summary.title.isEmpty {
      transcripts[id]?.title = summary.title
    }
    for (id, run) in update.runs {
      let wasLive = runs[id]?.isLive ?? false
      let isNew = runs[id] == nil
      if isNew { totals.streams += 1 }
      runs[id] = run
      if !run.isLive, wasLive || isNew { effects += runEnded(run) + hookAfter(run, update) }
    }
    formerLanes = []
    unsaved = update.unsaved ?? unsaved
    for notice in update.notices { show(notice.sentence, notice.kind == .cancelled ? .info : .error) }
    if !update.summaries.isEmpty || !update.removed.isEmpty { refreshPicker() }
    // Variants, deletions and pieces of long conversations take messages away on which somebody stands.
    if let here = browse, transcript.index(of: here.message) == nil, !transcript.messages.isEmpty {
      effects += beginBrowsing(&cache)
    }
    effects += standOnAwaited(&cache)
    gauge.sample(shownRun, liveCount: liveRunCount, at: now)
    sampleRace()
    return effects
  }

  private mutating func prepareToOpen(_ snapshot: ConversationSnapshot) {
    let id = snapshot.record.summary.id
    // Known already: another program has changed it, and what is being written there is not for this composer.
    let isFirst = transcripts[id]?.messages.isEmpty ?? true
    if transcripts[id] == nil { transcripts[id] = TranscriptState(id: id, profile: snapshot.record.profile) }
    if options.showsThinking { transcripts[id]?.isUnfolded = true }
    if isFirst, composers[id]?.text.isEmpty ?? true, !snapshot.record.draft.isEmpty, !unsavedDrafts.contains(id) {
      composers[id] = ComposerState(draft: snapshot.record.draft)
      composers[id]?.supplyHistory(history)
    }
  }

  private mutating func runEnded(_ run: RunSnapshot) -> [Effect] {
    let onPath = races[run.conversation]?.onPath
    for (id, other) in runs where other.conversation == run.conversation && !other.isLive && id != run.id {
      // What the pane shows of a race has its figures in the status bar.
      if other.message == onPath { continue }
      runs[id] = nil
    }
    let race = races[run.conversation]
    let lane = race?.lanes.first { $0.run == run.id }
    let status = lane?.message.status ?? transcripts[run.conversation]?.message(run.message)?.status
    totals.add(run, status: status)
    let effects = watchedEffects(run) + renewBaselines()
    if let race, lane != nil { return effects + laneEnded(in: race) }
    if run.conversation == shown { return effects + [.markRead(shown)] + (isFocused ? [] : alert(to: run, status)) }
    // What was thrown away is not gone to.
    if run.conversation == lastTrashed { return effects }
    let title = list.summaries[run.conversation]?.title ?? ""
    let what =
      switch status {
      case .incomplete?, .failed?: "failed"
      case .stopped?: "stopped"
      default: "finished"
      }
    let way = linear == nil ? "(Alt+A goes there)" : "(/open \(run.conversation) goes there)"
    show(
      "\(run.conversation) \(what)\(title.isEmpty ? "" : ": \(title)") \(way)",
      what == "failed" ? .warning : .info)
    return effects + alert(to: run, status)
  }
}

extension TranscriptChange {
  /// Whether it only adds text.
  fileprivate var isGrowth: Bool { if case .appended = self { true } else { false } }
}

extension SessionTotals {
  /// Adds an answer that has ended.
  mutating func add(_ run: RunSnapshot, status: MessageStatus?) {
    switch status {
    case .failed?, .incomplete?: errors += 1
    case .stopped?: stopped += 1
    default: break
    }
    chunks += run.metrics.chunks
    characters += run.metrics.characters
    bytes += run.metrics.bytes
    totalSum += run.metrics.elapsed
    ended += 1
    if let rate = run.metrics.charactersPerSecond {
      rateSum += rate
      rateCount += 1
    }
    if let more = run.metrics.cost {
      cost = Cost(
        amount: (cost?.amount ?? 0) + more.amount, isEstimated: more.isEstimated || cost?.isEstimated == true)
    }
    if let first = run.metrics.timeToFirstText {
      firstTextSum += first
      firstTextCount += 1
    }
  }
}
