import CGStreamer

/// One counted reference to a `GObject` (or `GstObject`), released with the last copy of this value.
///
/// Counting is atomic in GObject, so the reference itself may cross threads; which thread may call what on the object
/// is up to the owner.
public final class GObjectReference: @unchecked Sendable {
  /// The object. Valid while this reference lives.
  public let pointer: UnsafeMutableRawPointer

  /// Takes over a reference owned by the caller (from a C function that returns "transfer full").
  public init(adopting pointer: UnsafeMutableRawPointer) {
    self.pointer = pointer
  }

  /// Adds a reference to an object that somebody else owns ("transfer none").
  public init(retaining pointer: UnsafeMutableRawPointer) {
    self.pointer = g_object_ref(pointer)
  }

  /// Takes over the floating reference of a new `GInitiallyUnowned`.
  public init(sinking pointer: UnsafeMutableRawPointer) {
    self.pointer = g_object_ref_sink(pointer)
  }

  deinit { g_object_unref(pointer) }

  /// The object under the pointer type of a C function's parameter.
  public func cast<Object>(to type: Object.Type = Object.self) -> UnsafeMutablePointer<Object> {
    pointer.assumingMemoryBound(to: type)
  }

  /// The object for a C function whose parameter's struct is opaque.
  public var opaque: OpaquePointer { OpaquePointer(pointer) }
}
