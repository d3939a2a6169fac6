import CGStreamer

/// GStreamer's memory for frames and pictures, with a maximum block size. Elements use the default allocator unless
/// they bring their own, and a decoder that gets no memory fails with its own pipeline only; GLib, used otherwise, ends
/// the process when there is none.
enum BoundedAllocator {
  /// The maximum block, in bytes: 16 for each pixel of 1920x1080, twice what any picture format takes.
  static let maximumBytes = 1920 * 1080 * 16

  /// Makes it the default for all elements. Call once.
  static func install() {
    let type = g_type_register_static_simple(
      gst_allocator_get_type(), "ExamBoundedAllocator", guint(MemoryLayout<GstAllocatorClass>.size),
      initializeClass, guint(MemoryLayout<GstAllocator>.size), nil, GTypeFlags(rawValue: 0))
    guard let object = g_object_new_with_properties(type, 0, nil, nil) else { return }
    gst_allocator_set_default(
      UnsafeMutableRawPointer(gst_object_ref_sink(object)!).assumingMemoryBound(to: GstAllocator.self))
  }
}

private func initializeClass(_ classPointer: gpointer?, _ data: gpointer?) {
  classPointer!.assumingMemoryBound(to: GstAllocatorClass.self).pointee.alloc = allocate
}

/// The memory belongs to the system's allocator, which frees it.
private func allocate(
  _ allocator: UnsafeMutablePointer<GstAllocator>?, _ size: gsize,
  _ parameters: UnsafeMutablePointer<GstAllocationParams>?
) -> UnsafeMutablePointer<GstMemory>? {
  guard size <= BoundedAllocator.maximumBytes, let system = gst_allocator_find(GST_ALLOCATOR_SYSMEM) else {
    return nil
  }
  defer { gst_object_unref(system) }
  return gst_allocator_alloc(system, size, parameters)
}
