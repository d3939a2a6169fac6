import CGStreamer

/// Immutable bytes in a `GBytes`: allocated once, shared with every reader and with C code without copying.
public struct SharedBytes: Sendable {
  private final class Storage: @unchecked Sendable {  // GBytes is immutable and its count atomic.
    let pointer: OpaquePointer
    init(adopting pointer: OpaquePointer) { self.pointer = pointer }
    deinit { g_bytes_unref(pointer) }
  }

  private let storage: Storage

  /// Copies `bytes`.
  public init(copying bytes: UnsafeRawBufferPointer) {
    storage = Storage(adopting: g_bytes_new(bytes.baseAddress, gsize(bytes.count)))
  }

  /// Copies `bytes`.
  public init(_ bytes: [UInt8]) {
    self = bytes.withUnsafeBytes { SharedBytes(copying: $0) }
  }

  /// Allocates `count` bytes and lets `fill` write them.
  public init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let memory = g_malloc(gsize(count))
    fill(UnsafeMutableRawBufferPointer(start: memory, count: count))
    storage = Storage(adopting: g_bytes_new_take(memory, gsize(count)))
  }

  /// Takes over a `GBytes *` owned by the caller.
  public init(adopting pointer: OpaquePointer) {
    storage = Storage(adopting: pointer)
  }

  /// The `GBytes *`, valid while a copy of this value lives.
  public var pointer: OpaquePointer { storage.pointer }

  public var count: Int { Int(g_bytes_get_size(storage.pointer)) }

  /// Lends the bytes for the duration of the call.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    var size: gsize = 0
    let start = g_bytes_get_data(storage.pointer, &size)
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(start: start, count: Int(size)))
  }
}
