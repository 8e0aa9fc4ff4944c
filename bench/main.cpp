// The main job: the workloads that Ingot exists for, checked, timed beside their rivals and judged.
#include <fmt/core.h>
#include <omp.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <ingot/config.hpp>
#include <ingot/device.hpp>

#include "device/cases.h"
#include "device/overheads.h"
#include "harness/context.h"
#include "harness/machine.h"
#include "harness/measure.h"
#include "harness/report.h"
#include "peers/peer.h"
#include "workloads/overheads.h"
#include "workloads/workload.h"

namespace {

using namespace bench;

constexpr const char* kOverheads = "overheads";
constexpr const char* kFunctions = "functions";

struct Options {
  std::vector<std::string> only, inputs;
  std::vector<double> sizes;
  int rounds = 15, threads = omp_get_max_threads();
  std::string json, python, folder, device = "cpu";
  std::vector<std::string> peers;
  bool list = false;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool wanted(const std::vector<std::string>& names, const std::string& name) {
  return names.empty() ||
         std::any_of(names.begin(), names.end(), [&](const std::string& n) { return lower(n) == lower(name); });
}

/// The number in cuda and cuda:N.
std::optional<int> device_number(const std::string& device) {
  if (device == "cpu") return std::nullopt;
  return device == "cuda" ? 0 : std::stoi(device.substr(std::string("cuda:").size()));
}

void list_workloads(bool on_device) {
  if (on_device) {
    for (const DeviceWork& work : device_works()) fmt::print("{:<10} {}\n", work.id, work.title);
    fmt::print("{:<10} {}\n", kOverheads, "compiling, launching");
    return;
  }
  for (const Workload& workload : all_workloads()) {
    std::string sizes, inputs;
    for (const std::int64_t n : workload.sizes) sizes += fmt::format("{}{}", sizes.empty() ? "" : " ", count_text(n));
    for (const std::string& input : workload.inputs) inputs += fmt::format("{}{}", inputs.empty() ? "" : " ", input);
    fmt::print("{:<10} {:<46} {:<34} {}\n", workload.id, workload.title, sizes, inputs);
  }
  fmt::print("{:<10} {}\n", kFunctions, "functions on one core beside libmvec and SLEEF");
  fmt::print("{:<10} {}\n", kOverheads, "recording, planning, compiling, starting, memory");
}

/// What a run has come to.
struct Outcome {
  nlohmann::ordered_json json;
  std::vector<std::string> passed, failed, wrong;

  void judge(bool pass, std::string line) { (pass ? passed : failed).push_back(std::move(line)); }
};

/// Rewrites one line of the terminal; says nothing where standard error is a file.
void progress(const std::string& text) {
  if (isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\r\033[K{}", text);
  std::fflush(stderr);
}

/// Makes a case, measures and judges it.
void run_made(const std::string& label, int rounds, Outcome& outcome, const std::function<Case()>& make) {
  try {
    progress(label + ": preparing");
    Case work = make();
    progress(label + ": checking the results");
    const Measured measured =
        measure(work, rounds, [&](int round) { progress(fmt::format("{}: round {} of {}", label, round, rounds)); });
    progress("");
    const std::vector<Verdict> verdicts = judge(work, measured);
    print_case(work, measured, verdicts);
    outcome.json["cases"].push_back(to_json(work, measured, verdicts));
    for (const Verdict& v : verdicts) {
      outcome.judge(v.pass, fmt::format("{}: {}: {:.2f} [{:.2f} .. {:.2f}]", label, v.text, v.ratio.median, v.ratio.q1,
                                        v.ratio.q3));
    }
  } catch (const std::exception& error) {
    if (was_interrupted()) throw Interrupted();  // Ctrl-C reaches the peers' processes too
    progress("");
    fmt::print("\n{}\n  WRONG  {}\n", label, error.what());
    outcome.wrong.push_back(fmt::format("{}: {}", label, error.what()));
  }
}

void run_case(const Workload& workload, Context& context, std::int64_t n, const std::string& input, int rounds,
              Outcome& outcome) {
  const std::string label = fmt::format("{}, {}, n = {}", workload.id, input, count_text(n));
  const double needed = workload.resident * static_cast<double>(n);
  if (needed > 0.9 * static_cast<double>(available_memory())) {
    fmt::print("\n{}: left out, it needs {:.1f} GB of memory\n", label, needed * 1e-9);
    return;
  }
  if (input == "npy" && 8.0 * static_cast<double>(n) > 0.9 * static_cast<double>(available_disk(context.folder()))) {
    fmt::print("\n{}: left out, its file needs {:.1f} GB in {}; --folder names another place\n", label,
               8e-9 * static_cast<double>(n), context.folder());
    return;
  }
  run_made(label, rounds, outcome, [&] { return workload.make(context, n, input); });
}

void run_figures(const char* what, Outcome& outcome,
                 const std::function<void(const std::function<void(const Figure&)>&)>& measure) {
  fmt::print("\n{}\n", what);
  try {
    measure([&](const Figure& figure) {
      print_figure(figure);
      outcome.json[what].push_back(to_json(figure));
      if (!figure.judged()) return;
      outcome.judge(figure.pass(),
                    fmt::format("{}: {:.3g} {}, at most {:g}", figure.name, figure.value, figure.unit, *figure.limit));
    });
  } catch (const std::exception& error) {
    if (was_interrupted()) throw Interrupted();
    fmt::print("  WRONG  {}\n", error.what());
    outcome.wrong.push_back(fmt::format("{}: {}", what, error.what()));
  }
}

void describe(Outcome& outcome, const std::string& name, const std::string& value) {
  fmt::print("{:<14} {}\n", name, value);
  outcome.json["machine"][name] = value;
}

void run_on_host(const Options& options, const std::string& probe, Outcome& outcome) {
  ingot::set_default_device(ingot::Device::cpu());
  Context context(options.python, options.folder);
  describe(outcome, "numpy", context.numpy_note());
  for (int i = 0; i < kPeers; ++i) fmt::print("{:<14} {}\n", peers(i)->name, peers(i)->what);
  fmt::print(
      "{:<14} {} rounds; everybody takes a turn in each; medians and quartiles over rounds; every repeat changes the "
      "input\n"
      "{:<14} and is checked: ours to 1e-13 (reductions) and 2 ULP (elementwise), rivals to 1e-11 and 4 ULP\n",
      "method", options.rounds, "");
  for (const Workload& workload : all_workloads()) {
    if (!wanted(options.only, workload.id)) continue;
    std::vector<std::int64_t> sizes = workload.sizes;
    if (!options.sizes.empty()) sizes.assign(options.sizes.begin(), options.sizes.end());
    for (const std::string& input : workload.inputs) {
      if (!wanted(options.inputs, input)) continue;
      for (const std::int64_t n : sizes) run_case(workload, context, n, input, options.rounds, outcome);
    }
  }
  if (wanted(options.only, kFunctions))
    run_figures(kFunctions, outcome, [&](const auto& use) { measure_functions(probe, options.rounds, use); });
  if (wanted(options.only, kOverheads))
    run_figures(kOverheads, outcome, [&](const auto& use) { measure_overheads(context, probe, use); });
}

void run_on_device(const Options& options, int ordinal, const std::string& probe, Outcome& outcome) {
  const auto gpu = std::make_shared<Gpu>(ordinal);
  for (const auto& [name, value] : gpu->description()) describe(outcome, name, value);
  ingot::set_default_device(ingot::Device::cuda(ordinal));
  const TemporaryFolder folder(options.folder);
  std::vector<std::string> notes;
  const DevicePeers peers = device_peers(options.python, options.peers, notes);
  for (const std::string& note : notes) {
    fmt::print("{:<14} {}\n", "peer", note);
    outcome.json["peers"].push_back(note);
  }
  fmt::print(
      "{:<14} {} rounds; everybody takes a turn in each; from the call until the device has finished; three inputs "
      "that "
      "lie there take turns\n"
      "{:<14} every repeat is checked: ours to 1e-13 (and 2 ULP elementwise, once a size), rivals to 1e-11\n",
      "method", options.rounds, "");
  DeviceBench bench(gpu, peers, folder.path());
  std::vector<std::int64_t> sizes = device_sizes();
  if (!options.sizes.empty()) sizes.assign(options.sizes.begin(), options.sizes.end());
  if (wanted(options.only, kOverheads))
    run_figures(kOverheads, outcome,
                [&](const auto& use) { measure_device_overheads(gpu, probe, folder.path(), use); });
  for (const std::int64_t n : sizes) {
    for (const DeviceWork& work : device_works()) {
      if (!wanted(options.only, work.id)) continue;
      const std::string label = fmt::format("{}, n = {}", work.id, count_text(n));
      const double needed = bench.bytes_needed(work, n);
      if (needed > 0.9 * static_cast<double>(gpu->memory())) {
        fmt::print("\n{}: left out, it needs {:.1f} GB of the device's memory\n", label, needed * 1e-9);
        continue;
      }
      run_made(label, options.rounds, outcome, [&] { return bench.make(work, n); });
    }
  }
}

int run(const Options& options, const std::string& program) {
  omp_set_num_threads(options.threads);
  ingot::set_num_threads(options.threads);

  Outcome outcome;
  for (const auto& [name, value] : describe_machine(options.threads)) describe(outcome, name, value);
  outcome.json["rounds"] = options.rounds;
  outcome.json["device"] = options.device;
  const std::string probe = (std::filesystem::path(program).parent_path() / "ingot_bench_probe").string();
  try {
    const std::optional<int> device = device_number(options.device);
    device ? run_on_device(options, *device, probe, outcome) : run_on_host(options, probe, outcome);
  } catch (const Interrupted&) {
    progress("");
    fmt::print("\ninterrupted: what follows is of the cases before that\n");
    outcome.json["interrupted"] = true;
  }

  fmt::print("\n{} of {} bars passed\n", outcome.passed.size(), outcome.passed.size() + outcome.failed.size());
  for (const std::string& line : outcome.failed) fmt::print("  FAIL   {}\n", line);
  for (const std::string& line : outcome.wrong) fmt::print("  WRONG  {}\n", line);
  outcome.json["passed"] = outcome.passed;
  outcome.json["failed"] = outcome.failed;
  outcome.json["wrong"] = outcome.wrong;
  if (!options.json.empty()) {
    std::ofstream out(options.json);
    out << outcome.json.dump(1) << '\n';
    out.close();
    if (!out) {
      fmt::print(stderr, "{} could not be written\n", options.json);
      return 1;
    }
  }
  if (was_interrupted()) return 130;
  return outcome.wrong.empty() ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  Options options;
  CLI::App app{
      "Runs Ingot's workloads beside a plain OpenMP loop, hand-written vectors, Eigen and NumPy; checks every result "
      "and "
      "judges the times. The exit status speaks of wrong results only."};
  app.add_option("--only", options.only, "workloads to run, by id (--list)")->delimiter(',');
  app.add_option("--inputs", options.inputs, "inputs to run: memory, npy, generated")->delimiter(',');
  app.add_option("--sizes", options.sizes, "numbers of elements instead of each workload's own, for example 1e4,1e6")
      ->delimiter(',')
      ->check(CLI::Range(100.0, 1e11));
  app.add_option("--device", options.device, "where to run: cpu, or cuda or cuda:N with the inputs lying there")
      ->check(CLI::Validator(
          [](std::string& device) {
            const bool number =
                device.starts_with("cuda:") && device.size() > 5 && device.size() < 9 &&
                std::all_of(device.begin() + 5, device.end(), [](char c) { return '0' <= c && c <= '9'; });
            return device == "cpu" || device == "cuda" || number ? "" : "expected cpu, cuda or cuda:N";
          },
          "cpu|cuda|cuda:N"))
      ->capture_default_str();
  app.add_option(
      "--peer", options.peers,
      "with --device cuda: a program to compare with that answers as bench/peers/gpu_peer.py does, besides the "
      "libraries that the Python has");
  app.add_option("--rounds", options.rounds, "rounds; the bars are meant for 15 and more")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "threads of everybody but NumPy")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  app.add_option("--json", options.json, "also write everything measured to this file");
  app.add_option("--python", options.python, "the Python whose NumPy, or on a device JAX, CuPy and PyTorch, are peers")
      ->envname("INGOT_BENCH_PYTHON");
  app.add_option("--folder", options.folder,
                 "where to put .npy files and caches meanwhile, instead of the temporary folder");
  app.add_flag("--list", options.list, "list the workloads, their sizes and inputs");
  CLI11_PARSE(app, count, arguments);

  if (options.list) {
    list_workloads(options.device != "cpu");
    return 0;
  }
  std::vector<std::string> known{kOverheads};
  if (options.device == "cpu") {
    for (const Workload& workload : all_workloads()) known.push_back(workload.id);
  } else {
    for (const DeviceWork& work : device_works()) known.push_back(work.id);
  }
  for (const std::string& name : options.only) {
    if (!wanted(known, name)) {
      fmt::print(stderr, "--only {}: no such workload; --list names them\n", name);
      return 2;
    }
  }
  std::signal(SIGINT, [](int) { interrupt(); });
  std::signal(SIGTERM, [](int) { interrupt(); });
  try {
    return run(options, std::filesystem::read_symlink("/proc/self/exe").string());
  } catch (const std::exception& error) {
    fmt::print(stderr, "ingot_bench: {}\n", error.what());
    return 1;
  }
}
