#include "settings.h"

#include <charconv>
#include <functional>
#include <map>

namespace fake_cuda {
namespace {

// A whole number, with K, M or G for powers of 1024 where `sizes`.
bool read(std::string_view text, std::uint64_t& value, bool sizes = false) {
  int shift = 0;
  if (sizes && !text.empty()) {
    const auto letter = std::string_view("KMG").find(text.back());
    if (letter != std::string_view::npos) {
      shift = 10 * (static_cast<int>(letter) + 1);
      text.remove_suffix(1);
    }
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > (~std::uint64_t{0} >> shift)) return false;
  value <<= shift;
  return true;
}

bool read_failure(std::string_view text, Failure& failure) {
  const auto first = text.find(':'), second = text.find(':', first + 1);
  if (first == std::string_view::npos || first == 0 || second == std::string_view::npos) return false;
  std::uint64_t nth = 0, code = 0;
  if (!read(text.substr(first + 1, second - first - 1), nth) || nth < 1 || nth > 1'000'000'000) return false;
  if (!read(text.substr(second + 1), code) || code < 1 || code > 999) return false;
  failure.call = text.substr(0, first) == "any" ? "" : text.substr(0, first);
  failure.nth = static_cast<unsigned>(nth);
  failure.code = static_cast<int>(code);
  return true;
}

struct Number {
  std::uint64_t lowest, highest;
  bool sizes;
  std::function<void(Settings&, std::uint64_t)> set;
};

Number number(int Settings::* member, int lowest, int highest) {
  return {static_cast<std::uint64_t>(lowest), static_cast<std::uint64_t>(highest), false,
          [member](Settings& s, std::uint64_t value) { s.*member = static_cast<int>(value); }};
}

const std::map<std::string, Number, std::less<>>& numbers() {
  static const std::map<std::string, Number, std::less<>> all = {
      {"memory", {1 << 16, std::uint64_t{1} << 40, true, [](Settings& s, std::uint64_t v) { s.memory = v; }}},
      {"devices", number(&Settings::devices, 0, 16)},
      {"multiprocessors", number(&Settings::multiprocessors, 1, 1024)},
      {"capability", number(&Settings::capability, 70, 129)},
      {"bandwidth", number(&Settings::bandwidth, 1, 100'000)},
      {"threads", number(&Settings::threads, 1, 64)},
      {"delay", number(&Settings::delay, 0, 1'000'000)},
      {"seed", {0, ~std::uint64_t{0}, false, [](Settings& s, std::uint64_t v) { s.seed = v; }}},
  };
  return all;
}

}  // namespace

std::string parse(std::string_view text, Settings& settings) {
  while (!text.empty()) {
    const std::string item(text.substr(0, text.find(',')));
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const auto equals = item.find('=');
    if (equals == std::string::npos) return "'" + item + "' is not KEY=VALUE";
    const std::string key = item.substr(0, equals), value = item.substr(equals + 1);
    if (key == "fail" || key == "lose") {
      Failure& failure = settings.failures.emplace_back();
      failure.lasting = key == "lose";
      if (!read_failure(value, failure))
        return "'" + item + "' is not " + key + "=NAME:NTH:CODE, such as fail=cuMemAlloc_v2:3:2 or lose=any:10:719";
      continue;
    }
    const auto found = numbers().find(key);
    if (found == numbers().end()) {
      std::string known = "fail, lose";
      for (const auto& [name, unused] : numbers()) known += ", " + name;
      return "'" + key + "' is none of " + known;
    }
    const Number& n = found->second;
    std::uint64_t number = 0;
    if (!read(value, number, n.sizes) || number < n.lowest || number > n.highest)
      return "'" + item + "' is not a number from " + std::to_string(n.lowest) + " to " + std::to_string(n.highest);
    n.set(settings, number);
  }
  return "";
}

}  // namespace fake_cuda
