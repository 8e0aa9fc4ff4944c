#include "cases.h"

#include <fmt/core.h>

#include <map>

namespace bench {
namespace {

constexpr std::int64_t kJudged = (std::int64_t{1} << 30) / 8;
constexpr double kShare = 0.93;  // of the limit

Contestant ours(const DeviceWork& work, const std::shared_ptr<DeviceInput>& input) {
  auto kept = std::make_shared<std::vector<ingot::Array>>();
  Contestant contestant;
  contestant.name = "ingot";
  contestant.role = Role::Ours;
  contestant.run = [=, run = work.run] { return clocked([&] { run(*input, *kept); }); };
  contestant.observe = [=, observe = work.observe] { return observe(*kept); };
  if (work.check_all) {
    contestant.check_all = [=, id = work.id, check = work.check_all] {
      if (const std::string wrong = check(*input, *kept); !wrong.empty())
        throw WrongResult(fmt::format("{} (n = {}): ingot: {}", id, input->size(), wrong));
    };
  }
  contestant.release = [=] { kept->clear(); };
  return contestant;
}

}  // namespace

std::vector<std::int64_t> device_sizes() { return {kJudged, kJudged >> 7}; }

DeviceBench::DeviceBench(std::shared_ptr<Gpu> gpu, DevicePeers peers, std::string folder)
    : gpu_(std::move(gpu)), peers_(std::move(peers)), folder_(std::move(folder)) {}

double DeviceBench::bytes_needed(const DeviceWork& work, std::int64_t n) const {
  const double contestants = 1 + static_cast<double>(peers_.size());
  return 8.0 * static_cast<double>(n) * (2 + contestants * (DeviceInput::kSets + work.resident));
}

Case DeviceBench::make(const DeviceWork& row, std::int64_t n) {
  if (input_ == nullptr || input_->size() != n) {
    limits_.reset();
    input_.reset();
    input_ = std::make_shared<DeviceInput>(ingot::Device::cuda(gpu_->ordinal()), n);
    limits_ = std::make_shared<DeviceLimits>(gpu_, n);
  }
  const std::shared_ptr<DeviceInput> input = input_;
  Case work{.workload = row.id, .title = row.title, .input = "on the device", .n = n};
  work.bytes = (row.limit == DeviceWork::Limit::Copy ? 16.0 : 8.0) * static_cast<double>(n);
  const double flops = row.flops * static_cast<double>(n);
  work.change = [=](std::int64_t repeat) { input->change(repeat); };
  auto known = std::make_shared<std::map<int, std::vector<Expected>>>();
  work.expect = [=, expect = row.expect] {
    std::vector<Expected>& values = (*known)[input->set()];
    if (values.empty()) values = expect(*input);
    return values;
  };
  work.contestants.push_back(ours(row, input));
  work.contestants.push_back(DeviceLimits::flops_limit(limits_, flops));
  work.limit = "fma peak";
  std::vector<std::string> against{"fma peak"};
  if (row.limit == DeviceWork::Limit::Arithmetic) {
    work.flops = flops;
  } else {
    const bool copies = row.limit == DeviceWork::Limit::Copy;
    work.contestants.push_back(copies ? DeviceLimits::copy_limit(limits_) : DeviceLimits::read_limit(limits_));
    work.limit = copies ? "copy" : "read";
    against.push_back(work.limit);
  }
  if (n == kJudged && row.judged) {
    work.bars.push_back({.text = fmt::format("at least {:.0f} % of what memory and arithmetic allow", 100 * kShare),
                         .kind = Bar::Kind::AtMost,
                         .limit = 1 / kShare,
                         .against = against});
  }
  for (const std::shared_ptr<DevicePeer>& peer : peers_) {
    if (row.peer.empty() || !peer->can(row.peer)) continue;
    peer->open(*input, folder_);
    work.contestants.push_back(peer->contestant(row.peer, input));
    if (n == kJudged && row.judged)
      work.bars.push_back({.text = fmt::format("ahead of {} (median of the ratio at most 1)", peer->name()),
                           .kind = Bar::Kind::AtMost,
                           .limit = 1,
                           .against = {peer->name()}});
  }
  return work;
}

}  // namespace bench
