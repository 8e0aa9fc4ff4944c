#include "host/base/config.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <string_view>

#include "host/base/cpu_limit.h"
#include "host/base/error.h"

namespace ingot {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::min(CPU_COUNT(&set), cpu_limit(read_text));
}

// "512M": bytes, with K, M or G for powers of 1024. -1 for what is none.
std::int64_t bytes(std::string_view text) {
  int shift = 0;
  if (!text.empty()) {
    const auto unit = std::string_view("KMG").find(text.back());
    if (unit != std::string_view::npos) {
      shift = 10 * (static_cast<int>(unit) + 1);
      text.remove_suffix(1);
    }
  }
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && count >= 0 && count <= (std::numeric_limits<std::int64_t>::max() >> shift) ? count << shift : -1;
}

struct Settings : Config {
  Settings() {
    const std::string_view wanted = environment("INGOT_BACKEND");
    if (wanted == "cuda")
      device = 0;
    else if (!wanted.empty())
      device = kHost;  // interp and llvm are backends of the host
    if (wanted == "interp")
      backend = Backend::Interpreter;
    else if (wanted == "llvm")
      backend = Backend::Llvm;
    else if (wanted == "cuda")
      backend = Backend::Cuda;
    else if (!wanted.empty())
      throw ValueError(text("INGOT_BACKEND is \"", wanted, "\"; expected interp, llvm or cuda, or leave it unset"));

    threads = usable_cores();
    if (const int n = std::atoi(std::string(environment("OMP_NUM_THREADS")).c_str()); n > 0) threads = n;

    cpu = environment("INGOT_CPU");
    cache_dir = environment("INGOT_CACHE_DIR");

    if (const std::string_view limit = environment("INGOT_DEVICE_MEMORY"); !limit.empty()) {
      device_memory = bytes(limit);
      if (device_memory < 0)
        throw ValueError(
            text("INGOT_DEVICE_MEMORY is \"", limit,
                 "\"; expected a number of bytes, with K, M or G behind it for powers of 1024, or leave it "
                 "unset"));
    }

    const std::string_view products = environment("INGOT_DEVICE_PRODUCTS");
    if (products == "vendor")
      device_products = Products::Vendor;
    else if (!products.empty() && products != "own")
      throw ValueError(text("INGOT_DEVICE_PRODUCTS is \"", products, "\"; expected own or vendor, or leave it unset"));

    const std::string_view rounded = environment("INGOT_TF32");
    if (!rounded.empty() && rounded != "0" && rounded != "1")
      throw ValueError(text("INGOT_TF32 is \"", rounded, "\"; expected 0 or 1, or leave it unset"));
    tf32 = rounded == "1";

    constexpr std::string_view kLevels[] = {"", "warn", "info", "debug", "trace"};
    const std::string_view level = environment("INGOT_LOG");
    log = -1;
    for (int i = 0; i < 5; ++i)
      if (level == kLevels[i]) log = i;
    if (log < 0)
      throw ValueError(text("INGOT_LOG is \"", level, "\"; expected warn, info, debug or trace, or leave it unset"));
  }
};

}  // namespace

Config& config() {
  static Settings settings;
  return settings;
}

}  // namespace ingot
