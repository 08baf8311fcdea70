import CKernels
import Kernels
import TestSupport

/// The greatest differences from torch that a suite found: one for each component, quantity and provider.
struct GoldenClaims {
  private struct Claim: Hashable {
    let component, quantity, provider: String
  }

  private struct Worst {
    var difference = 0.0
    /// What is allowed of the case that comes nearest to it.
    var tolerance = 0.0
    var place = ""
    var cases: Set<String> = []
  }

  private var worst: [Claim: Worst] = [:]

  /// - Parameters:
  ///   - example: the case's name.
  ///   - place: what to say of it where it is the worst and too great.
  mutating func note(
    _ component: String, _ quantity: String, _ provider: String, example: String,
    difference: Double, tolerance: Double, place: @autoclosure () -> String
  ) {
    let claim = Claim(component: component, quantity: quantity, provider: provider)
    var entry = worst[claim, default: Worst()]
    entry.cases.insert(example)
    if entry.tolerance == 0 || difference / tolerance > entry.difference / entry.tolerance {
      (entry.difference, entry.tolerance, entry.place) = (difference, tolerance, place())
    }
    worst[claim] = entry
  }

  /// Asserts and records them all. Prints them, greatest first, where XRUN_MEASURE is set.
  func check(_ kind: Parity.Kind, unit: String) {
    for (claim, worst) in worst.sorted(by: { $0.value.difference > $1.value.difference }) {
      if Places.environment("XRUN_MEASURE") != nil {
        print(worst.difference, claim, "\(worst.cases.count) cases:", worst.place)
      }
      Parity.check(
        kind, claim.component, claim.quantity, against: "torch", provider: claim.provider,
        difference: worst.difference, tolerance: worst.tolerance, unit: unit,
        cases: worst.cases.count, worst.place)
    }
  }
}

/// Runs `body` once for each provider and instruction set of our own kernels that this machine has.
enum Processors {
  /// The variable that limits oneDNN when it is loaded.
  static let limitName = "DNNL_MAX_CPU_ISA"
  /// The instruction set above which oneDNN may not go in this process.
  static let limit = Places.environment(limitName)

  static func forEach(_ body: (_ provider: ProviderKind, _ isa: String) throws -> Void) rethrows {
    defer { xr_isa_limit(xr_isa_best()) }
    for kind in limit == nil ? ProviderKind.allCases : [.onednn] where kind.isAvailable {
      for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512]
      where isa.rawValue <= xr_isa_best().rawValue {
        // Plain loops have one form.
        guard kind != .reference || isa == xr_isa_best() else { continue }
        xr_isa_limit(isa)
        try body(kind, String(cString: xr_isa_name(isa)))
      }
    }
  }
}
