import CGStreamer

/// Carries a frame's capture time through a pipeline, as a reference timestamp meta: decoders, scalers and encoders
/// copy it from the frame they take to the frame they make, and nothing interprets it.
enum CaptureStamp {
  /// Names the clock of the stamp. Immutable, made once and never freed.
  private struct Clock: @unchecked Sendable { let caps: UnsafeMutablePointer<GstCaps> }
  private static let clock = Clock(caps: gst_caps_new_empty_simple("timestamp/x-exam-capture"))

  /// - Parameter capturedAt: any value except the one that GStreamer uses for "no time".
  static func attach(_ capturedAt: Int64, to buffer: UnsafeMutablePointer<GstBuffer>) {
    guard capturedAt != -1 else { return }
    _ = gst_buffer_add_reference_timestamp_meta(
      buffer, clock.caps, GstClockTime(UInt64(bitPattern: capturedAt)), GstClockTime.max)
  }

  /// Nil if the stamp was lost, as in a demuxer.
  static func read(_ buffer: UnsafeMutablePointer<GstBuffer>) -> Int64? {
    guard let meta = gst_buffer_get_reference_timestamp_meta(buffer, clock.caps) else { return nil }
    return Int64(bitPattern: UInt64(meta.pointee.timestamp))
  }
}
