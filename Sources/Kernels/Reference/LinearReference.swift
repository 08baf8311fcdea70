import Glibc
import Graphs
import Tensors

/// Linear layers and the loss as their definition says.
enum LinearReference<Scalar: ReferenceScalar> {
  typealias Pointer = UnsafeMutablePointer<Scalar>

  static func forward(
    x: Pointer, w: Pointer, bias: Pointer?, y: Pointer, rows: Int, channels: Int, results: Int
  ) {
    for n in 0..<rows {
      for k in 0..<results {
        var sum = bias.map { $0[k].double } ?? 0
        for c in 0..<channels { sum += x[n * channels + c].double * w[k * channels + c].double }
        y[n * results + k] = Scalar(sum)
      }
    }
  }

  static func inputGradient(
    w: Pointer, dy: Pointer, dx: Pointer, rows: Int, channels: Int, results: Int
  ) {
    for n in 0..<rows {
      for c in 0..<channels {
        var sum = 0.0
        for k in 0..<results { sum += dy[n * results + k].double * w[k * channels + c].double }
        dx[n * channels + c] = Scalar(sum)
      }
    }
  }

  static func weightGradient(
    x: Pointer, dy: Pointer, dw: Pointer?, db: Pointer?, rows: Int, channels: Int, results: Int
  ) {
    for k in 0..<results {
      if let db {
        var sum = 0.0
        for n in 0..<rows { sum += dy[n * results + k].double }
        db[k] = Scalar(sum)
      }
      guard let dw else { continue }
      for c in 0..<channels {
        var sum = 0.0
        for n in 0..<rows { sum += dy[n * results + k].double * x[n * channels + c].double }
        dw[k * channels + c] = Scalar(sum)
      }
    }
  }

  static func crossEntropy(
    _ operation: CrossEntropy, logits: Pointer, labels: UnsafePointer<Int32>, loss: Pointer?,
    gradient: Pointer?, rows: Int, classes: Int
  ) {
    let smoothing = Double(operation.labelSmoothing)
    for n in 0..<rows {
      let row = logits + n * classes
      let label = Int(labels[n])
      precondition((0..<classes).contains(label), "labels are below the number of classes")
      var greatest = row[0].double
      for k in 1..<max(1, classes) where row[k].double > greatest { greatest = row[k].double }
      var (sum, total) = (0.0, 0.0)
      for k in 0..<classes {
        sum += exp(row[k].double - greatest)
        total += row[k].double
      }
      let normalizer = greatest + log(sum)
      loss?[n] = Scalar(
        (1 - smoothing) * (normalizer - row[label].double)
          + smoothing * (normalizer - total / Double(classes)))
      guard let gradient else { continue }
      for k in 0..<classes {
        let target = (k == label ? 1 - smoothing : 0) + smoothing / Double(classes)
        gradient[n * classes + k] = Scalar(
          (exp(row[k].double - normalizer) - target) / Double(rows))
      }
    }
  }
}
