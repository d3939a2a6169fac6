import Glibc
import Synchronization
import Testing
import WebGateway

/// All tests that run a server: one after the other, since some of them count this process's descriptors.
@Suite(.serialized) struct GatewayServerTests {}

/// A running server on a port of its own and what it logged.
struct TestServer: Sendable {
  let server: WebServer
  let port: UInt16
  let events: EventRecorder

  /// Runs `body` against a server on loopback, and stops it.
  static func run(
    configure: (inout GatewayConfiguration) -> Void = { _ in },
    routes: @GatewayActor @Sendable (WebServer) -> Void,
    _ body: (TestServer) async throws -> Void
  ) async throws {
    var configuration = GatewayConfiguration(host: "127.0.0.1", port: 0)
    // What tests put into Host if it does not matter.
    configuration.allowedHosts = ["a"]
    configure(&configuration)
    let events = EventRecorder()
    let server = try await WebServer(configuration: configuration) { events.add($0) }
    await routes(server)
    let address = try await server.start()
    do {
      try await body(TestServer(server: server, port: address.port, events: events))
    } catch {
      await server.stop(within: 1)
      throw error
    }
    await server.stop(within: 1)
    #expect(await server.statistics.openConnections == 0)
  }

  func client() throws -> TestClient { try TestClient(port: port) }

  var statistics: GatewayStatistics { get async { await server.statistics } }

  /// Requests that are over, as logged.
  var requests: Int { events.all.count { if case .request = $0 { true } else { false } } }
}

final class EventRecorder: Sendable {
  private let events = Mutex<[GatewayEvent]>([])
  func add(_ event: GatewayEvent) { events.withLock { $0.append(event) } }
  var all: [GatewayEvent] { events.withLock { $0 } }
}

/// A value that handlers on the gateway's thread and a test share.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>
  init(_ value: Value) { storage = Mutex(value) }
  var value: Value { storage.withLock { $0 } }
  func update(_ change: (inout sending Value) -> Void) { storage.withLock { change(&$0) } }
}

/// Waits until `condition` holds, and fails the test after `seconds`.
func eventually(
  _ what: Comment, within seconds: Double = 5, sourceLocation: SourceLocation = #_sourceLocation,
  _ condition: () async throws -> Bool
) async throws {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: .seconds(seconds))
  while clock.now < deadline {
    if try await condition() { return }
    try await Task.sleep(for: .milliseconds(5))
  }
  Issue.record(what, sourceLocation: sourceLocation)
}

/// Sockets this process has open.
func openSockets() -> Int {
  guard let folder = opendir("/proc/self/fd") else { return 0 }
  defer { closedir(folder) }
  var count = 0
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    var status = stat()
    if let descriptor = Int32(name), fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK {
      count += 1
    }
  }
  return count
}
