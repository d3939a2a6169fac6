import FaceCheck
import Foundation
import Testing

@testable import ExamServer

/// Whose inference runs the models, on processors with and without AVX2. What is reported about files is in test_models.py.
@Suite struct ModelCheckTests {
  private static let models = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Models").path

  private func choose(_ backend: String, hasOwnInference: Bool) throws -> [String] {
    let configuration = try SettingTableTests.load(["face_backend": backend])
    var models = try FaceModels(folder: Self.models)
    var told: [String] = []
    try ModelCheck.require(&models, configuration, hasOwnInference: hasOwnInference) { model, reason in
      told.append("\(model.inference): \(reason)")
    }
    #expect(told.count == 2 && told.first == told.last)
    #expect(told.first?.hasPrefix("\(models.centerFace.inference): ") == true)
    #expect(models.blazeFace.inference == models.centerFace.inference)
    return told
  }

  @Test func ownWhereTheProcessorCan() throws {
    for backend in ["auto", "own", "OWN"] {
      #expect(try choose(backend, hasOwnInference: true)[0].hasPrefix("own: the processor has AVX2"))
    }
  }

  @Test func openCVWithoutAVX2OrWhereItIsSet() throws {
    #expect(try choose("auto", hasOwnInference: false)[0] == "opencv: this processor has no AVX2")
    for hasOwnInference in [true, false] {
      #expect(
        try choose("opencv", hasOwnInference: hasOwnInference)[0] == "opencv: face_backend says so")
    }
  }

  @Test func ownIsAnErrorWithoutAVX2() throws {
    let error = #expect(throws: ModelCheck.BadModel.self) {
      try choose("own", hasOwnInference: false)
    }
    for words in ["face_backend", "no AVX2", "set it to auto or opencv"] {
      #expect(error?.description.contains(words) == true)
    }
  }

  @Test func anotherBackendIsNone() throws {
    let error = #expect(throws: ServerConfiguration.InvalidSettings.self) {
      try choose("tpu", hasOwnInference: true)
    }
    #expect(
      error?.description == "setting face_backend: is auto or own or opencv, not tpu (the command line)")
  }
}
