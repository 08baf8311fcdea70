import Glibc

/// The events that xrun writes, each as the bytes of its message.
///
/// Field numbers are those of TensorFlow's `event.proto`, `summary.proto` and `tensor.proto`, and of
/// `plugin_data.proto` of TensorBoard's hyperparameters.
enum Events {
  /// The first of a file.
  static func start() -> [UInt8] { event(step: 0) { $0.set(3, "brain.Event:2") } }

  /// Numbers of one step by tag.
  static func scalars(_ values: [(tag: String, value: Double)], step: Int) -> [UInt8] {
    event(step: step) { event in
      event.set(5) { summary in
        for entry in values {
          summary.set(1) { value in
            value.set(1, entry.tag)
            value.set(2, Float(entry.value))  // simple_value
          }
        }
      }
    }
  }

  /// A JPEG or PNG file.
  static func image(tag: String, file: [UInt8], width: Int, height: Int, step: Int) -> [UInt8] {
    summary(tag: tag, step: step) { value in
      value.set(4) { image in
        image.set(1, height)
        image.set(2, width)
        image.set(3, 3)  // colorspace: RGB
        image.set(4, file)
      }
    }
  }

  /// Markdown.
  static func text(tag: String, _ text: String) -> [UInt8] {
    summary(tag: tag, step: 0) { value in
      value.set(8) { tensor in
        tensor.set(1, 7)  // DT_STRING
        tensor.set(2, vector)
        tensor.set(8, text)
      }
      value.set(9) { metadata(of: "text", [], in: &$0) }
    }
  }

  // MARK: Hyperparameters

  /// A hyperparameter's value.
  enum Setting: Sendable, Hashable {
    case number(Double)
    case flag(Bool)
    case word(String)

    /// What a text of `resolved.yaml` means.
    init(_ text: String) {
      switch text {
      case "true": self = .flag(true)
      case "false": self = .flag(false)
      default:
        // TensorBoard makes JSON of it, which has no infinities.
        let number = Double(text).flatMap { $0.isFinite ? $0 : nil }
        self = number.map { .number($0) } ?? .word(text)
      }
    }
  }

  /// The hyperparameters of this run; runs of one group are shown together.
  ///
  /// No run says which hyperparameters there are at all (`_hparams_/experiment`): TensorBoard takes that from one run,
  /// whichever it finds first, and hides what only others have. Without it, it finds out by itself from all of them,
  /// and which of them differ.
  static func sessionStart(
    _ settings: [(name: String, value: Setting)], group: String, folder: String
  ) -> [UInt8] {
    hparams(tag: "_hparams_/session_start_info") { data in
      data.set(3) { session in
        for setting in settings {
          // An entry of a map.
          session.set(1) { entry in
            entry.set(1, setting.name)
            entry.set(2) { value in
              switch setting.value {
              case .number(let number): value.set(2, number)
              case .word(let word): value.set(3, word)
              case .flag(let flag): value.set(4, flag)
              }
            }
          }
        }
        session.set(2, folder)  // model_uri
        session.set(4, group)
        session.set(5, now)
      }
    }
  }

  /// How the run ended.
  static func sessionEnd(isSuccess: Bool) -> [UInt8] {
    hparams(tag: "_hparams_/session_end_info") { data in
      data.set(4) { session in
        session.set(1, isSuccess ? 1 : 2)  // STATUS_SUCCESS, STATUS_FAILURE
        session.set(2, now)
      }
    }
  }

  /// All of it stands in the metadata; but a value must have a tensor.
  private static func hparams(tag: String, _ fill: (inout Message) -> Void) -> [UInt8] {
    let content = Message(fill).bytes
    return summary(tag: tag, step: 0) { value in
      value.set(8) { tensor in
        tensor.set(1, 1)  // DT_FLOAT
        tensor.set(2, vector)
        tensor.set(5, Float(0))
      }
      value.set(9) { metadata(of: "hparams", content, in: &$0) }
    }
  }

  // MARK: Parts

  /// Which part of TensorBoard a value is for.
  private static func metadata(of plugin: String, _ content: [UInt8], in metadata: inout Message) {
    metadata.set(1) { data in
      data.set(1, plugin)
      data.set(2, content)
    }
    metadata.set(4, 2)  // DATA_CLASS_TENSOR
  }

  /// The shape of a tensor of one element.
  private static func vector(_ shape: inout Message) { shape.set(2) { $0.set(1, 1) } }

  /// A summary of one value.
  private static func summary(
    tag: String, step: Int, _ fill: (inout Message) -> Void
  ) -> [UInt8] {
    event(step: step) { event in
      event.set(5) { summary in
        summary.set(1) { value in
          value.set(1, tag)
          fill(&value)
        }
      }
    }
  }

  private static func event(step: Int, _ fill: (inout Message) -> Void) -> [UInt8] {
    Message { event in
      event.set(1, now)
      event.set(2, step)
      fill(&event)
    }.bytes
  }

  /// Seconds since 1970.
  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
