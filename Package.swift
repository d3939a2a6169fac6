// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled the same way. Debug builds, and so the tests, check at run time that
/// actor-isolated code called back from C runs on the actor's own thread.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-enable-actor-data-race-checks"], .when(configuration: .debug)),
]

/// OpenCV by the libraries that are used: its pkg-config file links every module it has.
let openCVLibraries = ["opencv_core", "opencv_imgproc", "opencv_dnn"]

let package = Package(
  name: "ExamMonitoring",
  products: [.executable(name: "exam-monitoring", targets: ["exam-monitoring"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: ["YAML"]),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CGStreamer", pkgConfig: "gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0",
      providers: [.apt(["libgstreamer1.0-dev", "libgstreamer-plugins-base1.0-dev"])]),
    .systemLibrary(
      name: "CSoup", pkgConfig: "libsoup-3.0", providers: [.apt(["libsoup-3.0-dev"])]),
    .target(name: "CGLibShims", dependencies: ["CGStreamer", "CSoup"]),
    .target(
      name: "CPictureScaler", dependencies: ["CGStreamer"], cSettings: [.unsafeFlags(["-O2"])]),
    .target(
      name: "CFaceDetector",
      cxxSettings: [.unsafeFlags(["-isystem/usr/include/opencv4", "-O2"])],
      linkerSettings: openCVLibraries.map { .linkedLibrary($0) }),

    .target(name: "ExamModel", swiftSettings: swiftSettings),
    .target(
      name: "GLibRuntime", dependencies: ["CGStreamer", "CSoup", "CGLibShims"],
      swiftSettings: swiftSettings),
    .target(
      name: "MediaPipeline",
      dependencies: ["ExamModel", "GLibRuntime", "CGStreamer", "CGLibShims", "CPictureScaler"],
      swiftSettings: swiftSettings),
    .target(
      name: "FaceCheck", dependencies: ["ExamModel", "CFaceDetector"],
      swiftSettings: swiftSettings),
    .target(
      name: "WebGateway", dependencies: ["GLibRuntime", "CSoup", "CGLibShims"],
      swiftSettings: swiftSettings),
    .target(
      name: "ExamStore",
      dependencies: ["ExamModel", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .target(
      name: "ExamServer",
      dependencies: [
        "ExamModel", "GLibRuntime", "MediaPipeline", "FaceCheck", "WebGateway", "ExamStore",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Configuration", package: "swift-configuration"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Simulator", dependencies: ["GLibRuntime", "CSoup", "CGLibShims"],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "exam-monitoring",
      dependencies: [
        "ExamServer", "Simulator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    .testTarget(
      name: "ExamModelTests", dependencies: ["ExamModel"], swiftSettings: swiftSettings),
    .testTarget(
      name: "GLibRuntimeTests", dependencies: ["GLibRuntime", "CGStreamer"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MediaPipelineTests",
      dependencies: ["MediaPipeline", "ExamModel", "GLibRuntime", "CGStreamer", "CPictureScaler"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FaceCheckTests", dependencies: ["FaceCheck"], exclude: ["Fixtures"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "WebGatewayTests", dependencies: ["WebGateway"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ExamStoreTests",
      dependencies: ["ExamStore", "ExamModel", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ExamServerTests", dependencies: ["ExamServer"], swiftSettings: swiftSettings),
    .testTarget(
      name: "SimulatorTests", dependencies: ["Simulator"], swiftSettings: swiftSettings),
    .testTarget(name: "ArchitectureTests", swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)
