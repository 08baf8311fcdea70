import Diagnostics

/// What `xrun doctor` finds wrong with a machine. No experiment file shows it.
enum MachineCodes {
  static let pages: [CodePage] = [
    CodePage(
      "unwritable-runs", "Run folders cannot be made here",
      text: """
        They go to `runs` in the working directory, or where `runs` of the experiment says. Change to a folder that \
        you may write to. A file system that is mounted for reading alone counts as well.
        """),
    CodePage(
      "disk-full", "There is no room for a run folder",
      text: """
        A run keeps its last and its best weights, and an old copy while a new one is written; ResNet-18 has 45 MB of \
        them. Remove old runs, or let `runs` name a folder on another disk. A file system can also be out of \
        inodes, which many small files use up.
        """),
    CodePage(
      "disk-low", .warning, "There is little room for run folders",
      text: "There is room for some runs, not for many. `xrun ls` lists those that are there."),
    CodePage(
      "temporary-full", .warning, "There is no room for temporary files",
      text: """
        xrun writes its files beside what they become, so runs do not need it. Other programs do, such as compilers \
        and Python. `TMPDIR` names another folder.
        """),
    CodePage(
      "memory-full", "There is no memory left for a run",
      text: """
        Less than 256 MiB can be taken. A control group's limit counts as the machine's end: containers and batch \
        systems end a program that goes beyond it. `xrun plan` says what an experiment needs.
        """),
    CodePage(
      "memory-low", .warning, "There is little memory",
      text: """
        Less than 1 GiB can be taken: enough for small batches, while pictures are read from the disk again in each \
        epoch because the system cannot keep them. `xrun plan` says what an experiment needs.
        """),
    CodePage(
      "no-huge-pages", .warning, "The system gives no huge pages",
      text: """
        Programs take the memory of a network in pages of 2 MiB where they can: a fifth less time for the first \
        step, and less translating of addresses after it. The system allows it to those that ask with `madvise`, \
        which does not touch other programs.
        """),
    CodePage(
      "missing-onednn", .warning, "oneDNN is not used",
      text: """
        It has the fastest convolutions for most shapes. Everything works without it, on OpenBLAS and our own kernels, \
        only more slowly. The message says what was missing: the library, or its headers when xrun was built.
        """),
    CodePage(
      "missing-openblas", .warning, "OpenBLAS is not used",
      text: """
        Our own products stand in for it. With oneDNN nobody asks for it, and the message is a note.
        """),
    CodePage(
      "limited-kernels", .warning, "oneDNN leaves instructions of the processor unused",
      text: """
        `ONEDNN_MAX_CPU_ISA` limits it, which is for tests. Unset it for runs.
        """),
    CodePage(
      "wrong-openblas-core", .warning, "OpenBLAS takes the processor for another",
      text: """
        OpenBLAS chooses kernels by the name of the processor, and versions that do not know it fall back to kernels \
        for very old ones: 37 GFLOP/s instead of 213 were measured. xrun names the right core in `OPENBLAS_CORETYPE` \
        before the library is loaded, unless the environment names one already.
        """),
    CodePage(
      "busy-processors", .warning, "Other programs take the processors",
      text: """
        While it was measured, threads had to wait for a processor. Times are longer than they need to be, and two \
        times cannot be compared. On virtual machines the host may have given the processors to another guest. What \
        else was measured is not judged then.
        """),
    CodePage(
      "slow-threads", .warning, "Two threads do hardly more than one",
      text: """
        Nobody else had the processors, and still two threads did less than one and a half times as much as one. \
        Virtual machines on shared hosts are in such a state for seconds to minutes: measure again, and compare no \
        times across it. Where it stays, the two processors are halves of one core.
        """),
    CodePage(
      "slow-products", .warning, "Products of matrices are slow",
      text: """
        One thread does less than any server of the last ten years with the same instructions. The processor may be \
        throttled (heat, power), emulated, or given to others for much of the time.
        """),
    CodePage(
      "slow-memory", .warning, "The memory is slow",
      text: """
        Less than 3 GB/s are moved, where a laptop moves ten. Other programs, or other guests of the same host, use \
        the bandwidth, or memory is being swapped.
        """),
    CodePage(
      "fewer-processors", .note, "Not all processors are used",
      text: """
        xrun takes as many threads to compute, and as many to load pictures, as it may use processors: those of its \
        affinity mask (`taskset`, batch systems, `docker --cpuset-cpus`), and no more than its control groups give it \
        time for (`docker --cpus`, CPU limits of Kubernetes), rounded up. More threads would only wait for each \
        other. `--threads` and `data.workers` say otherwise.
        """),
    CodePage(
      "missing-weights", .warning, "The weights that xrun brings are not found",
      text: """
        Experiments with `weights: builtin` end with code 2; others are not touched. They are a file beside the \
        program: in `share/xrun/weights` of an installation, in `Weights` of a checkout. `XRUN_WEIGHTS_DIR` names \
        another folder.
        """),
    CodePage(
      "missing-curl", .warning, "Published weights cannot be fetched",
      text: """
        `xrun fetch` lets the program `curl` do it. Without it, fetch the files by other means: `xrun fetch` says \
        which file belongs where, and each is held against the checksum in its name.
        """),
    CodePage(
      "unreachable-weights", .warning, "The server of published weights does not give them",
      text: """
        `xrun doctor --network` asks it for one file and waits five seconds at most. Runs need no network once the \
        weights are there. `XRUN_MIRROR` names another server's folder, `https_proxy` the way out of a closed network.
        """),
    CodePage(
      "unwritable-weights", .warning, "Fetched weights cannot be put where they belong",
      text: "`XRUN_WEIGHTS_DIR` names another folder than `~/.cache/xrun/weights`."),
  ]
}
