// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is compiled the same way. Debug builds, and so the tests, check at run time that
/// actor-isolated code called back from C runs on the actor's own thread.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .unsafeFlags(["-enable-actor-data-race-checks"], .when(configuration: .debug)),
]

/// C and C++ are compiled so that a fault in them is an end at once and nothing worse: calls that write are checked where
/// the compiler knows the size, and a stack that was written over is noticed. The checks need an optimised build. Only the
/// system's own headers define the level otherwise.
let hardening = ["-O2", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"]

/// OpenCV by the libraries that are used: its pkg-config file links every module it has.
let openCVLibraries = ["opencv_core", "opencv_imgproc", "opencv_dnn"]

let package = Package(
  name: "ExamMonitoring",
  products: [.executable(name: "exam-monitoring", targets: ["exam-monitoring"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CGStreamer", pkgConfig: "gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0",
      providers: [.apt(["libgstreamer1.0-dev", "libgstreamer-plugins-base1.0-dev"])]),
    .systemLibrary(
      name: "CSoup", pkgConfig: "libsoup-3.0", providers: [.apt(["libsoup-3.0-dev"])]),
    .target(
      name: "CGLibShims", dependencies: ["CGStreamer", "CSoup"], cSettings: [.unsafeFlags(hardening)]),
    .target(
      name: "CTLSStream", dependencies: ["CSoup"], cSettings: [.unsafeFlags(hardening)],
      linkerSettings: [.linkedLibrary("gnutls")]),
    .target(name: "CHeadGuard", dependencies: ["CSoup"], cSettings: [.unsafeFlags(hardening)]),
    .target(
      name: "CPictureScaler", dependencies: ["CGStreamer"], cSettings: [.unsafeFlags(hardening)]),
    .target(name: "CPictureStatistics", cSettings: [.unsafeFlags(hardening)]),
    .target(
      name: "CFaceDetector", dependencies: ["CPictureScaler"],
      cxxSettings: [.unsafeFlags(hardening + ["-isystem/usr/include/opencv4"])],
      linkerSettings: openCVLibraries.map { .linkedLibrary($0) }),

    .target(name: "ExamModel", swiftSettings: swiftSettings),
    .target(
      name: "GLibRuntime", dependencies: ["CGStreamer", "CSoup", "CGLibShims"],
      swiftSettings: swiftSettings),
    .target(
      name: "MediaPipeline",
      dependencies: ["ExamModel", "GLibRuntime", "CGStreamer", "CPictureScaler"],
      swiftSettings: swiftSettings),
    .target(
      name: "FaceCheck", dependencies: ["ExamModel", "CFaceDetector", "CPictureStatistics"],
      resources: [.embedInCode("models.json")],
      swiftSettings: swiftSettings),
    .target(
      name: "WebGateway", dependencies: ["GLibRuntime", "CSoup", "CGLibShims", "CTLSStream", "CHeadGuard"],
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
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: swiftSettings),
    .target(
      name: "Simulator",
      dependencies: [
        "GLibRuntime", "CSoup", "CGLibShims",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),
    .executableTarget(
      name: "exam-monitoring",
      dependencies: [
        "ExamServer", "Simulator", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings,
      // All addresses of other libraries are found at the start, and cannot be changed from then on.
      linkerSettings: [
        .unsafeFlags(["-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now"])
      ]),

    .testTarget(
      name: "ExamModelTests", dependencies: ["ExamModel"], swiftSettings: swiftSettings),
    .testTarget(
      name: "GLibRuntimeTests", dependencies: ["GLibRuntime", "CGStreamer"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "MediaPipelineTests",
      dependencies: ["MediaPipeline", "ExamModel", "GLibRuntime", "CGStreamer", "CPictureScaler"],
      exclude: ["Fixtures"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FaceCheckTests", dependencies: ["FaceCheck"], exclude: ["Fixtures"],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "WebGatewayTests", dependencies: ["WebGateway", "CSoup"], swiftSettings: swiftSettings),
    .testTarget(
      name: "ExamStoreTests",
      dependencies: ["ExamStore", "ExamModel", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "ExamServerTests", dependencies: ["ExamServer"], swiftSettings: swiftSettings),
    .testTarget(
      name: "SimulatorTests",
      dependencies: ["Simulator", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: swiftSettings),
    .testTarget(name: "ArchitectureTests", swiftSettings: swiftSettings),
  ],
  cxxLanguageStandard: .cxx17
)

// The fuzz targets of Tests/Fuzz, which `make fuzz` builds with coverage and the address sanitizer.
if Context.environment["FUZZ"] != nil {
  package.products.append(.executable(name: "exam-fuzz", targets: ["exam-fuzz"]))
  package.targets += [
    .target(
      name: "CFuzz", dependencies: ["CFaceDetector"], path: "Tests/Fuzz/CFuzz",
      cxxSettings: [
        .unsafeFlags(["-isystem/usr/include/opencv4"]), .headerSearchPath("../../../Sources/CFaceDetector"),
      ]),
    .executableTarget(
      name: "exam-fuzz",
      dependencies: ["ExamModel", "MediaPipeline", "WebGateway", "ExamServer", "CFuzz"],
      path: "Tests/Fuzz/Targets", swiftSettings: swiftSettings),
  ]
}
