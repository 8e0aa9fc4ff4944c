// W2's chain on stored numbers with fast_math and without: the time of each, and what one step of each errs by.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <ingot/ingot.hpp>

#include "reduction.h"

namespace bench {
namespace {

ingot::Array step(const ingot::Array& a) { return ingot::sqrt(a) + ingot::sin(a); }

ingot::Array mean_of_chain(ingot::Array a) {
  for (int k = 0; k < kChainSteps; ++k) a = step(a);
  return ingot::mean(a);
}

// Largest distance of sqrt(x) + sin(x) from long double's, in units of the last place, over `count` numbers.
double error_of(ingot::Array (*made)(const ingot::Array&), const double* x, std::int64_t count) {
  const ingot::Array results = made(ingot::array(std::span(x, static_cast<std::size_t>(count))));
  const std::span<const double> got = results.data<double>();
  double most = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const long double wide = x[i], exact = std::sqrt(wide) + std::sin(wide);
    const int exponent =
        std::max(std::ilogb(static_cast<double>(exact)), std::numeric_limits<double>::min_exponent - 1);
    most = std::max(most, static_cast<double>(std::fabs(std::scalbn(got[i] - exact, 52 - exponent))));
  }
  return most;
}

}  // namespace

Workload fast() {
  Workload workload{.id = "fast",
                    .title = "mean of ten times sqrt(a) + sin(a), fast_math",
                    .sizes = {1'000'000, 10'000'000},
                    .inputs = {"memory"}};
  workload.resident = 40;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& kind) {
    const std::shared_ptr<Input> input = context.input(kind, {n});
    const double* const x = input->open();
    const reference::Sums base = reference::sums(x, n, reference::chain);
    const std::int64_t some = std::min<std::int64_t>(n, 1'000'000);
    const double exact_error = error_of([](const ingot::Array& a) { return step(a); }, x, some);
    const double fast_error = error_of([](const ingot::Array& a) { return ingot::fast_math(step(a)); }, x, some);

    Case work{.workload = workload.id,
              .title = fmt::format("{}: a step errs by {:.2f} ulp, by {:.2f} without", workload.title, fast_error,
                                   exact_error),
              .input = kind,
              .n = n};
    work.change = [=](std::int64_t repeat) {
      input->change(repeat, std::pow(10.0, -300.0 + 2.0 * static_cast<double>(repeat % 64)));
    };
    work.expect = [=] {
      const reference::Sums sums = base.replaced(reference::chain(input->original()), reference::chain(input->value()));
      const double value = static_cast<double>(sums.sum / static_cast<double>(n));
      return std::vector<Expected>{{value, std::abs(value)}};
    };
    work.contestants.push_back(ours(
        input, [](const ingot::Array& a) { return std::vector{ingot::fast_math(mean_of_chain(a)).item<double>()}; }));
    work.contestants.push_back(
        ours(input, [](const ingot::Array& a) { return std::vector{mean_of_chain(a).item<double>()}; }, "exact"));
    work.bars.push_back({.text = "faster than without fast_math", .limit = 1, .against = {"exact"}});
    return work;
  };
  return workload;
}

}  // namespace bench
