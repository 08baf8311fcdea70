/// Which parameters a phase leaves alone, and what batch-norm layers that hold frozen ones do.
package struct FreezePolicy: Sendable, Hashable {
  /// Which parameters are frozen; never the head's. Names are the backbone's, in torchvision's or timm's spelling.
  package enum Selection: Sendable, Hashable {
    /// Nothing is frozen.
    case none
    /// All but the head.
    case allButHead
    /// Everything up to and with this layer, in the order of the forward pass.
    case until(String)
    /// All but the head and the parameters that match one of the globs (`*` and `?`, over whole names).
    case allBut([String])
    /// The parameters that match one of the globs, and no others.
    case only([String])
  }

  /// What a batch-norm layer with frozen parameters does while training.
  package enum BatchNormMode: String, Sendable, Hashable, CaseIterable {
    /// Uses its running statistics and leaves them alone.
    case eval
    /// Uses and updates batch statistics, as torch's `model.train()` does.
    case train
  }

  package var selection: Selection
  package var batchNorm: BatchNormMode

  package init(_ selection: Selection = .none, batchNorm: BatchNormMode = .eval) {
    self.selection = selection
    self.batchNorm = batchNorm
  }
}
