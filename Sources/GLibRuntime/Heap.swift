import CGLibShims

/// The C library's heap.
public enum Heap {
  /// Makes it return memory that stopped pipelines used. Call once, before the first pipeline.
  ///
  /// Without it the heap stays at its peak after a large exam: 400 MB instead of 38 MB for 200 pipelines.
  public static func tune() {
    mallopt(M_MMAP_THRESHOLD, 131_072)
    mallopt(M_TRIM_THRESHOLD, 1_048_576)
  }

  /// Returns unused memory to the system. Takes some milliseconds, in which others may wait for memory.
  public static func giveBack() { malloc_trim(0) }
}
