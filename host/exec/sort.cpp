// sort and argsort on the host: rows are shared out among threads, and a long row is split by all of them into groups
// that a thread sorts by itself.
#include "kernels/prebuilt/sort.h"

#include <algorithm>
#include <string>

#include "host/base/per_thread.h"
#include "host/device/host_memory.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "host/jit/kernels.h"

namespace ingot::exec {
namespace {

using prebuilt::Records;
using prebuilt::Sorting;
using prebuilt::Split;

constexpr std::int64_t kSerial = 1 << 12;   // elements that a thread sorts before a team has begun
constexpr std::int64_t kLongRow = 1 << 16;  // elements, from which a row is split by all threads
constexpr std::int64_t kTasksPerThread = 16;
constexpr std::int64_t kLeastChunk = 1 << 13;  // elements, to pay for the counts of their groups

// Memory that a thread keeps: what it sorts in stays in its cache.
std::byte* cached() {
  struct Cached {
    std::unique_ptr<std::byte[]> memory{new std::byte[prebuilt::kCacheBytes]};
  };
  return per_thread<Cached, Cached>().memory.get();
}

class Sorter {
 public:
  Sorter(const RoutineCall& call, bool positions)
      : call_(call),
        in_(call.inputs.front().data),
        out_(call.result.data),
        size_(static_cast<int>(itemsize(call.inputs.front().dtype))),
        out_size_(static_cast<int>(itemsize(call.result.dtype))),
        n_(call.result.shape.back()),
        rows_(call.result.shape.numel() / n_),
        descending_(call.parameters[0] != 0),
        loops_(loops(call.inputs.front().dtype, positions)),
        in_place_(loops_.record_bytes == out_size_) {}

  void run() {
    if (n_ >= kLongRow && rows_ < call_.threads * std::int64_t{4} && call_.threads > 1) {
      const StorageRef memory = scratch(n_);
      for (std::int64_t row = 0; row < rows_; ++row)
        sort_long(in_ + row * n_ * size_, out_ + row * n_ * out_size_, memory->data());
      return;
    }
    const int threads = rows_ * n_ < kSerial ? 1 : call_.threads;
    const std::int64_t tasks = std::min<std::int64_t>(rows_, threads > 1 ? threads * kTasksPerThread : 1);
    parallel_for(tasks, threads, [&](std::int64_t t) {
      const StorageRef memory = scratch(n_);
      for (std::int64_t row = rows_ * t / tasks; row < rows_ * (t + 1) / tasks; ++row)
        sort_row(in_ + row * n_ * size_, out_ + row * n_ * out_size_, memory->data());
    });
  }

 private:
  const Sorting& loops(DType dtype, bool positions) const {
    constexpr std::int64_t most_packed = std::int64_t{1} << 32;
    const Records records = !positions                        ? Records::Keys
                            : size_ <= 4 && n_ <= most_packed ? Records::Packed
                                                              : Records::Pairs;
    return prebuilt::sorting(jit::level(), dtype, records);
  }

  // The result is sorted in where records are as large as its elements, beside as many records; otherwise beside twice
  // as many.
  StorageRef scratch(std::int64_t n) const {
    const auto bytes = static_cast<std::size_t>(n * loops_.record_bytes * (in_place_ ? 1 : 2));
    return device::allocate(bytes, [&] {
      return "the scratch memory to sort rows of " + std::to_string(n) + ' ' +
             std::string(name(call_.inputs.front().dtype));
    });
  }

  std::byte* records_at(std::byte* records, std::int64_t i) const { return records + i * loops_.record_bytes; }

  void sort_row(const std::byte* in, std::byte* out, std::byte* memory) const {
    std::byte* const other = in_place_ ? out : records_at(memory, n_);
    loops_.encode(in, n_, 0, descending_, memory);
    loops_.sort(memory, other, n_, cached(), descending_, out);
  }

  void sort_long(const std::byte* in, std::byte* out, std::byte* memory) const {
    std::byte* const other = in_place_ ? out : records_at(memory, n_);
    const int threads = call_.threads;
    const std::int64_t chunks = std::clamp<std::int64_t>(n_ / kLeastChunk, 1, threads * kTasksPerThread);
    const auto begin_of = [&](std::int64_t chunk) { return n_ * chunk / chunks; };

    auto split = std::make_unique<Split>();
    loops_.plan_split(in, n_, descending_, *split);
    const auto groups = static_cast<std::size_t>(split->groups);
    std::vector<std::int64_t> next(static_cast<std::size_t>(chunks) * groups, 0);  // per chunk: counts, then places
    const auto of_chunk = [&](std::int64_t c) { return next.data() + static_cast<std::size_t>(c) * groups; };
    parallel_for(chunks, threads, [&](std::int64_t c) {
      const std::int64_t begin = begin_of(c);
      loops_.count(in + begin * size_, begin_of(c + 1) - begin, descending_, *split, of_chunk(c));
    });
    std::vector<std::int64_t> begins{0};  // of the groups
    std::int64_t place = 0;
    for (std::size_t g = 0; g < groups; ++g) {
      for (std::int64_t c = 0; c < chunks; ++c) {
        const std::int64_t count = of_chunk(c)[g];
        of_chunk(c)[g] = place;
        place += count;
      }
      begins.push_back(place);
    }
    parallel_for(chunks, threads, [&](std::int64_t c) {
      const std::int64_t begin = begin_of(c);
      loops_.scatter(in + begin * size_, begin_of(c + 1) - begin, begin, descending_, *split, of_chunk(c), memory);
    });
    parallel_for(static_cast<std::int64_t>(groups), threads, [&](std::int64_t g) {
      const std::int64_t begin = begins[static_cast<std::size_t>(g)],
                         n = begins[static_cast<std::size_t>(g) + 1] - begin;
      if (n == 0) return;
      loops_.sort(records_at(memory, begin), records_at(other, begin), n, cached(), descending_,
                  out + begin * out_size_);
    });
  }

  const RoutineCall& call_;
  const std::byte* const in_;
  std::byte* const out_;
  const int size_, out_size_;
  const std::int64_t n_, rows_;
  const bool descending_;
  const Sorting& loops_;
  const bool in_place_;  // records become results where they are
};

}  // namespace

void run_sort(const RoutineCall& call) { Sorter(call, false).run(); }
void run_argsort(const RoutineCall& call) { Sorter(call, true).run(); }

}  // namespace ingot::exec
