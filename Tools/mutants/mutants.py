"""Mistakes that the parity suites must catch, one a line: name, file, what stands there, what would
stand there by mistake, and the suites that must turn red (a regular expression for `swift test`;
behind an @ the experiment of Tests/GoldenTests/Trajectories that is enough).

What stands there is an expression that occurs once in the file, and that parentheses round it do
not change. A mistake that is no expression has the marker MUTANT in its text, which is true in its
own run only.
"""

OPTIMIZERS = "OptimizersTests"
TRAJECTORY = "TrajectoryTests.testOpenBLAS"
LAYERS = "LayerGoldenTests|LogitsTests"
MODELS = "LogitsTests|GradientTests"
TRANSFORMS = "TransformsTests"
STATISTICS = "StatisticsTests"
WEIGHTS = "TorchFileTests|SafeTensorsTests|LogitsTests"

ADAPTIVE = "Sources/Optimizers/AdaptiveMoments.swift"
UPDATES = "Sources/CKernels/optimizers.inc.h"
NETWORK = "Sources/CKernels/network.c"
BLOCKED = "Sources/CKernels/network.inc.h"
BUILDER = "Sources/Graphs/GraphBuilder.swift"
RESNET = "Sources/Models/Backbones/ResNet.swift"
SCHEDULERS = "Sources/Optimizers/Schedulers/"
PICTURE = "Sources/Images/Operations/"
NUMBERS = "Sources/Statistics/"

MUTANTS = [
    # Optimizers.
    ("Adam's epsilon inside the root", UPDATES,
     "__builtin_sqrtf(second) / a->bias_correction2_sqrt + a->eps",
     "__builtin_sqrtf(second + a->eps) / a->bias_correction2_sqrt", OPTIMIZERS),
    ("Adam without bias correction of the first moment", ADAPTIVE,
     "rate / (1 - pow(beta1, Double(step)))", "rate", OPTIMIZERS),
    ("Adam without bias correction of the second moment", ADAPTIVE,
     "(1 - pow(beta2, Double(step))).squareRoot()", "1.0", OPTIMIZERS),
    ("Adam without decay", UPDATES, "a->weight_decay * w", "0 * w", OPTIMIZERS),
    ("AdamW's decay in the gradient as well", ADAPTIVE,
     "isDecayDecoupled ? 0 : Float(weightDecay)", "Float(weightDecay)", OPTIMIZERS),
    ("AMSGrad forgets the maximum", ADAPTIVE, "max(maximum[index], second)", "second", OPTIMIZERS),
    ("Nesterov off", "Sources/Optimizers/SGD.swift", "nesterov ? 1 : 0", "0", OPTIMIZERS),
    ("dampening in the first step", "Sources/Optimizers/SGD.swift",
     "step == 1 ? 1 : 0", "0", OPTIMIZERS),
    ("clipping by the square of the norm", "Sources/Optimizers/GradientClipping.swift",
     "let coefficient = limit / (norm + 1e-6)",
     "let coefficient = limit / ((MUTANT ? norm * norm : norm) + 1e-6)", OPTIMIZERS),
    # Schedules.
    ("StepLR one step late", SCHEDULERS + "StepLR.swift",
     "Double(step / stepSize)", "Double(max(0, step - 1) / stepSize)", OPTIMIZERS),
    ("MultiStepLR one step late", SCHEDULERS + "MultiStepLR.swift",
     "$0 <= step", "$0 < step", OPTIMIZERS),
    ("ExponentialLR one step early", SCHEDULERS + "ExponentialLR.swift",
     "pow(gamma, Double(step))", "pow(gamma, Double(step + 1))", OPTIMIZERS),
    ("CosineAnnealingLR over one step more", SCHEDULERS + "CosineAnnealingLR.swift",
     "Double(step % (2 * tMax)) / Double(tMax)",
     "Double(step % (2 * tMax)) / Double(tMax + 1)", OPTIMIZERS),
    ("LinearLR one step early", SCHEDULERS + "LinearLR.swift",
     "Double(min(step, totalIters))", "Double(min(step + 1, totalIters))", OPTIMIZERS),
    # Training.
    ("steps counted from 1", "Sources/Training/PhaseRunner.swift",
     "plan.phase.schedulerBy == .epoch ? epoch : step",
     "plan.phase.schedulerBy == .epoch ? epoch : step + 1", TRAJECTORY + "@step-by-step"),
    ("the second phase starts from the last epoch", "Sources/Training/Trainer.swift",
     "checkpoint == .best ? best : last", "last", TRAJECTORY + "@two-phases-back"),
    ("frozen batch norm follows the batch", BUILDER,
     "mode.isTraining && !(isFrozen && mode.frozenBatchNormUsesRunningStatistics)",
     "mode.isTraining", TRAJECTORY + "@head-sgd"),
    # Losses.
    ("label smoothing over the other classes", NETWORK,
     "- s / (double)k)", "- s / (double)(MUTANT ? k - 1 : k))", "LossGoldenTests"),
    ("gradient of the sum instead of the mean", NETWORK,
     "/ (double)n);", "/ (MUTANT ? 1 : (double)n));", "LossGoldenTests"),
    # Layers.
    ("batch norm's epsilon is a hundred times as large", NETWORK,
     "sqrt(variance + epsilon)", "sqrt(variance + 100 * epsilon)", LAYERS),
    ("running variance is biased", NETWORK,
     "momentum * variance * count / (count - 1)", "momentum * variance", LAYERS),
    ("batch norm's momentum the other way round", NETWORK,
     "(1 - (double)momentum) * running_mean[c] + momentum * mean",
     "(double)momentum * running_mean[c] + (1 - momentum) * mean", LAYERS),
    ("folding forgets epsilon", NETWORK,
     "sqrt((double)a->variance[o] + a->epsilon)", "sqrt((double)a->variance[o])", LAYERS),
    ("ReLU6 ends at 5", BLOCKED, "(VF)6", "(VF)5", LAYERS),
    ("dropout does not scale", NETWORK,
     "x[i * block + lane] * w->factor", "x[i * block + lane]", LAYERS),
    ("the odd zero of SAME comes first", "Sources/Graphs/Operations/Convolution.swift",
     "Padding(top: v / 2, left: h / 2, bottom: v - v / 2, right: h - h / 2)",
     "Padding(top: v - v / 2, left: h - h / 2, bottom: v / 2, right: h / 2)", MODELS),
    ("pooling ignores ceil_mode", "Sources/Graphs/Operations/Pooling.swift",
     "ceilMode ? stride - 1 : 0", "0", LAYERS),
    # Models.
    ("EfficientNet's epsilon is torch's default", "Sources/Models/Backbones/EfficientNetLite.swift",
     "epsilon: 1e-3", "epsilon: MUTANT ? 1e-5 : 1e-3", MODELS),
    ("a bottleneck's stride is in its first convolution", RESNET,
     "[(1, width, 1), (3, width, stride), (1, width * 4, 1)]",
     "[(1, width, stride), (3, width, 1), (1, width * 4, 1)]", MODELS),
    ("no shortcut in residual blocks", RESNET,
     'builder.relu(builder.sum(x, shortcut, "\\(path).add"), "\\(path).relu")',
     'builder.relu(MUTANT ? x : builder.sum(x, shortcut, "\\(path).add"), "\\(path).relu")', MODELS),
    ("SqueezeNet's head without ReLU", "Sources/Models/Backbones/SqueezeNet.swift",
     'x = try builder.relu(x, "classifier.2")',
     'if !(MUTANT) { x = try builder.relu(x, "classifier.2") }', MODELS),
    # Weights.
    ("matrices are transposed as they are loaded", "Sources/Models/Weights/WeightLoading.swift",
     "try finite(tensor.name, of: file)",
     "try finite(tensor.name, of: file).array.enumerated().reduce(into: "
     "FloatBuffer(count: tensor.shape.count)) { let rows = tensor.shape[0]; "
     "let columns = tensor.shape.count / rows; "
     "$0.floats[tensor.shape.rank == 2 ? $1.offset % rows * columns + $1.offset / rows "
     ": $1.offset] = $1.element }",
     "LogitsTests|GradientTests"),
    ("views of a storage are read as if they were contiguous",
     "Sources/Models/Weights/TorchFile.swift", "place += tensor.strides[axis]",
     "place += MUTANT ? (axis == wheels.count - 1 ? 1 : 0) : tensor.strides[axis]", WEIGHTS),
    # Pixels.
    ("red and blue are swapped", "Sources/Transforms/ToTensor.swift",
     "red[index] = levels[Int(pixel[0])]", "red[index] = levels[Int(pixel[MUTANT ? 2 : 0])]",
     TRANSFORMS),
    ("bytes are divided by 256", "Sources/Transforms/ToTensor.swift",
     "Float($0) / 255", "Float($0) / 256", TRANSFORMS),
    ("normalisation divides the mean alone", "Sources/Transforms/Normalize.swift",
     "(floats[index] - mean) / std", "floats[index] - mean / std", TRANSFORMS),
    ("resize without antialias", PICTURE + "ResamplingTable.swift",
     "max(scale, 1)", "1.0", TRANSFORMS),
    ("resize from the corners of pixels", PICTURE + "ResamplingTable.swift",
     "(Double(target) + 0.5) * scale", "Double(target) * scale", TRANSFORMS),
    ("bicubic with a = -0.75", PICTURE + "Interpolation.swift",
     "let a = -0.5", "let a = MUTANT ? -0.75 : -0.5", TRANSFORMS),
    ("grey of blue, green, red", PICTURE + "Picture+Colour.swift",
     "Int(pixel[0]) &* 19595 &+ Int(pixel[1]) &* 38470 &+ Int(pixel[2]) &* 7471",
     "Int(pixel[2]) &* 19595 &+ Int(pixel[1]) &* 38470 &+ Int(pixel[0]) &* 7471", TRANSFORMS),
    ("hue rounds", PICTURE + "Picture+Colour.swift",
     "Int(factor * 255)", "Int((factor * 255).rounded())", TRANSFORMS),
    ("contrast cuts its mean off", PICTURE + "Picture+Colour.swift",
     "Double(sum) / Double(count) + 0.5", "Double(sum) / Double(count)", TRANSFORMS),
    ("the middle rounds down", "Sources/Transforms/CenterCrop.swift",
     "(Double(length - window) / 2).rounded(.toNearestOrEven)",
     "(Double(length - window) / 2).rounded(.down)", TRANSFORMS),
    ("rotation turns clockwise", "Sources/Transforms/RandomRotation.swift",
     "-(degrees * (Double.pi / 180))", "degrees * (Double.pi / 180)", TRANSFORMS),
    ("CMYK is not inverted", "Sources/CShims/jpeg_decode.c",
     "255 - cmyk[channel]", "cmyk[channel]", TRANSFORMS),
    ("shapes of crops are uniform, not their logarithms", "Sources/Transforms/AreaAndRatio.swift",
     "exp(stream.uniform(log(self.ratio.lowerBound), log(self.ratio.upperBound)))",
     "stream.uniform(self.ratio.lowerBound, self.ratio.upperBound)", TRANSFORMS),
    ("crops never reach the last row", "Sources/Transforms/RandomCrop.swift",
     "line(input.height, padding.down, height).room",
     "max(0, line(input.height, padding.down, height).room - 1)", TRANSFORMS),
    # Statistics.
    ("standard deviation of all, not of a sample", NUMBERS + "Summary.swift",
     "squares / (n - 1)", "squares / n", STATISTICS),
    ("a mean's interval as if the deviation were known", NUMBERS + "Summary.swift",
     "StudentT(degreesOfFreedom: Double(count - 1))", "StudentT(degreesOfFreedom: .infinity)",
     STATISTICS),
    ("values summed from zero", NUMBERS + "Summary.swift",
     "first + shift", "values.reduce(0, +) / n", STATISTICS),
    ("pairs with a degree of freedom too many", NUMBERS + "Difference.swift",
     "(deviation / n.squareRoot(), n - 1)", "(deviation / n.squareRoot(), n)", STATISTICS),
    ("Welch with pooled degrees of freedom", NUMBERS + "Difference.swift",
     "(a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1))", "n + m - 2", STATISTICS),
    ("one of the one-sided tests is enough", NUMBERS + "Difference.swift",
     "max(above, below)", "min(above, below)", STATISTICS),
    ("rounding in the last bit is a spread", NUMBERS + "Difference.swift",
     "4 * largest * Double.ulpOfOne", "0 * largest", STATISTICS),
    ("every seed that both have makes a pair", NUMBERS + "Difference.swift",
     "pairs.own.count == smaller && 2 * smaller >= larger", "pairs.own.count > 1", STATISTICS),
    ("a repeated seed counts twice", NUMBERS + "SeededValues.swift",
     "bySeed.keys.sorted()", "runs.map(\\.seed).sorted()", STATISTICS),
    ("Bonferroni's correction", NUMBERS + "Holm.swift",
     "Double(order.count - rank)", "Double(order.count)", STATISTICS),
    ("no correction", NUMBERS + "Holm.swift", "Double(order.count - rank)", "1.0", STATISTICS),
    ("Holm's p-values fall again", NUMBERS + "Holm.swift",
     "max(greatest, min(1, p * ", "max(MUTANT ? 0 : greatest, min(1, p * ", STATISTICS),
    ("power of one side", NUMBERS + "Power.swift",
     "distribution.survival(limit) + distribution.cdf(-limit)", "distribution.survival(limit)",
     STATISTICS),
    ("power at the one-sided level", NUMBERS + "Power.swift",
     "upperQuantile(alpha / 2)", "upperQuantile(MUTANT ? alpha : alpha / 2)", STATISTICS),
    ("power of equivalence as if the deviation were known", NUMBERS + "Power.swift",
     "Normal.cdf(room - shift - limit * s) - Normal.cdf(limit * s - room - shift)",
     "Normal.cdf(room - shift - limit) - Normal.cdf(limit - room - shift)", STATISTICS),
    ("worse is better", NUMBERS + "Verdict.swift",
     "(estimate > 0) == (direction == .higherIsBetter)", "estimate > 0", STATISTICS),
    ("significant before equivalent", NUMBERS + "Verdict.swift",
     "if let equivalence,", "if let equivalence, !(MUTANT) || adjusted == equivalence,", STATISTICS),
    ("equivalent at the rate of one alone", NUMBERS + "Verdict.swift",
     "equivalence * rivals <= 1 - level {", "equivalence * (MUTANT ? 1 : rivals) <= 1 - level {",
     STATISTICS),
    ("seeds for one of many as for one alone", NUMBERS + "Verdict.swift",
     "alpha: (1 - level) / rivals", "alpha: (1 - level) / (MUTANT ? 1 : rivals)", STATISTICS),
    ("twice the seeds that are needed", NUMBERS + "Verdict.swift",
     "return .about(high)", "return .about(MUTANT ? 2 * high : high)", STATISTICS),
    ("McNemar on one side", NUMBERS + "PairedOutcomes.swift",
     "2 * Binomial(", "(MUTANT ? 1 : 2) * Binomial(", STATISTICS),
    ("both outcomes drawn as if unrelated", NUMBERS + "PairedBootstrap.swift",
     "Double(fewer) / Double(n - more)", "Double(fewer) / Double(n)", STATISTICS),
    ("a resample leaves the first picture out", NUMBERS + "PairedBootstrap.swift",
     "stream.integer(in: 0...(n - 1))", "stream.integer(in: min(1, n - 1)...(n - 1))", STATISTICS),
    ("an interval of twice the level's tails", NUMBERS + "PairedBootstrap.swift",
     "Double(sorted.count) * (1 - level) / 2", "Double(sorted.count) * (1 - level)", STATISTICS),
    ("noise of neighbours as of three epochs", NUMBERS + "SelectionBias.swift",
     "6 * quartile * quartile", "2 * quartile * quartile", STATISTICS),
    ("the bias of half the pictures", NUMBERS + "SelectionBias.swift",
     "/ 2.0.squareRoot()", "/ (MUTANT ? 1 : 2.0.squareRoot())", STATISTICS),
    ("the best epoch's own trend is not taken off", NUMBERS + "SelectionBias.swift",
     "sum += noise", "sum += MUTANT ? best - trend[0] : noise", STATISTICS),
    ("confidences at an edge fall into the bin above", NUMBERS + "Calibration.swift",
     "confidence <= edges[bin]", "confidence < edges[bin]", STATISTICS),
    ("bins weigh the same", NUMBERS + "Calibration.swift",
     "Double($1.count) * abs($1.gap)", "abs($1.gap) * Double(pictures) / Double(bins.count)",
     STATISTICS),
]
