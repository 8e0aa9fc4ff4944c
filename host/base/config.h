// Settings read once from the environment, and changed through the public setters (ingot/config.hpp) and by tests.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "ingot/config.hpp"

namespace ingot {

// Automatic: what pays, when it pays. Cuda and Llvm compile every kernel before it first runs.
enum class Backend : std::uint8_t { Automatic, Interpreter, Llvm, Cuda };

// Where evaluations run: on the host, on a CUDA device by its number, or where the work is done sooner.
inline constexpr int kAutomatic = -2, kHost = -1;

struct Config {
  std::atomic<Backend> backend{Backend::Automatic};  // INGOT_BACKEND = interp | llvm | cuda
  std::atomic<int> device{kAutomatic};               // INGOT_BACKEND = cuda: 0; interp or llvm: the host
  std::atomic<int> threads{1};                       // OMP_NUM_THREADS, else the cores this process may use
  std::atomic<bool> forked{false};                   // a child after fork: of the team only the caller is there
  std::atomic<std::int64_t> max_pending_nodes{1 << 16};
  std::atomic<int> max_pending_depth{512};
  std::atomic<std::int64_t> max_retained_bytes{std::int64_t{1} << 32};
  std::atomic<std::int64_t> row_bytes{-1};  // what a row may take of a cache in a row region; by its size if below 0
  std::atomic<std::int64_t> device_memory{-1};  // INGOT_DEVICE_MEMORY: bytes of each device that may be used, or all
  std::atomic<Products> device_products{Products::Own};  // INGOT_DEVICE_PRODUCTS = own | vendor
  std::atomic<bool> tf32{false};                         // INGOT_TF32 = 0 | 1
  std::string cpu;                                       // INGOT_CPU; empty: what the machine has
  std::string cache_dir;                                 // INGOT_CACHE_DIR; empty: the user's cache folder
  int log = 0;                                           // INGOT_LOG = warn | info | debug | trace: 1 to 4
};

/// Throws ValueError at first use for an environment variable whose text means nothing.
Config& config();

}  // namespace ingot
