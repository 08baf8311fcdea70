import Models
import XCTest

final class FreezePolicyTests: XCTestCase {
  private let network = Network(ResNet.resnet18, classes: 10)

  private func trained(_ selection: FreezePolicy.Selection) throws -> Set<String> {
    try FreezePolicy(selection).trainable(in: network)
  }

  private func mistake(
    _ selection: FreezePolicy.Selection, in network: Network? = nil
  ) -> FreezeError? {
    FreezePolicy(selection).mistakes(in: network ?? self.network).first
  }

  private var all: Set<String> { Set(network.parameters.map(\.name)) }

  func testNoneTrainsAllParametersAndNoStatistics() throws {
    XCTAssertEqual(try trained(.none), all)
    XCTAssertEqual(all.count, 62)
    XCTAssertFalse(all.contains("bn1.running_mean"))
  }

  func testAllButHeadTrainsTheHead() throws {
    XCTAssertEqual(try trained(.allButHead), ["fc.weight", "fc.bias"])
    let squeeze = Network(SqueezeNet.squeezenet1_0, classes: 3)
    XCTAssertEqual(
      try FreezePolicy(.allButHead).trainable(in: squeeze),
      ["classifier.1.weight", "classifier.1.bias"])
  }

  func testUntilFreezesTheLayerAndAllBeforeIt() throws {
    XCTAssertEqual(
      try trained(.until("layer3")),
      all.filter { $0.hasPrefix("layer4.") || $0.hasPrefix("fc.") })
    XCTAssertEqual(
      try trained(.until("conv1")), all.subtracting(["conv1.weight"]))
    XCTAssertFalse(try trained(.until("layer1.0")).contains("layer1.0.bn2.weight"))
    XCTAssertTrue(try trained(.until("layer1.0")).contains("layer1.1.conv1.weight"))
    // Whole parts of a path: 'layer' is none.
    XCTAssertNotNil(mistake(.until("layer")))
  }

  func testAllButGlobsTrainsWhatMatchesAndTheHead() throws {
    XCTAssertEqual(
      try trained(.allBut(["layer4.1.conv?.weight", "bn1.*"])),
      [
        "layer4.1.conv1.weight", "layer4.1.conv2.weight", "bn1.weight", "bn1.bias", "fc.weight",
        "fc.bias",
      ])
    XCTAssertEqual(try trained(.allBut(["fc.*"])), ["fc.weight", "fc.bias"])
  }

  func testOnlyGlobsFreezesWhatMatchesButNeverTheHead() throws {
    XCTAssertEqual(
      try trained(.only(["conv1.*", "bn1.*"])),
      all.subtracting(["conv1.weight", "bn1.weight", "bn1.bias"]))
    XCTAssertEqual(
      try trained(.only(["*.weight"])), all.filter { $0.hasSuffix(".bias") || $0 == "fc.weight" })
  }

  func testSelectorsThatMatchNothingAreErrorsWithSuggestions() {
    guard case .noMatch("layr3", let suggestions, let layers)? = mistake(.until("layr3")) else {
      return XCTFail("\(String(describing: mistake(.until("layr3"))))")
    }
    XCTAssertEqual(suggestions, ["layer3"])
    XCTAssertEqual(
      layers, ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"])
    guard case .noMatch(_, let globs, _)? = mistake(.allBut(["fc.*", "layer4"])) else {
      return XCTFail("a layer's name is no parameter's")
    }
    XCTAssertEqual(globs, ["layer4.*"])
    XCTAssertEqual(
      FreezePolicy(.only(["x*", "conv1.*", "y?"])).mistakes(in: network).map(\.selector),
      ["x*", "y?"])
  }

  func testFreezingTheHeadAloneIsAnError() throws {
    XCTAssertEqual(mistake(.only(["fc.*"])), .onlyHead(selector: "fc.*", head: "fc"))
    // 'until: fc' names everything; the head stays trained.
    XCTAssertEqual(try trained(.until("layer4")), try trained(.allButHead))
    XCTAssertEqual(mistake(.until("fc")), .onlyHead(selector: "fc", head: "fc"))
  }

  func testSequencesAreOutlinedOneLevelDeeper() {
    let network = Network(EfficientNetLite.tf_efficientnet_lite0, classes: 3)
    guard case .noMatch(_, _, let layers)? = mistake(.until("blocks.9"), in: network) else {
      return XCTFail("there are seven stages")
    }
    XCTAssertEqual(
      layers,
      ["conv_stem", "bn1"] + (0...6).map { "blocks.\($0)" } + ["conv_head", "bn2", "classifier"])
  }

  func testGlobsMatchWholeNames() {
    XCTAssertTrue(Glob("*").matches(""))
    XCTAssertTrue(Glob("a*c").matches("abbc"))
    XCTAssertTrue(Glob("a*b*c").matches("abcbc"))
    XCTAssertTrue(Glob("layer?.*").matches("layer4.0.conv1.weight"))
    XCTAssertFalse(Glob("a*c").matches("abcd"))
    XCTAssertFalse(Glob("?").matches(""))
    XCTAssertFalse(Glob("fc").matches("fc.weight"))
    XCTAssertFalse(Glob("[f]c").matches("fc"))
    // No pattern takes exponential time.
    let pattern = Glob(String(repeating: "*a", count: 40) + "b")
    XCTAssertFalse(pattern.matches(String(repeating: "a", count: 5000)))
  }
}
