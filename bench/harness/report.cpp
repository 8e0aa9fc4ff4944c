#include "report.h"

#include <fmt/core.h>

#include <cmath>

namespace bench {
namespace {

std::string rate_text(const Case& work, double seconds) {
  if (work.flops > 0) return fmt::format("{:.1f} GFLOP/s", work.flops / seconds * 1e-9);
  return fmt::format("{:.1f} GB/s", work.bytes / seconds * 1e-9);
}

nlohmann::ordered_json quartiles_json(const Quartiles& q) { return {{"q1", q.q1}, {"median", q.median}, {"q3", q.q3}}; }

std::string limit_text(const Verdict& v) {
  return fmt::format("{:.2f} [{:.2f} .. {:.2f}]", v.ratio.median, v.ratio.q1, v.ratio.q3);
}

}  // namespace

std::string seconds_text(double seconds) {
  if (std::isnan(seconds)) return "-";
  if (seconds < 1e-6) return fmt::format("{:.0f} ns", seconds * 1e9);
  if (seconds < 1e-3) return fmt::format("{:.3g} us", seconds * 1e6);
  if (seconds < 1) return fmt::format("{:.3g} ms", seconds * 1e3);
  return fmt::format("{:.3g} s", seconds);
}

std::string count_text(std::int64_t n) {
  std::string text = std::to_string(n);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), 1, ',');
  return text;
}

void print_case(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts) {
  fmt::print("\n{}  {}   {}, n = {}{}   limit: {}\n", work.workload, work.title, work.input, count_text(work.n),
             fmt::format("{}{}", work.shape.empty() ? "" : " ", work.shape), work.limit);
  fmt::print("  {:<14} {:>9}  {:>21}  {:>14} {:>9}   {}\n", "", "time", "quartiles", "rate", "of limit", "ingot takes");
  const std::size_t limit = find(work, work.limit);
  for (std::size_t i = 0; i < work.contestants.size(); ++i) {
    const Contestant& contestant = work.contestants[i];
    const Quartiles time = measured.time(i);
    const double share = limit < work.contestants.size() ? measured.ratio(limit, {i}).median : NAN;
    std::string compared;
    const std::size_t ours = find(work, contestant.ours);
    if (contestant.role != Role::Ours && ours < work.contestants.size()) {
      const Quartiles ratio = measured.ratio(ours, {i});
      compared = fmt::format("{:.2f} of it [{:.2f} .. {:.2f}]", ratio.median, ratio.q1, ratio.q3);
    } else if (i < measured.stats.size()) {
      const ingot::Stats& stats = measured.stats[i];
      compared = fmt::format("{} launch{}{}, {} B read, {} B written", stats.launches, stats.launches == 1 ? "" : "es",
                             stats.interpreted > 0 ? " (interpreted)" : "", count_text(stats.bytes_read),
                             count_text(stats.bytes_written));
    }
    fmt::print("  {:<14} {:>9}  {:>21}  {:>14} {:>8.0f}%   {}\n", contestant.name, seconds_text(time.median),
               fmt::format("{} .. {}", seconds_text(time.q1), seconds_text(time.q3)), rate_text(work, time.median),
               100 * share, compared);
  }
  for (const Verdict& v : verdicts) fmt::print("  {}  {}: {}\n", v.pass ? "PASS" : "FAIL", v.text, limit_text(v));
  std::fflush(stdout);
}

void print_figure(const Figure& figure) {
  const std::string value = fmt::format("{:.3g} {}", figure.value, figure.unit);
  const std::string limit = figure.judged() ? fmt::format("at most {:.4g}", *figure.limit) : "";
  fmt::print("  {}  {:<58} {:>11}  {:<14} {}\n", figure.judged() ? (figure.pass() ? "PASS" : "FAIL") : "    ",
             figure.name, value, limit, figure.note);
  std::fflush(stdout);
}

nlohmann::ordered_json to_json(const Case& work, const Measured& measured, const std::vector<Verdict>& verdicts) {
  nlohmann::ordered_json json{
      {"workload", work.workload}, {"title", work.title}, {"input", work.input}, {"n", work.n},
      {"shape", work.shape},       {"bytes", work.bytes}, {"flops", work.flops}, {"limit", work.limit}};
  for (std::size_t i = 0; i < work.contestants.size(); ++i) {
    nlohmann::ordered_json entry{{"name", work.contestants[i].name},
                                 {"seconds", quartiles_json(measured.time(i))},
                                 {"rounds", measured.seconds[i]}};
    if (work.contestants[i].role == Role::Ours) {
      const ingot::Stats& s = measured.stats[i];
      entry["stats"] = {{"launches", s.launches},
                        {"interpreted", s.interpreted},
                        {"compiles", s.compiles},
                        {"bytes_read", s.bytes_read},
                        {"bytes_written", s.bytes_written}};
    }
    json["contestants"].push_back(std::move(entry));
  }
  for (const Verdict& v : verdicts) {
    json["bars"].push_back(
        {{"text", v.text}, {"limit", v.limit}, {"ratio", quartiles_json(v.ratio)}, {"pass", v.pass}});
  }
  return json;
}

nlohmann::ordered_json to_json(const Figure& figure) {
  nlohmann::ordered_json json{
      {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"note", figure.note}};
  if (figure.judged()) {
    json["limit"] = *figure.limit;
    json["pass"] = figure.pass();
  }
  return json;
}

}  // namespace bench
