// cumsum(x): what one pass over memory takes beside a copy.
#include <fmt/core.h>

#include <cmath>
#include <vector>

#include <ingot/ingot.hpp>

#include "../harness/reference.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 100'000'000;

void check_all(const double* x, const double* sums, std::int64_t n) {
  long double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    sum += static_cast<long double>(x[i]);
    if (std::fabs(static_cast<double>(static_cast<long double>(sums[i]) - sum)) <=
        42 * 0x1p-53 * static_cast<double>(sum))
      continue;
    throw WrongResult(fmt::format("cumsum: ingot has {} at {}; expected {}", sums[i], i, static_cast<double>(sum)));
  }
}

Contestant ingot_contestant(const std::shared_ptr<Input>& input) {
  struct State {
    std::optional<ingot::Array> x, y;
  };
  const auto state = std::make_shared<State>();
  Contestant contestant;
  contestant.name = "ingot";
  contestant.role = Role::Ours;
  contestant.prepare = [=] { state->x.emplace(input->array()); };
  contestant.run = [=] {
    return clocked([&] {
      state->y.emplace(ingot::cumsum(*state->x));
      state->y->eval();
    });
  };
  contestant.observe = [=] {
    return std::vector{state->y->data<double>()[static_cast<std::size_t>(input->size() - 1)]};
  };
  contestant.check_all = [=] { check_all(input->open(), state->y->data<double>().data(), input->size()); };
  contestant.release = [=] {
    state->y.reset();
    state->x.reset();
  };
  return contestant;
}

}  // namespace

Workload cumsum() {
  Workload workload{.id = "cumsum", .title = "cumsum(x)", .sizes = {10'000, 1'000'000, kJudged}, .inputs = {"memory"}};
  workload.resident = 48;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& kind) {
    const std::shared_ptr<Input> input = context.input(kind, {n});
    const reference::Sums base = reference::sums(input->open(), n, reference::identity);
    Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = n};
    work.bytes = 16.0 * static_cast<double>(n);
    work.limit = "copy";
    work.tolerance = 1e-13;
    work.rival_tolerance = 1e-9;  // of adding one after another
    work.change = [=](std::int64_t repeat) { input->change(repeat, large_value(repeat)); };
    work.expect = [=] {
      const auto value = static_cast<double>(base.replaced(input->original(), input->value()).sum);
      return std::vector<Expected>{{value, std::abs(value)}};
    };
    work.contestants.push_back(ingot_contestant(input));
    work.contestants.push_back(copy_limit(input, std::make_shared<Buffer>(n)));
    add(work, numpy_contestant(context, input, "cumsum"));
    if (n == kJudged) work.bars.push_back({.text = "at most 1.25 of a copy", .limit = 1.25, .against = {"copy"}});
    return work;
  };
  return workload;
}

}  // namespace bench
