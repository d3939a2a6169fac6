import Dispatch
import Glibc

/// The process's signals as they arrive; their default action is switched off.
public struct ProcessSignals: Sendable {
  public let stream: AsyncStream<Int32>

  /// Returns once none can be missed.
  public init(_ numbers: [Int32]) async {
    let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
    var sources: [any DispatchSourceSignal] = []
    for number in numbers {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number)
      source.setEventHandler { continuation.yield(number) }
      await withCheckedContinuation { registered in
        source.setRegistrationHandler { registered.resume() }
        source.resume()
      }
      sources.append(source)
    }
    self.stream = stream
    // Kept until the stream ends. They may be cancelled from any thread, and nothing else is done with them.
    nonisolated(unsafe) let kept = sources
    continuation.onTermination = { _ in kept.forEach { $0.cancel() } }
  }
}
