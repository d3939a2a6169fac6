import CGLibShims

/// The memory that the C library keeps.
public enum Heap {
  /// Gives the system back what nobody uses any more. Takes some milliseconds, in which others may wait for memory.
  public static func giveBack() { exam_release_memory() }
}
