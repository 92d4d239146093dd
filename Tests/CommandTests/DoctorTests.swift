import Foundation
import Testing

@testable import imgdx

@Suite struct DoctorTests {
  @Test func tellsWhetherTheModelWorks() throws {
    let folder = try Workbench.folder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Workbench.writeModel(to: folder + "/model.onnx")
    let good = try Workbench.run(["doctor", "--json", "--model", folder + "/model.onnx"])
    #expect(good.status == 0, "\(good.errors)")
    let facts = try #require(
      JSONSerialization.jsonObject(with: Data(good.output.utf8)) as? [String: Any])
    for key in ["imgdx", "processor", "BLAS_core", "libpng", "libdcmdata", "limits", "model_name"] {
      #expect(facts.keys.contains(key), "\(key)")
    }
    let bad = try Workbench.run(["doctor", "--model", folder + "/none.onnx"])
    #expect(bad.status == 1 && bad.errors.contains("none.onnx"))
  }

  @Test func installedModelsStandBesideTheProgram() {
    #expect(
      ModelLocation.shippedFolders(executable: "/usr/local/bin/imgdx")
        == ["/usr/local/share/imgdx/Models"])
  }

  @Test func checkoutIsFoundFromTheBuild() {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path
    let folders = ModelLocation.shippedFolders(
      executable: checkout + "/.build/x86_64-unknown-linux-gnu/release/imgdx")
    #expect(folders.last == checkout + "/Models")
  }
}
