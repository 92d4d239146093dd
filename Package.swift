// swift-tools-version: 6.1
import PackageDescription

// The order of the targets is the order of the layers: a target imports only what stands above it.

/// Every target is built with the same strict rules.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// Numeric code is optimised in debug builds too: its tests would take minutes otherwise.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let optimisedC: [CSetting] = [
  .unsafeFlags(["-O3", "-fno-math-errno", "-mprefer-vector-width=512", "-Wno-psabi"])
]

let package = Package(
  name: "imgdx",
  products: [.executable(name: "imgdx", targets: ["imgdx"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Layer 0: C libraries behind module maps and shims.
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .target(name: "CTIFF", linkerSettings: [.linkedLibrary("tiff")]),
    .systemLibrary(name: "COpenJPEG", pkgConfig: "libopenjp2"),
    .target(name: "COpenBLAS"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
    .target(
      name: "CDCMTK",
      cxxSettings: [.unsafeFlags(["-O2"])],
      linkerSettings: [
        "dcmjpls", "dcmtkcharls", "dcmjpeg", "ijg8", "ijg12", "ijg16", "dcmimage", "dcmimgle",
        "dcmdata", "oflog", "ofstd", "z", "stdc++",
      ].map { .linkedLibrary($0) }),
    .target(name: "CKernels", cSettings: optimisedC),
    .target(name: "CSandbox"),

    // Layer 1: values.
    .target(name: "Files", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "Imaging", swiftSettings: numeric),
    .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels"], swiftSettings: numeric),

    // Layer 2: one craft each.
    .target(name: "Enhancement", dependencies: ["Imaging", "CKernels"], swiftSettings: numeric),
    .target(name: "Networks", dependencies: ["Tensors", "CKernels"], swiftSettings: numeric),
    .target(name: "Simulation", dependencies: ["Imaging"], swiftSettings: numeric),
    .target(
      name: "Codecs", dependencies: ["Imaging", "CPNG", "CJPEG", "CTIFF", "COpenJPEG"],
      swiftSettings: numeric),

    // Layer 3: the two file formats that carry meaning.
    .target(
      name: "DICOM", dependencies: ["Imaging", "Codecs", "Files", "CDCMTK"],
      swiftSettings: numeric),
    .target(
      name: "ModelFiles", dependencies: ["Networks", "Tensors", "Files"], swiftSettings: strict),

    // Layer 4: the one door in, and the one question asked.
    .target(
      name: "Intake", dependencies: ["Imaging", "Codecs", "DICOM", "Files"], swiftSettings: strict),
    .target(
      name: "Screening",
      dependencies: ["Imaging", "Enhancement", "Networks", "Tensors", "ModelFiles", "Files"],
      swiftSettings: numeric),

    // Layer 5 to 7: training, rendering, many files, how they are to be worked on.
    .target(
      name: "Training",
      dependencies: [
        "Imaging", "Intake", "Enhancement", "Networks", "Tensors", "ModelFiles", "Screening",
        "Files",
      ], swiftSettings: numeric),
    .target(
      name: "BatchLedger",
      dependencies: [.product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict),
    .target(
      name: "Reports",
      dependencies: [
        "Imaging", "Enhancement", "Screening", "Training", "DICOM", "Codecs", "Files",
      ],
      swiftSettings: numeric),
    .target(
      name: "Batching",
      dependencies: [
        "CSandbox", "Imaging", "Codecs", "Intake", "Screening", "Tensors", "BatchLedger",
        "Reports", "Files",
      ], swiftSettings: strict),

    .target(
      name: "Pipelines",
      dependencies: [
        "Batching", "Enhancement", "Intake", "Screening", "Files",
        .product(name: "Yams", package: "Yams"),
      ], swiftSettings: strict),

    // Layer 8: arguments to values, errors to exit codes.
    .executableTarget(
      name: "imgdx",
      dependencies: [
        "Intake", "Enhancement", "Screening", "Training", "Reports", "Batching", "ModelFiles",
        "Codecs", "DICOM", "Files", "Imaging", "Simulation", "Networks", "Tensors", "Pipelines",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: strict),

    // Tests: one target a module, and one that runs the program as a user does.
    .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
    .testTarget(name: "ImagingTests", dependencies: ["Imaging"], swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors"], swiftSettings: numeric),
    .testTarget(
      name: "EnhancementTests", dependencies: ["Enhancement", "Imaging"], swiftSettings: numeric),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "Tensors", "CSandbox"],
      exclude: ["Fixtures"], swiftSettings: numeric),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "Imaging"], swiftSettings: numeric),
    .testTarget(
      name: "CodecsTests", dependencies: ["Codecs", "Files", "Imaging"], exclude: ["Fixtures"],
      swiftSettings: strict),
    .testTarget(
      name: "DICOMTests", dependencies: ["DICOM", "Codecs", "Files", "Imaging"],
      swiftSettings: strict),
    .testTarget(
      name: "ModelFilesTests", dependencies: ["ModelFiles", "Networks"], swiftSettings: strict),
    .testTarget(
      name: "IntakeTests", dependencies: ["Intake", "Imaging", "Codecs", "DICOM", "Files"],
      swiftSettings: strict),
    .testTarget(
      name: "ScreeningTests",
      dependencies: ["Screening", "Imaging", "ModelFiles", "Networks", "Tensors", "Files"],
      swiftSettings: strict),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Training", "Networks", "ModelFiles", "Codecs", "Imaging"],
      exclude: ["Fixtures"], swiftSettings: strict),
    .testTarget(
      name: "BatchLedgerTests", dependencies: ["BatchLedger"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: ["Reports", "Screening", "Training", "Imaging", "Codecs", "Files"],
      swiftSettings: strict),
    .testTarget(
      name: "BatchingTests",
      dependencies: ["Batching", "BatchLedger", "Intake", "Reports", "Files"],
      swiftSettings: strict),
    .testTarget(
      name: "PipelinesTests",
      dependencies: ["Pipelines", "Batching", "Intake", "Screening", "Files"],
      swiftSettings: strict),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "imgdx", "Batching", "BatchLedger", "Intake", "DICOM", "Files", "Imaging", "Codecs",
        "ModelFiles", "Networks",
      ],
      swiftSettings: strict),
  ],
  cxxLanguageStandard: .cxx17
)

// Fuzzing needs libFuzzer and sanitizers, which Scripts/fuzz brings: no other build sees this.
if Context.environment["IMGDX_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CFuzzer"),
    .executableTarget(
      name: "Fuzzing",
      dependencies: ["Codecs", "DICOM", "Files", "Imaging", "ModelFiles", "CFuzzer"],
      swiftSettings: numeric),
  ]
}
