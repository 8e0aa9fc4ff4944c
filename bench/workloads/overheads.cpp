#include "overheads.h"

#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <ingot/ingot.hpp>

#include "../harness/case.h"

namespace bench {
namespace {

constexpr std::int64_t kSmall = 1000;
constexpr int kOps = 10;

std::vector<double> numbers(double offset, std::int64_t count = kSmall) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = offset + 1e-3 * static_cast<double>(i);
  return values;
}

/// Nanoseconds to record one of + and *, and to let go of it again: chains of 32 new nodes on leaves made anew.
void record(const std::function<void(const Figure&)>& use) {
  constexpr int chain = 32, batches = 2000;
  const std::vector<double> a = numbers(1), b = numbers(2);
  std::vector<double> recording, releasing;
  for (int batch = 0; batch < batches; ++batch) {
    const ingot::Array x = ingot::from_host(a.data(), {kSmall}), y = ingot::from_host(b.data(), {kSmall});
    std::vector<ingot::Array> kept;
    kept.reserve(chain + 1);
    kept.push_back(x);
    recording.push_back(clocked([&] {
                          for (int i = 0; i < chain; i += 2) {
                            kept.push_back(kept.back() + y);
                            kept.push_back(kept.back() * y);
                          }
                        }) /
                        chain);
    releasing.push_back(clocked([&] { kept.clear(); }) / chain);
  }
  use({.name = "recording an op",
       .value = quartiles(recording).median * 1e9,
       .unit = "ns",
       .limit = 100,
       .note = fmt::format("+ and * in turn, mean of {}, median of {}; letting go of it {:.0f} ns more", chain, batches,
                           quartiles(releasing).median * 1e9)});
}

/// Ten of + * max in a row, as in a program's inner loop.
ingot::Array ten_ops(const ingot::Array& x, const ingot::Array& y) {
  ingot::Array t = x;
  for (int i = 0; i < kOps; ++i) t = i % 3 == 0 ? t + y : i % 3 == 1 ? t * y : ingot::maximum(t, y);
  return t;
}

double ten_ops(double x, double y) {
  double t = x;
  for (int i = 0; i < kOps; ++i) t = i % 3 == 0 ? t + y : i % 3 == 1 ? t * y : std::fmax(t, y);
  return t;
}

void warm_expression(std::int64_t size, double limit, const std::function<void(const Figure&)>& use) {
  constexpr int warm = 3000, timed = 3000;
  std::vector<double> a = numbers(1, size);
  const std::vector<double> b = numbers(0.5, size);
  std::vector<double> times;
  const auto once = [&](int i) {
    const auto at = static_cast<std::size_t>(i % size);
    a[at] += 0.25;
    double got = 0;
    const ingot::Array x = ingot::from_host(a.data(), {size}), y = ingot::from_host(b.data(), {size});
    const double seconds = clocked([&] {
      const ingot::Array t = ten_ops(x, y);
      got = t.data<double>()[at];
    });
    if (got != ten_ops(a[at], b[at])) throw WrongResult(fmt::format("ten ops on {} elements gave {:.17g}", size, got));
    return seconds;
  };
  for (int i = 0; i < warm; ++i) once(i);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));  // for a compile in the background to arrive
  for (int i = 0; i < warm; ++i) once(i);
  ingot::reset_stats();
  for (int i = 0; i < timed; ++i) times.push_back(once(i));
  const ingot::Stats stats = ingot::stats();
  const Quartiles q = quartiles(times);
  use({.name = fmt::format("warm expression of ten + * max on {} elements, in all", count_text(size)),
       .value = q.median * 1e6,
       .unit = "us",
       .limit = limit,
       .note = fmt::format("quartiles {:.2f} .. {:.2f}; {} of {} launches interpreted", q.q1 * 1e6, q.q3 * 1e6,
                           stats.interpreted, stats.launches)});
}

/// Seconds from the start of the threads to the end of the last, each of which evaluates so many expressions.
double evaluate_in_threads(int threads, int each) {
  return clocked([&] {
    std::vector<std::thread> pool;
    for (int k = 0; k < threads; ++k)
      pool.emplace_back([each] {
        const std::vector<double> a = numbers(1), b = numbers(0.5);
        const ingot::Array x = ingot::from_host(a.data(), {kSmall}), y = ingot::from_host(b.data(), {kSmall});
        for (int i = 0; i < each; ++i) ten_ops(x, y).eval();
      });
    for (std::thread& thread : pool) thread.join();
  });
}

void eight_threads(const std::function<void(const Figure&)>& use) {
  constexpr int evaluations = 40'000, threads = 8, rounds = 9;
  const int cores = std::min(threads, ingot::num_threads());
  std::vector<double> ratios, together;
  for (int round = 0; round < rounds; ++round) {
    const double alone = evaluate_in_threads(1, evaluations), all = evaluate_in_threads(threads, evaluations / threads);
    together.push_back(all / evaluations);
    ratios.push_back(all * cores / alone);
  }
  use({.name = "warm expressions of 8 threads: core time of one, of what a thread alone needs",
       .value = quartiles(ratios).median,
       .limit = 1.3,
       .note = fmt::format("ten + * max on 1,000 elements; {} cores; one every {:.2f} us", cores,
                           quartiles(together).median * 1e6)});
}

/// A structure that has not been seen before: ten ops drawn from eight.
void new_expression(const std::function<void(const Figure&)>& use) {
  constexpr int count = 200;
  std::mt19937_64 random(20261122);
  std::vector<double> a = numbers(1), b = numbers(0.5), times;
  ingot::reset_stats();
  for (int i = 0; i < count; ++i) {
    a[0] += 0.25;
    const ingot::Array x = ingot::from_host(a.data(), {kSmall}), y = ingot::from_host(b.data(), {kSmall});
    std::uint64_t draws = random();
    double expected = a[0], got = 0;
    for (std::uint64_t d = draws, k = 0; k < kOps; ++k, d >>= 3) {
      switch (d & 7) {
        case 0: expected += b[0]; break;
        case 1: expected *= b[0]; break;
        case 2: expected = std::fmax(expected, b[0]); break;
        case 3: expected -= b[0]; break;
        case 4: expected = std::fmin(expected, b[0]); break;
        case 5: expected = std::abs(expected); break;
        case 6: expected = std::floor(expected); break;
        default: expected = -expected; break;
      }
    }
    times.push_back(clocked([&] {
      ingot::Array t = x;
      for (int k = 0; k < kOps; ++k, draws >>= 3) {
        switch (draws & 7) {
          case 0: t = t + y; break;
          case 1: t = t * y; break;
          case 2: t = ingot::maximum(t, y); break;
          case 3: t = t - y; break;
          case 4: t = ingot::minimum(t, y); break;
          case 5: t = ingot::abs(t); break;
          case 6: t = ingot::floor(t); break;
          default: t = -t; break;
        }
      }
      got = t.data<double>()[0];
    }));
    if (got != expected)
      throw WrongResult(fmt::format("new expression {} gave {:.17g}, expected {:.17g}", i, got, expected));
  }
  const Quartiles q = quartiles(times);
  use({.name = "first evaluation of a new expression on 1,000 elements",
       .value = q.median * 1e6,
       .unit = "us",
       .limit = 300,
       .note = fmt::format("{} structures of ten ops; quartiles {:.0f} .. {:.0f}, worst {:.0f}; {} compiled meanwhile",
                           count, q.q1 * 1e6, q.q3 * 1e6, *std::max_element(times.begin(), times.end()) * 1e6,
                           ingot::stats().compiles)});
}

/// The numbers that the probe prints on its first line.
std::vector<double> ask(const std::string& probe, const std::string& what, const std::vector<std::string>& environment,
                        Finished* finished = nullptr) {
  const Finished done = run_process({probe, what}, environment);
  if (done.status != 0) throw std::runtime_error(fmt::format("'{} {}' ended with status {}", probe, what, done.status));
  std::istringstream line(done.output);
  std::vector<double> values;
  for (double v = 0; line >> v;) values.push_back(v);
  if (finished != nullptr) *finished = done;
  return values;
}

void compile_w1(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use) {
  constexpr int processes = 7;
  std::vector<double> compiling, first;
  for (int i = 0; i < processes; ++i) {
    const TemporaryFolder cache(context.folder());
    const std::vector<double> v = ask(probe, "compile-w1", {"INGOT_CACHE_DIR=" + cache.path()});
    compiling.push_back(v.at(0));
    first.push_back(v.at(1));
  }
  use({.name = "compiling W1",
       .value = quartiles(compiling).median * 1e3,
       .unit = "ms",
       .limit = 15,
       .note = fmt::format(
           "first evaluation less a warm one, LLVM opened before; median of {} processes; the very first kernel, "
           "opening LLVM: {:.1f} ms",
           processes, quartiles(first).median * 1e3)});
}

void first_result(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use) {
  constexpr int processes = 21;
  const TemporaryFolder cache(context.folder());
  const std::vector<std::string> environment{"INGOT_CACHE_DIR=" + cache.path()};
  ask(probe, "first-result", environment);
  std::vector<double> times, values;
  for (int i = 0; i < processes; ++i) {
    Finished finished;
    values = ask(probe, "first-result", environment, &finished);
    times.push_back(finished.first_line);
  }
  const Quartiles q = quartiles(times);
  use({.name = "process start to first result, warm disk cache",
       .value = q.median * 1e3,
       .unit = "ms",
       .limit = 10,
       .note = fmt::format(
           "sum(sqrt(x) + sin(x)) of 2e5 generated; quartiles {:.1f} .. {:.1f}; compiles {:.0f}, found {:.0f}, "
           "interpreted {:.0f}",
           q.q1 * 1e3, q.q3 * 1e3, values.at(1), values.at(2), values.at(3))});
}

void w2_memory(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use) {
  const TemporaryFolder cache(context.folder());
  const std::vector<std::string> environment{"INGOT_CACHE_DIR=" + cache.path()};
  ask(probe, "w2-1e7", environment);
  const std::vector<double> v = ask(probe, "w2-1e7", environment), small = ask(probe, "w2-1e6", environment);
  use({.name = "W2 of 1e7: largest single allocation of a warm evaluation",
       .value = v.at(1) / 1024,
       .unit = "KiB",
       .limit = 1e6 / 1024,
       .note = fmt::format("malloc and mmap watched; {:.0f} launch", v.at(2))});
  use({.name = "W2 of 1e7: peak memory of the process beyond that of 1e6",
       .value = std::max(0.0, v.at(3) - small.at(3)),
       .unit = "KiB",
       .limit = 1e6 / 1024,
       .note = fmt::format("resident peak {:.1f} MiB", v.at(3) / 1024)});
}

void w5_compiles(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use) {
  const TemporaryFolder cache(context.folder());
  const std::vector<double> v = ask(probe, "w5", {"INGOT_CACHE_DIR=" + cache.path()});
  use({.name = "W5: compiles for three sizes",
       .value = v.at(0),
       .unit = "",
       .limit = 1,
       .note = "in a fresh process and cache"});
  use({.name = "W5: launches interpreted", .value = v.at(1), .limit = 0, .note = fmt::format("of {:.0f}", v.at(2))});
}

void include_time(Context& context, const std::function<void(const Figure&)>& use) {
  const std::string source = context.folder() + "/include.cpp";
  std::ofstream(source) << "#include <ingot/ingot.hpp>\n";
  std::vector<std::string> command{BENCH_COMPILER, "-std=c++20", "-c", source, "-o", source + ".o"};
  std::istringstream folders(BENCH_INCLUDE_DIRS);
  for (std::string folder; std::getline(folders, folder, ':');) command.push_back("-I" + folder);
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const Finished done = run_process(command);
    if (done.status != 0) throw std::runtime_error("#include <ingot/ingot.hpp> does not compile alone");
    times.push_back(done.seconds);
  }
  use({.name = "#include <ingot/ingot.hpp>, compiled alone",
       .value = quartiles(times).median,
       .unit = "s",
       .limit = 1.0,
       .note = fmt::format("{} -std=c++20, median of {}", BENCH_COMPILER, times.size())});
}

}  // namespace

void measure_overheads(Context& context, const std::string& probe, const std::function<void(const Figure&)>& use) {
  record(use);
  warm_expression(kSmall, 2, use);
  warm_expression(10, 1, use);
  eight_threads(use);
  new_expression(use);
  compile_w1(context, probe, use);
  first_result(context, probe, use);
  w2_memory(context, probe, use);
  w5_compiles(context, probe, use);
  include_time(context, use);
}

void measure_functions(const std::string& probe, int rounds, const std::function<void(const Figure&)>& use) {
  const std::string program = (std::filesystem::path(probe).parent_path() / "ingot_bench_functions").string();
  const Finished done = run_process({program, std::to_string(rounds)});
  if (done.status != 0) throw std::runtime_error(fmt::format("'{}' ended with status {}", program, done.status));
  std::istringstream lines(done.output);
  double value = 0, limit = 0;
  std::string name;
  while (lines >> value >> limit && std::getline(lines >> std::ws, name))
    use({.name = name, .value = value, .unit = "times", .limit = limit});
}

}  // namespace bench
