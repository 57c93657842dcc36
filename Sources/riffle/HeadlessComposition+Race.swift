// What `riffle race` needs: who takes part, and a store.

import Configuration
import Conversations
import Diagnostics
import Display
import Headless
import Persistence

extension HeadlessComposition {
  func race(_ question: Question, with names: [String]) -> Int32 {
    let configuration = loader.load()
    if let status = refusal(of: configuration) { return status }
    tell(configuration.diagnostics.filter { $0.severity == .error })
    guard let profile = profile(in: configuration.settings) else { return ExitCode.usage }
    var racers: [Profile] = []
    for name in names {
      guard let racer = racer(named: name, like: profile, in: configuration.settings) else { return ExitCode.usage }
      racers.append(racer)
    }
    let prompt: Prompt
    switch self.prompt(of: question) {
    case .success(let read): prompt = read
    case .failure(let why):
      output.complain(why.sentence)
      return ExitCode.failed
    }
    guard !prompt.attachments.isEmpty || prompt.text.contains(where: { !$0.isWhitespace }) else {
      output.complain("there is nothing to ask; give a prompt, a file with -f, or pipe text in")
      return ExitCode.usage
    }
    let request = RaceRequest(prompt: prompt, racers: racers, isJSON: question.isJSON)
    let archive: any ConversationArchive =
      question.isUnsaved ? UnsavedArchive() : SQLiteArchive(folder: loader.places.dataFolder)
    return run(configuration, archive: archive) { store, _ in
      await RaceCommand(request, store: store, output: output).run()
    }
  }

  /// A profile of that name, or the profile in use with the model that `provider/model` names.
  private func racer(named name: String, like profile: Profile, in settings: Settings) -> Profile? {
    if let named = settings.profile(named: name) { return named }
    if let slash = name.firstIndex(of: "/"), name.index(after: slash) != name.endIndex,
      settings.provider(named: String(name[..<slash])) != nil
    {
      var racer = profile
      racer.name = ""
      racer.model = ModelReference(
        provider: String(name[..<slash]), model: String(name[name.index(after: slash)...]))
      // What is merged into requests as it is, is of one service alone.
      if racer.model.provider != profile.model.provider { racer.extraJSON = "" }
      return racer
    }
    let known = (settings.profiles.map(\.name) + [Settings.guideProfile.name]).joined(separator: ", ")
    output.complain("there is no profile \(Sanitizer.singleLine(name)); known: \(known); or provider/model")
    return nil
  }
}
