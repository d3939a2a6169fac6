import Testing

@testable import FaceCheck

@Suite struct FaceModelsTests {
  /// What the pool reports about models some of which are changed.
  private func error(_ changes: [String: [UInt8]?], _ inference: FaceModels.Inference) throws
    -> FaceCheckError?
  {
    var found: FaceCheckError?
    try TemporaryModels.with(changes) { folder in
      found = #expect(throws: FaceCheckError.self) {
        try FaceCheckPool(
          models: Fixtures.models(in: folder, inference), configuration: FaceCheckConfiguration())
      }
    }
    return found
  }

  @Test func missingModelIsNamed() throws {
    try TemporaryModels.with(["centerface.onnx": nil]) { folder in
      let error = #expect(throws: FaceCheckError.self) { try FaceModels(folder: folder) }
      #expect(error?.description == "cannot read \(folder)/centerface.onnx: `make models` fetches the models")
    }
  }

  @Test(arguments: TemporaryModels.names) func damagedModelIsNamed(name: String) throws {
    let inference: FaceModels.Inference = name.hasSuffix(".plan") ? .own : .opencv
    guard inference == .opencv || FaceModels.hasOwnInference else { return }
    let bytes = try TemporaryModels.bytes(name)
    let other = try TemporaryModels.bytes(
      name.hasPrefix("centerface")
        ? name.replacing("centerface", with: "blazeface_short_range")
        : name.replacing("blazeface_short_range", with: "centerface"))
    for broken in [[], Array("no model at all".utf8), Array(bytes.prefix(bytes.count / 2)), other] {
      let error = try error([name: broken], inference)
      #expect(error?.description.contains("/\(name) ") == true, "\(error?.description ?? "no error")")
      #expect(error?.description.contains("make models") == true)
    }
  }

  @Test func planIsProvedBeforeItIsRun() throws {
    guard FaceModels.hasOwnInference else { return }
    let name = "blazeface_short_range.plan"
    let plan = try TemporaryModels.bytes(name)
    func changed(_ index: Int) -> [UInt8] {
      var bytes = plan
      bytes[index] ^= 1
      return bytes
    }
    let broken: [([UInt8]?, String)] = [
      (nil, "cannot be read"), (changed(0), "no plan"), (changed(8), "another version"),
      (changed(12), "checksum"), (changed(16), "checksum"), (changed(80), "checksum"),
      (changed(plan.count / 2), "checksum"), (plan + [0], "checksum"), (Array(plan.dropLast()), "checksum"),
    ]
    for (bytes, text) in broken {
      let error = try error([name: bytes], .own)
      #expect(error?.description.contains(text) == true, "\(error?.description ?? "no error")")
    }
  }
}
