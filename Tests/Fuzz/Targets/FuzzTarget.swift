/// Something that libFuzzer tests.
///
/// Each parses bytes from a stranger, or from an operator, and traps when an invariant is violated: the sanitizer finds
/// crashes, `require` wrong answers.
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

/// Ends the run if `condition` does not hold; libFuzzer keeps the input.
func require(_ condition: Bool, _ text: @autoclosure () -> String) {
  if !condition { fatalError(text()) }
}
