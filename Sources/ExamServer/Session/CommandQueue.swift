import ExamModel
import WebGateway

/// What happens in one exam, one thing after the other: decided on the state so far, kept, and only then applied and told.
///
/// All that has come while the journal was at work goes into it together. Where the journal has not kept something two
/// seconds after it came, it happens anyway: an exam goes on without its disk, and teachers are told that it does.
@GatewayActor
final class CommandQueue {
  /// What is to be kept for a command, on the state at its turn.
  typealias Decision = @GatewayActor (ExamState) throws(WireError) -> [JournalEntry]
  /// Called once the command is done or refused; with what is wrong with it, if anything.
  typealias Completion = @GatewayActor (WireError?) -> Void

  /// How long people wait at most until they are told of what has happened.
  private static let patience = Duration.seconds(2)

  /// What the events so far add up to.
  private(set) var state: ExamState
  private let recorder: EventRecorder
  private var waiting: [Command] = []
  private var isWorking = false
  /// Called with each event once it is to be kept.
  var onDecided: (JournalEvent) -> Void = { _ in }
  /// Called with each event once it counts.
  var onEvent: (JournalEvent) -> Void = { _ in }

  private struct Command {
    let since = ContinuousClock.now
    let decide: Decision
    let completion: Completion
  }

  init(_ state: ExamState, recorder: EventRecorder) {
    self.state = state
    self.recorder = recorder
  }

  func add(_ decide: @escaping Decision, then completion: @escaping Completion = { _ in }) {
    waiting.append(Command(decide: decide, completion: completion))
    guard !isWorking else { return }
    isWorking = true
    Task { await work() }
  }

  /// Returns when all that was added before is done.
  func settle() async {
    await withCheckedContinuation { continuation in
      add({ _ in [] }, then: { _ in continuation.resume() })
    }
  }

  /// Takes up a state that was made of what is kept already.
  func take(_ state: ExamState) { self.state = state }

  /// Lets go of those who were removed long ago.
  func forgetRemoved() { state.forgetRemoved(keeping: Members.rememberedDismissals) }

  private func work() async {
    while let first = waiting.first {
      let decided = decide()
      let entries = decided.flatMap(\.entries)
      if !entries.isEmpty { await recorder.keep(entries, by: first.since + Self.patience) }
      for (entries, completion) in decided {
        for case .event(let event) in entries {
          state.apply(event)
          onEvent(event)
        }
        completion(nil)
      }
    }
    isWorking = false
  }

  /// Decides all that waits, each on what those before it come to.
  private func decide() -> [(entries: [JournalEntry], completion: Completion)] {
    let commands = waiting
    waiting = []
    var ahead = state
    var decided: [(entries: [JournalEntry], completion: Completion)] = []
    for command in commands {
      do {
        let entries = try command.decide(ahead)
        decided.append((entries, command.completion))
        for case .event(let event) in entries {
          onDecided(event)
          // For one alone it would only be copied.
          if commands.count > 1 { ahead.apply(event) }
        }
      } catch {
        command.completion(error)
      }
    }
    return decided
  }
}
