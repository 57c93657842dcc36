// What `compare` and `bench` need: a profile or several, prompts, and providers; no archive.

import Configuration
import Conversations
import Diagnostics
import Display
import Headless
import Sessions

/// A load as the command line has it.
struct Load: Sendable {
  var prompt: String
  var promptFile: String?
  /// Empty for the one in force.
  var profiles: [String]
  var count: Int
  var concurrency: Int
  var warmUp: Int
  var isJSON: Bool
}

extension HeadlessComposition {
  func compare(_ prompt: String, pairs: Int, isJSON: Bool) -> Int32 {
    let configuration = loader.load()
    if let status = refusal(of: configuration) { return status }
    guard let profile = profile(in: configuration.settings) else { return ExitCode.usage }
    if let status = refusalOfGuide(profile, configuration) { return status }
    let request = CompareRequest(profile: profile, prompt: Prompt(text: prompt), pairs: pairs, isJSON: isJSON)
    return run(configuration, archive: UnsavedArchive()) { _, _ in
      await CompareCommand(request, directory: providers(of: configuration), output: output).run()
    }
  }

  func bench(_ load: Load) -> Int32 {
    let configuration = loader.load()
    if let status = refusal(of: configuration) { return status }
    var profiles: [Profile] = []
    for name in load.profiles {
      guard let profile = configuration.settings.profile(named: name) else {
        let known = (configuration.settings.profiles.map(\.name) + [Settings.guideProfile.name]).joined(separator: ", ")
        output.complain("there is no profile \(Sanitizer.singleLine(name)); known: \(known)")
        return ExitCode.usage
      }
      profiles.append(profile)
    }
    if profiles.isEmpty {
      guard let profile = profile(in: configuration.settings) else { return ExitCode.usage }
      if let status = refusalOfGuide(profile, configuration) { return status }
      profiles = [profile]
    }
    let prompts: [String]
    switch self.prompts(of: load) {
    case .success(let found): prompts = found
    case .failure(let why):
      output.complain(why.sentence)
      return ExitCode.failed
    }
    let plan = LoadPlan(
      prompts: prompts, count: load.count, concurrency: load.concurrency, warmUp: load.warmUp)
    let request = BenchRequest(profiles: profiles, plan: plan, isJSON: load.isJSON)
    return run(configuration, archive: UnsavedArchive()) { _, _ in
      await BenchCommand(request, directory: providers(of: configuration), output: output).run()
    }
  }

  private func providers(of configuration: LoadedConfiguration) -> ConfiguredProviders {
    ConfiguredProviders(configuration.settings, environment: loader.environment, places: loader.places)
  }

  /// With a broken configuration the guide would be measured in the place of somebody else.
  private func refusalOfGuide(_ profile: Profile, _ configuration: LoadedConfiguration) -> Int32? {
    tell(configuration.diagnostics.filter { $0.severity == .error })
    guard configuration.diagnostics.contains(where: { $0.severity == .error }), loader.flags.profile == nil,
      profile == Settings.guideProfile, configuration.settings.profile != profile.name
    else { return nil }
    output.complain("the configuration names no profile that can be used; --profile guide asks the guide")
    return ExitCode.failed
  }

  private func prompts(of load: Load) -> Result<[String], Explanation> {
    guard let path = load.promptFile else {
      return .success([load.prompt.allSatisfy(\.isWhitespace) ? BenchCommand.usualPrompt : load.prompt])
    }
    return UserFiles(loader.environment).read(path).flatMap { file in
      let lines = String(decoding: file.bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
        .filter { $0.contains { !$0.isWhitespace } }
      return lines.isEmpty
        ? .failure(Explanation(kind: .setting, summary: "\(path) holds no prompt", detail: "each line is one"))
        : .success(lines)
    }
  }
}
