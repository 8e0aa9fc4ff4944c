// Sums of a square matrix over axis 0 and over axis 1: the same bytes, and so nearly the same time.
#include <fmt/core.h>

#include <cmath>

#include <ingot/ingot.hpp>

#include "../harness/reference.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 100'000'000;

/// What the sums over one axis must be: plain scalar code over every element, then moved by the changed one.
struct AxisReference {
  std::shared_ptr<Input> input;
  int axis;
  std::int64_t side;
  std::vector<long double> base;

  AxisReference(std::shared_ptr<Input> in, int over, std::int64_t extent)
      : input(std::move(in)), axis(over), side(extent), base(static_cast<std::size_t>(extent), 0) {
    const double* x = input->open();
    for (std::int64_t i = 0; i < side; ++i) {
      for (std::int64_t j = 0; j < side; ++j) base[static_cast<std::size_t>(axis == 0 ? j : i)] += x[i * side + j];
    }
  }

  std::int64_t position() const { return axis == 0 ? input->index() % side : input->index() / side; }

  std::vector<Expected> expect() const {
    const long double moved = static_cast<long double>(input->value()) - input->original();
    const auto value = static_cast<double>(base[static_cast<std::size_t>(position())] + moved);
    return {{value, std::abs(value)}};
  }

  void check_all(const std::string& name, const double* out, double tolerance) const {
    std::vector<double> expected(base.begin(), base.end());
    expected[static_cast<std::size_t>(position())] += input->value() - input->original();
    const double worst = reference::worst_difference(out, expected.data(), side, 0);
    if (worst <= tolerance) return;
    throw WrongResult(
        fmt::format("axis ({0} x {0}): {1} is {2:g} from plain scalar code at worst; the tolerance is {3:g}", side,
                    name, worst, tolerance));
  }
};

Contestant ingot_contestant(const std::shared_ptr<AxisReference>& expected) {
  struct State {
    std::optional<ingot::Array> x, sums;
    const double* values = nullptr;
  };
  auto state = std::make_shared<State>();
  Contestant contestant;
  contestant.name = fmt::format("ingot axis {}", expected->axis);
  contestant.role = Role::Ours;
  contestant.prepare = [=] { state->x.emplace(expected->input->array()); };
  contestant.run = [=] {
    return clocked([&] {
      state->sums.emplace(ingot::sum(*state->x, expected->axis));
      state->values = state->sums->data<double>().data();
    });
  };
  contestant.observe = [=] { return std::vector{state->values[expected->position()]}; };
  contestant.expect = [=] { return expected->expect(); };
  contestant.check_all = [=] { expected->check_all("ingot", state->values, 1e-13); };
  contestant.release = [=] {
    state->sums.reset();
    state->x.reset();
  };
  return contestant;
}

Contestant rival(const Peer& peer, const std::shared_ptr<AxisReference>& expected, const std::shared_ptr<Buffer>& out) {
  const std::int64_t side = expected->side;
  const auto sum = expected->axis == 0 ? peer.sum_axis0 : peer.sum_axis1;
  Contestant contestant = reader(fmt::format("{} axis {}", peer.name, expected->axis), Role::Rival, expected->input,
                                 [=](const double* x) { sum(x, side, side, out->data()); });
  contestant.ours = fmt::format("ingot axis {}", expected->axis);
  contestant.observe = [=] { return std::vector{(*out)[expected->position()]}; };
  contestant.expect = [=] { return expected->expect(); };
  contestant.check_all = [=, &peer] { expected->check_all(peer.name, out->data(), 1e-11); };
  return contestant;
}

Case make(Context& context, const Workload& workload, std::int64_t size, const std::string& kind) {
  const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(size)));
  const std::int64_t n = side * side;
  const std::shared_ptr<Input> input = context.input(kind, {side, side});
  const auto out = std::make_shared<Buffer>(side);
  Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = n};
  work.shape = fmt::format("({0}, {0})", side);
  work.bytes = 8.0 * static_cast<double>(n);
  work.limit = "read";
  work.change = [=](std::int64_t repeat) { input->change(repeat, large_value(repeat)); };
  work.contestants.push_back(read_limit(input));
  for (const int axis : {0, 1}) {
    const auto expected = std::make_shared<AxisReference>(input, axis, side);
    work.contestants.push_back(ingot_contestant(expected));
    for (int i = 0; i < kPeers; ++i) work.contestants.push_back(rival(*peers(i), expected, out));
    if (auto numpy = numpy_contestant(context, input, fmt::format("sum_axis{}", axis))) {
      numpy->name = fmt::format("numpy axis {}", axis);
      numpy->ours = fmt::format("ingot axis {}", axis);
      numpy->expect = [=] { return expected->expect(); };
      work.contestants.push_back(std::move(*numpy));
    }
    if (n >= 10'000) {
      work.bars.push_back(
          {.text = fmt::format("axis {} not slower than Eigen (lower quartile of the ratio at most 1)", axis),
           .kind = Bar::Kind::NotSlower,
           .subject = fmt::format("ingot axis {}", axis),
           .against = {fmt::format("eigen axis {}", axis)}});
    }
  }
  if (n == kJudged) {
    work.bars.push_back({.text = "axis 0 at most 1.25 of axis 1",
                         .limit = 1.25,
                         .subject = "ingot axis 0",
                         .against = {"ingot axis 1"}});
  }
  return work;
}

}  // namespace

Workload axis_sums() {
  Workload workload{.id = "axis",
                    .title = "sum over axis 0 and over axis 1",
                    .sizes = {10'000, 1'000'000, kJudged},
                    .inputs = {"memory"}};
  workload.resident = 24;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    return make(context, workload, n, input);
  };
  return workload;
}

}  // namespace bench
