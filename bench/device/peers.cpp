#include "peers.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

constexpr const char* kLibraries[] = {"jax", "cupy", "torch", "torch.compile"};

/// Beside a program that was carried, else where it was built from.
std::string script() {
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe");
  const auto carried = program.parent_path().parent_path() / "bench/peers/gpu_peer.py";
  return std::filesystem::exists(carried) ? carried.string() : BENCH_SOURCE_DIR "/peers/gpu_peer.py";
}

}  // namespace

DevicePeer::DevicePeer(const std::vector<std::string>& command) : process_(command) {
  std::istringstream words(ask("hello"));
  words >> name_ >> version_;
  for (std::string work; words >> work;) works_.push_back(work);
}

std::string DevicePeer::ask(const std::string& line) {
  std::string answer = process_.ask(line);
  if (answer.starts_with("error")) throw std::runtime_error(fmt::format("{}: {}", line, answer));
  return answer;
}

bool DevicePeer::can(const std::string& work) const {
  return std::find(works_.begin(), works_.end(), work) != works_.end();
}

void DevicePeer::open(DeviceInput& input, const std::string& folder) {
  if (opened_ == input.size()) return;
  ask(fmt::format("open {} {} {} {}", input.files(folder), DeviceInput::kSets, input.rows(),
                  input.size() / input.rows()));
  opened_ = input.size();
}

Contestant DevicePeer::contestant(const std::string& work, std::shared_ptr<DeviceInput> input) {
  auto values = std::make_shared<std::vector<double>>();
  Contestant contestant;
  contestant.name = name_;
  contestant.run = [this, work, input, values] {
    std::istringstream answer(ask(fmt::format("run {} {}", work, input->set())));
    double seconds = 0;
    answer >> seconds;
    values->clear();
    for (double v = 0; answer >> v;) values->push_back(v);
    return seconds;
  };
  contestant.observe = [values] { return *values; };
  return contestant;
}

DevicePeers device_peers(const std::string& python, const std::vector<std::string>& programs,
                         std::vector<std::string>& notes) {
  DevicePeers peers;
  const auto add = [&](const std::string& what, const std::vector<std::string>& command) {
    try {
      peers.push_back(std::make_shared<DevicePeer>(command));
      notes.push_back(fmt::format("{} {}", peers.back()->name(), peers.back()->version()));
    } catch (const std::exception& error) {
      notes.push_back(fmt::format("no {}: {}", what, error.what()));
    }
  };
  for (const char* library : kLibraries) add(library, {python.empty() ? "python3" : python, script(), library});
  for (const std::string& program : programs) add(program, {program});
  return peers;
}

}  // namespace bench
