/// One thing that libFuzzer feeds.
///
/// Each parses bytes of a stranger, or of an operator, and traps where something holds no more: a crash is found by the
/// sanitizer, a wrong answer by `require`.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable (UnsafeRawBufferPointer) -> Void

  static let all: [FuzzTarget] = [
    .frameHeader, .jpeg, .vp8, .vp9, .h264, .av1, .packedTracks, .sampleTables, .webSocket, .requestTarget,
    .studentMessage,
    .teacherMessage,
    .personName,
    .mediaType, .pipelineFile, .configuration, .modelPlan,
  ]
}

/// Ends the run where `condition` does not hold; libFuzzer keeps the input.
func require(_ condition: Bool, _ text: @autoclosure () -> String) {
  if !condition { fatalError(text()) }
}
