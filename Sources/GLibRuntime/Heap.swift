import CGLibShims

/// The C library's heap.
public enum Heap {
  /// Returns unused memory to the system. Takes some milliseconds, in which others may wait for memory.
  public static func giveBack() { exam_release_memory() }
}
