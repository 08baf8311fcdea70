// swift-tools-version: 6.2
import PackageDescription

// The list reads from the bottom of the system to the top: a target imports only targets above it.
let package = Package(
  name: "xrun",
  products: [.executable(name: "xrun", targets: ["xrun"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // C: fences round system libraries, and our own kernels.
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("pthread"), .linkedLibrary("m")]),
    .target(name: "CPixels", dependencies: ["CKernels"]),
    // `make` says which commit is built.
    .target(
      name: "CShims", dependencies: ["CPixels"],
      cSettings: Context.environment["XRUN_COMMIT"].map {
        [.define("XRUN_COMMIT", to: "\"\($0)\"")]
      },
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png16")]),
    .target(name: "COpenBLAS", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "COneDNN", linkerSettings: [.linkedLibrary("dl")]),

    // Foundations.
    .target(name: "Diagnostics"),
    .target(name: "Tensors", dependencies: ["CCrypto"]),
    .target(name: "Statistics", dependencies: ["Tensors"]),
    .target(name: "Declarations", dependencies: ["Diagnostics"]),
    .target(name: "Documents", dependencies: ["CYAML", "Declarations"]),

    // Pictures.
    .target(name: "Images", dependencies: ["CPixels", "CShims", "Tensors", "Diagnostics"]),
    .target(name: "Transforms", dependencies: ["CPixels", "CShims", "Images", "Declarations"]),
    .target(name: "Loading", dependencies: ["Transforms"]),
    .target(name: "Petals", dependencies: ["Images"]),

    // Networks.
    .target(name: "Graphs", dependencies: ["Tensors"]),
    .target(name: "Kernels", dependencies: ["CKernels", "COpenBLAS", "COneDNN", "Graphs"]),
    .target(name: "Models", dependencies: ["CKernels", "Graphs", "Declarations", "Diagnostics"]),
    .target(name: "Optimizers", dependencies: ["CKernels", "Tensors", "Declarations"]),

    // Experiments, from text to a run folder.
    .target(
      name: "Experiments",
      dependencies: ["Documents", "Loading", "Petals", "Models", "Optimizers"]),
    .target(name: "Manual", dependencies: ["Experiments"]),
    .target(name: "Runs", dependencies: ["Experiments", "Statistics"]),
    .target(name: "Training", dependencies: ["Runs", "Kernels"]),
    .target(name: "Reports", dependencies: ["Runs", "Statistics"]),
    .target(name: "Gates", dependencies: ["Reports"]),
    .target(name: "Pages", dependencies: ["Training", "Reports"]),
    .target(name: "Machines", dependencies: ["Training", "Reports"]),
    .target(name: "TensorBoard", dependencies: ["Training"]),
    .target(name: "Completion", dependencies: ["Experiments", "Manual"]),
    .executableTarget(
      name: "xrun",
      dependencies: [
        "CShims", "Manual", "Training", "Reports", "Gates", "Pages", "Machines", "TensorBoard",
        "Completion",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "CPeak", path: "Benchmarks/peak", linkerSettings: [.linkedLibrary("pthread")]),
    .executableTarget(
      name: "xrun-bench",
      dependencies: ["CPeak", "CKernels", "Kernels", "Models", "Optimizers", "Loading"],
      path: "Benchmarks/xrun-bench"),

    // Tests: one target per source target, then those that cross targets.
    .target(
      name: "TestSupport", dependencies: ["Images", "Tensors", "Diagnostics"],
      path: "Tests/TestSupport"),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", "TestSupport"]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "DocumentsTests", dependencies: ["Documents", "TestSupport"]),
    .testTarget(
      name: "ImagesTests", dependencies: ["CKernels", "Images", "TestSupport"], exclude: ["Goldens"]
    ),
    .testTarget(
      name: "TransformsTests", dependencies: ["Transforms", "Documents", "TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(name: "LoadingTests", dependencies: ["Loading", "TestSupport"]),
    .testTarget(name: "PetalsTests", dependencies: ["Petals", "TestSupport"]),
    .testTarget(name: "GraphsTests", dependencies: ["Graphs", "TestSupport"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"]),
    .testTarget(
      name: "ModelsTests", dependencies: ["CKernels", "Models", "Kernels", "TestSupport"],
      exclude: ["Goldens"]),
    .testTarget(
      name: "OptimizersTests", dependencies: ["Optimizers", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(
      name: "ExperimentsTests", dependencies: ["Experiments", "TestSupport"],
      exclude: ["Lints", "Mistakes"]),
    .testTarget(name: "ManualTests", dependencies: ["Manual", "TestSupport"]),
    .testTarget(name: "CompletionTests", dependencies: ["Completion", "TestSupport"]),
    .testTarget(name: "RunsTests", dependencies: ["Runs", "TestSupport"]),
    .testTarget(name: "MachinesTests", dependencies: ["Machines", "TestSupport"]),
    .testTarget(name: "TensorBoardTests", dependencies: ["TensorBoard", "TestSupport"]),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "Statistics", "TestSupport"]),
    .testTarget(name: "GatesTests", dependencies: ["Gates", "Statistics", "TestSupport"]),
    .testTarget(name: "PagesTests", dependencies: ["Pages", "TestSupport"]),
    .testTarget(name: "TrainingTests", dependencies: ["CShims", "Training", "TestSupport"]),
    .testTarget(
      name: "GoldenTests", dependencies: ["Training", "TestSupport"],
      exclude: ["Goldens", "Trajectories"]),
    .testTarget(name: "EndToEndTests", dependencies: ["Training", "Reports", "TestSupport"]),
  ]
)

// `make lint` sets this: a warning in our own targets is an error then.
if Context.environment["XRUN_STRICT"] != nil {
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    target.cSettings = (target.cSettings ?? []) + [.treatAllWarnings(as: .error)]
  }
}
