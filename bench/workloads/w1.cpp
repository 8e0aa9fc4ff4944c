// sqrt(x) + sin(x), stored: one kernel, one read, one write.
#include <fmt/core.h>

#include <ingot/ingot.hpp>

#include "../harness/reference.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 100'000'000;
// Ours is within 1 ULP of sin(x) and rounds two more times; libm, the reference, is within 0.6.
constexpr double kUlps = 2, kRivalUlps = 4;

void check_all(const char* name, const double* x, const double* out, std::int64_t n, double tolerance) {
  const double worst = reference::worst(x, out, n, reference::sqrt_sin);
  if (worst <= tolerance) return;
  throw WrongResult(fmt::format("W1 (n = {}): {} is {:g} ULP from plain scalar code at worst; the tolerance is {:g}", n,
                                name, worst, tolerance));
}

Contestant ingot_contestant(std::shared_ptr<Input> input) {
  struct State {
    std::optional<ingot::Array> x, y;
  };
  auto state = std::make_shared<State>();
  Contestant contestant;
  contestant.name = "ingot";
  contestant.role = Role::Ours;
  contestant.prepare = [=] { state->x.emplace(input->array()); };
  contestant.run = [=] {
    return clocked([&] {
      state->y.emplace(ingot::sqrt(*state->x) + ingot::sin(*state->x));
      state->y->eval();
    });
  };
  contestant.observe = [=] { return std::vector{state->y->data<double>()[static_cast<std::size_t>(input->index())]}; };
  contestant.check_all = [=] {
    check_all("ingot", input->open(), state->y->data<double>().data(), input->size(), kUlps);
  };
  contestant.release = [=] {
    state->y.reset();
    state->x.reset();
  };
  return contestant;
}

Case make(Context& context, const Workload& workload, std::int64_t n, const std::string& kind) {
  const std::shared_ptr<Input> input = context.input(kind, {n});
  const auto out = std::make_shared<Buffer>(n);
  Case work{
      .workload = workload.id, .title = workload.title, .input = kind, .n = n, .bytes = 16.0 * static_cast<double>(n)};
  work.limit = "copy";
  work.tolerance = kUlps * 0x1p-52;
  work.rival_tolerance = kRivalUlps * 0x1p-52;
  work.change = [=](std::int64_t repeat) { input->change(repeat, large_value(repeat)); };
  work.expect = [=] {
    const double value = reference::sqrt_sin(input->value());
    return std::vector<Expected>{{value, value}};
  };
  work.contestants.push_back(ingot_contestant(input));
  work.contestants.push_back(copy_limit(input, out));
  for (int i = 0; i < kPeers; ++i) {
    const Peer& peer = *peers(i);
    Contestant rival =
        reader(peer.name, Role::Rival, input, [=, &peer](const double* x) { peer.sqrt_sin(x, out->data(), n); });
    rival.observe = [=] { return std::vector{(*out)[input->index()]}; };
    rival.check_all = [=, &peer] { check_all(peer.name, input->open(), out->data(), n, kRivalUlps); };
    work.contestants.push_back(std::move(rival));
  }
  add(work, numpy_contestant(context, input, "sqrt_sin"));
  if (n == kJudged && kind == "memory") {
    work.bars.push_back({.text = "at most 1.10 of the slower of a copy and the hand-written loop",
                         .limit = 1.10,
                         .against = {"copy", "hand"}});
  }
  add_eigen_bar(work);
  return work;
}

}  // namespace

Workload w1() {
  Workload workload{
      .id = "W1", .title = "sqrt(x) + sin(x)", .sizes = {10'000, 1'000'000, kJudged}, .inputs = {"memory", "npy"}};
  workload.resident = 64;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    return make(context, workload, n, input);
  };
  return workload;
}

}  // namespace bench
