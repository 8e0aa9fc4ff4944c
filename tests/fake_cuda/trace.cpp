#include "trace.h"

#include <algorithm>
#include <bit>

namespace fake_cuda {
namespace {

constexpr std::uint64_t kSector = 32, kWord = 4, kBanks = 32, kWidestAccess = 16;

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

// Addresses of the lanes from `first` to before `last`, in order, each once.
class Addresses {
 public:
  template <class Access>
  Addresses(const Access& access, int first, int last) {
    for (int lane = first; lane < last; ++lane)
      if ((access.lanes >> lane & 1) != 0) at_[size_++] = access.at[static_cast<std::size_t>(lane)];
    auto* const begin = at_.data();
    if (!std::is_sorted(begin, begin + size_)) std::sort(begin, begin + size_);
    size_ = static_cast<std::size_t>(std::unique(begin, begin + size_) - begin);
  }
  const std::uint64_t* begin() const { return at_.data(); }
  const std::uint64_t* end() const { return at_.data() + size_; }

 private:
  std::array<std::uint64_t, 32> at_;
  std::size_t size_ = 0;
};

}  // namespace

void Trace::begin(const Memory& memory, const char* shared, std::size_t shared_bytes) {
  const auto at = reinterpret_cast<std::uint64_t>(shared);
  if (memory_ != &memory || shared_ != at || shared_bytes_ != shared_bytes) {  // another kernel
    warps_.clear();
    ids_.clear();
    recent_ = {};
  }
  memory_ = &memory;
  allocation_ = {};
  shared_ = at;
  shared_bytes_ = shared_bytes;
}

Trace::Warp& Trace::warp_of(int thread) {
  const auto warp = static_cast<std::size_t>(thread / kWarp);
  if (warp >= warps_.size()) warps_.resize(warp + 1);
  return warps_[warp];
}

std::string Trace::access(int thread, const void* instruction, std::uint64_t at, std::uint64_t bytes) {
  const bool global = memory_->covers(at), shared = at - shared_ < shared_bytes_;
  if (!global && !shared) return "";  // the stack, parameters, constants
  if (global && !allocation_.holds(at, bytes)) {
    allocation_ = memory_->around(at);
    if (!allocation_.holds(at, bytes))
      return std::to_string(bytes) + " bytes at " + std::to_string(at) + " are not all in one allocation";
  }
  const auto lane = static_cast<std::size_t>(thread % kWarp);
  auto& sites = warp_of(thread).sites;
  const auto place = reinterpret_cast<std::uint64_t>(instruction);
  // A struct of 24 bytes is aligned to 8, and copied by 8.
  const std::uint64_t each = std::min(kWidestAccess, bytes & -bytes);
  for (std::uint64_t done = 0; done < bytes; done += each) {
    Site& site = sites[place << 12 | (done / each * 2 & 0xffe) | (shared ? 1 : 0)];
    site.bytes = static_cast<unsigned>(each);
    site.shared = shared;
    const std::uint32_t time = site.times[lane]++;
    if (time >= site.accesses.size()) site.accesses.resize(time + 1);
    if (time == site.made) {
      site.accesses[time].lanes = 0;
      ++site.made;
    }
    site.accesses[time].lanes |= 1u << lane;
    site.accesses[time].at[lane] = at + done;
  }
  return "";
}

std::uint32_t Trace::id_of(const void* basic_block) {
  const auto at = reinterpret_cast<std::uintptr_t>(basic_block);
  Recent& recent = recent_[(at ^ at >> 10) % recent_.size()];
  if (recent.block != basic_block)
    recent = {basic_block, ids_.try_emplace(basic_block, static_cast<std::uint32_t>(ids_.size())).first->second};
  return recent.id;
}

void Trace::enter(int thread, const void* basic_block) {
  const std::uint32_t id = id_of(basic_block);
  auto& entered = warp_of(thread).entered;
  if (id >= entered.size()) entered.resize(id + 1);
  ++entered[id][static_cast<std::size_t>(thread % kWarp)];
}

void Trace::count_global(const Site& site, const Access& access, FakeCudaBooks& books) {
  std::uint64_t distinct = 0, sectors = 0, end = 0, next_sector = 0;
  for (const std::uint64_t at : Addresses(access, 0, kWarp)) {
    const std::uint64_t stop = at + site.bytes, first = std::max(at / kSector, next_sector);
    distinct += stop - std::min(std::max(at, end), stop);
    end = std::max(end, stop);
    next_sector = (stop - 1) / kSector + 1;
    sectors += next_sector - std::min(first, next_sector);
  }
  books.warp_accesses += 1;
  books.bytes_asked += distinct;
  books.sectors += sectors;
  books.sectors_least += divide_up(distinct, kSector);
}

// 128 bytes of lanes at a time. Lanes that ask for the same word of a bank share it; different words take turns.
void Trace::count_shared(const Site& site, const Access& access, FakeCudaBooks& books) {
  books.shared_accesses += 1;
  const int together = static_cast<int>(kBanks * kWord / std::max<std::uint64_t>(std::bit_ceil(site.bytes), kWord));
  for (int first = 0; first < kWarp; first += together) {
    std::array<std::uint64_t, kBanks> in_bank{};
    std::uint64_t words = 0, next = 0;
    for (const std::uint64_t at : Addresses(access, first, first + together)) {
      for (std::uint64_t word = std::max(at / kWord, next); word <= (at + site.bytes - 1) / kWord; ++word) {
        ++in_bank[word % kBanks];
        ++words;
        next = word + 1;
      }
    }
    books.wavefronts += *std::max_element(in_bank.begin(), in_bank.end());
    books.wavefronts_least += divide_up(words, kBanks);
  }
}

FakeCudaBooks Trace::finish() {
  FakeCudaBooks books{};
  for (Warp& warp : warps_) {
    for (auto& [unused, site] : warp.sites) {
      for (std::uint32_t time = 0; time < site.made; ++time)
        site.shared ? count_shared(site, site.accesses[time], books) : count_global(site, site.accesses[time], books);
      site.made = 0;
      site.times = {};
    }
    for (Times& times : warp.entered) {
      books.lane_slots += kWarp * *std::max_element(times.begin(), times.end());
      for (const std::uint64_t n : times) books.lanes_active += n;
      times = {};
    }
  }
  return books;
}

void add_traced(FakeCudaBooks& to, const FakeCudaBooks& block) {
  for (const auto member : {&FakeCudaBooks::warp_accesses, &FakeCudaBooks::bytes_asked, &FakeCudaBooks::sectors,
                            &FakeCudaBooks::sectors_least, &FakeCudaBooks::shared_accesses, &FakeCudaBooks::wavefronts,
                            &FakeCudaBooks::wavefronts_least, &FakeCudaBooks::lane_slots, &FakeCudaBooks::lanes_active})
    to.*member += block.*member;
}

}  // namespace fake_cuda
