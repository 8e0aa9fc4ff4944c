// Factorisations of one matrix, and of 10^4 of 8 x 8, beside NumPy's, which are LAPACK's.
#include <fmt/core.h>

#include <cmath>
#include <functional>
#include <numeric>
#include <optional>
#include <vector>

#include <ingot/ingot.hpp>

#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kSmallSide = 8, kBatch = 10'000 * kSmallSide * kSmallSide;

using ingot::Array;
namespace la = ingot::linalg;

Array transposed(const Array& x) { return ingot::swapaxes(x, -1, -2); }
Array positive(const Array& x) {
  const std::int64_t n = x.shape().back();
  return x + transposed(x) + ingot::eye(n) * (2.0 * static_cast<double>(n));
}

/// What is timed, `compute`, of what is made of the input before; and one number to check of the results, which is
/// `expect` of the operand.
struct Task {
  const char* name;
  std::function<Array(const Array&)> operand;
  std::function<std::vector<Array>(const Array&)> compute;
  std::function<Array(const std::vector<Array>&)> observe;
  std::function<Array(const Array&)> expect;
};

std::vector<Task> tasks() {
  const auto as_it_is = [](const Array& x) { return x; };
  const auto symmetric = [](const Array& x) { return x + transposed(x); };
  const auto squares = [](const Array& x) { return ingot::sum(x * x); };
  const auto trace = [](const Array& x) { return ingot::sum(x * ingot::eye(x.shape().back())); };
  return {
      {"solve", positive, [](const Array& a) { return std::vector{la::solve(a, ingot::sum(a, -1, true))}; },
       [](const auto& x) { return ingot::sum(x[0]); },
       [](const Array& a) { return ingot::sum(ingot::ones_like(a)) / static_cast<double>(a.shape().back()); }},
      {"cholesky", positive, [](const Array& a) { return std::vector{la::cholesky(a)}; },
       [=](const auto& x) { return squares(x[0]); }, trace},
      {"qr", as_it_is,
       [](const Array& a) {
         const auto [q, r] = la::qr(a);
         return std::vector{q, r};
       },
       [=](const auto& x) { return squares(x[1]); }, squares},
      {"svd", as_it_is,
       [](const Array& a) {
         const auto [u, s, vh] = la::svd(a);
         return std::vector{u, s, vh};
       },
       [=](const auto& x) { return squares(x[1]); }, squares},
      {"eigh", symmetric,
       [](const Array& a) {
         const auto [w, v] = la::eigh(a);
         return std::vector{w, v};
       },
       [](const auto& x) { return ingot::sum(x[0]); }, trace},
  };
}

void add_task(Case& work, Context& context, const std::shared_ptr<Input>& input, const Task& task, bool batched) {
  const std::string name = fmt::format("ingot {}", task.name), rival = fmt::format("numpy {}", task.name);
  struct State {
    std::optional<Array> a;
    std::vector<Array> results;
    double expected = 0;
  };
  const auto state = std::make_shared<State>();
  const auto refresh = [=] {
    state->a.emplace(task.operand(input->array()));
    state->a->eval();
    state->expected = task.expect(*state->a).item<double>();
  };
  const auto expect = [=] { return std::vector{Expected{state->expected, std::abs(state->expected) + 1}}; };
  Contestant ours{.name = name, .role = Role::Ours};
  ours.prepare = refresh;
  ours.run = [=] {
    return clocked([&] {
      state->results = task.compute(*state->a);
      ingot::eval(state->results);
    });
  };
  ours.expect = expect;
  ours.observe = [=] { return std::vector{task.observe(state->results).item<double>()}; };
  ours.release = [=] {
    state->results.clear();
    state->a.reset();
  };
  work.contestants.push_back(std::move(ours));
  auto numpy = numpy_contestant(context, input, fmt::format("linalg_{}", task.name), kRestOfBlas);
  if (!numpy) return;
  numpy->name = rival;
  numpy->ours = name;
  numpy->prepare = [refresh, before = numpy->prepare] {
    refresh();
    if (before) before();
  };
  numpy->expect = expect;
  work.contestants.push_back(std::move(*numpy));
  work.bars.push_back(
      {.text = fmt::format("{}: {}", task.name, batched ? "at least 5 times as fast as NumPy" : "as fast as NumPy"),
       .kind = Bar::Kind::AtLeast,
       .limit = batched ? 5.0 : 1.0,
       .subject = name,
       .against = {rival}});
}

}  // namespace

Workload linalg() {
  Workload workload{.id = "linalg",
                    .title = "factorisations",
                    .sizes = {64 * 64, 256 * 256, 512 * 512, kBatch},
                    .inputs = {"memory"}};
  workload.resident = 64;
  workload.make = [workload](Context& context, std::int64_t size, const std::string& kind) {
    const bool batched = size == kBatch;
    const auto side = batched ? kSmallSide : static_cast<std::int64_t>(std::sqrt(static_cast<double>(size)));
    const std::int64_t count = size / (side * side);
    const std::shared_ptr<Input> input =
        context.input(kind, batched ? ingot::Shape{count, side, side} : ingot::Shape{side, side});
    Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = count * side * side};
    work.shape = fmt::format("{} of {} x {}", count, side, side);
    work.bytes = 8.0 * static_cast<double>(work.n);
    work.limit = "read";
    work.tolerance = 1e-9;
    work.change = [=](std::int64_t repeat) {
      input->change(repeat, 0.125 + static_cast<double>(repeat % 4096) / 8192);
    };
    work.contestants.push_back(read_limit(input));
    for (const Task& task : tasks()) add_task(work, context, input, task, batched);
    return work;
  };
  return workload;
}

}  // namespace bench
