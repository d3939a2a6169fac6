import Testing

@testable import FaceCheck

@Suite struct FaceModelsTests {
  /// What the pool says about models of these bytes.
  private func error(centerFace: some Collection<UInt8>, blazeFace: some Collection<UInt8>) throws
    -> FaceCheckError?
  {
    var found: FaceCheckError?
    try TemporaryModels.with(centerFace: centerFace, blazeFace: blazeFace) { models in
      found = #expect(throws: FaceCheckError.self) {
        try FaceCheckPool(models: models, configuration: FaceCheckConfiguration())
      }
    }
    return found
  }

  @Test func missingModelIsNamed() throws {
    try TemporaryModels.withFolder { folder in
      try TemporaryModels.write([1], to: folder + "/blazeface_short_range.onnx")
      let error = #expect(throws: FaceCheckError.self) { try FaceModels(folder: folder) }
      #expect(error?.code == .modelMissing)
      #expect(error?.description == "cannot read \(folder)/centerface.onnx: `make models` fetches the models")
    }
  }

  @Test func damagedModelIsNamed() throws {
    let models = try Fixtures.models()
    let (center, blaze) = (
      try Fixtures.bytes(of: models.centerFace), try Fixtures.bytes(of: models.blazeFace)
    )
    let broken: [([UInt8], [UInt8], String)] = [
      ([], blaze, "/centerface.onnx"),
      (Array("no model at all".utf8), blaze, "/centerface.onnx"),
      (Array(center.prefix(center.count / 2)), blaze, "/centerface.onnx"),
      (center, Array(blaze.prefix(blaze.count / 2)), "/blazeface_short_range.onnx"),
    ]
    for (centerFace, blazeFace, name) in broken {
      let error = try error(centerFace: centerFace, blazeFace: blazeFace)
      #expect(error?.code == .modelUnusable)
      #expect(error?.description.contains(name) == true, "\(error?.description ?? "no error")")
    }
  }

  @Test func modelsInEachOthersPlaceAreRefused() throws {
    let models = try Fixtures.models()
    let error = try error(
      centerFace: Fixtures.bytes(of: models.blazeFace), blazeFace: Fixtures.bytes(of: models.centerFace))
    #expect(error?.code == .modelUnusable)
    #expect(error?.description.contains("/centerface.onnx") == true)
  }

  @Test func valuesOutOfBoundsAreRefused() throws {
    let models = try Fixtures.models()
    let changes: [(inout FaceCheckConfiguration) -> Void] = [
      { $0.checksPerSecond = 0 }, { $0.checksPerSecond = .nan }, { $0.workers = 0 }, { $0.workers = 65 },
      { $0.wholePictureEvery = .seconds(-1) }, { $0.wholePictureEvery = .seconds(61) },
      { $0.thresholds.newFace = 0 }, { $0.thresholds.keptFace = 0.6 },
      { $0.thresholds.possiblyTracked = 0.9 },
    ]
    for change in changes {
      var configuration = FaceCheckConfiguration()
      change(&configuration)
      let error = #expect(throws: FaceCheckError.self) {
        try FaceCheckPool(models: models, configuration: configuration)
      }
      #expect(error?.code == .invalidConfiguration)
    }
  }
}
