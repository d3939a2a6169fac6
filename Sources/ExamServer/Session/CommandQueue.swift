import ExamModel
import WebGateway

/// Processes an exam's commands one after the other: decided on the state so far, kept, and only then applied and reported.
///
/// Everything that arrives while the journal is busy goes into it together. If the journal has not kept something two
/// seconds after it arrived, it is applied anyway: an exam continues without its disk, and teachers are told so.
@GatewayActor
final class CommandQueue {
  /// The events for a command, given the state at its turn.
  typealias Decision = @GatewayActor (ExamState) throws(WireError) -> [JournalEntry]
  /// Called once the command is done or refused; with the error, if any.
  typealias Completion = @GatewayActor (WireError?) -> Void

  /// How long people wait at most until they are told what happened.
  private static let patience = Duration.seconds(2)

  /// What the events so far add up to.
  private(set) var state: ExamState
  private let recorder: EventRecorder
  private var waiting: [Command] = []
  private var isWorking = false
  /// Called with each event that is to be kept.
  var onDecided: (JournalEvent) -> Void = { _ in }
  /// Called with each event once it takes effect.
  var onEvent: (JournalEvent) -> Void = { _ in }

  private struct Command {
    let since = Instant.now
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

  /// Returns when everything added before is done.
  func settle() async {
    await withCheckedContinuation { continuation in
      add({ _ in [] }, then: { _ in continuation.resume() })
    }
  }

  /// Continues from a state derived from what is already kept.
  func take(_ state: ExamState) { self.state = state }

  /// Forgets those who were removed long ago.
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

  /// Decides everything that waits, each on the result of those before it.
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
          // A single one would only be copied.
          if commands.count > 1 { ahead.apply(event) }
        }
      } catch {
        command.completion(error)
      }
    }
    return decided
  }
}
