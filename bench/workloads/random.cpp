// Means of random numbers that are drawn and not stored: what a generator takes for each number. Rivals draw their own.
#include <fmt/core.h>

#include <algorithm>
#include <random>

#include <ingot/ingot.hpp>

#include "contestants.h"
#include "generated.h"
#include "workload.h"

namespace bench {
namespace {

/// One distribution: who draws it how, and the numpy_peer's name for it. Means are near `scale`, or within it.
struct Distribution {
  std::string name;
  double scale;
  ingot::Array (*ours)(ingot::random::Generator& generator, std::int64_t n);
  double (*standard)(std::mt19937_64& engine, std::int64_t n);
};

template <class Draw>
double mean_of(std::mt19937_64& engine, std::int64_t n, Draw draw) {
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) sum += static_cast<double>(draw(engine));
  return sum / static_cast<double>(n);
}

template <class T>
constexpr ingot::DType kReal = ingot::dtype_of<T>();

template <class T>
ingot::Array uniform(ingot::random::Generator& g, std::int64_t n) {
  return g.uniform({n}, 0, 1, kReal<T>);
}
template <class T>
ingot::Array normal(ingot::random::Generator& g, std::int64_t n) {
  return g.normal({n}, 0, 1, kReal<T>);
}
ingot::Array integers(ingot::random::Generator& g, std::int64_t n) { return g.integers(0, 1000, {n}); }

template <class D, auto... kParameters>
double standard(std::mt19937_64& engine, std::int64_t n) {
  return mean_of(engine, n, D(kParameters...));
}

const Distribution kDistributions[] = {
    {"uniform_float32", 1, uniform<float>, standard<std::uniform_real_distribution<float>>},
    {"uniform_float64", 1, uniform<double>, standard<std::uniform_real_distribution<double>>},
    {"normal_float32", 1, normal<float>, standard<std::normal_distribution<float>>},
    {"normal_float64", 1, normal<double>, standard<std::normal_distribution<double>>},
    {"integers", 1000, integers, standard<std::uniform_int_distribution<std::int64_t>, 0, 999>},
};

void add_contestants(Case& work, Context& context, const std::shared_ptr<Seeds>& seeds, const Distribution& drawn,
                     int number) {
  const std::int64_t n = work.n;
  const auto seed = seeds->current();
  const auto add_one = [&](const char* who, Role role, int whose, const std::function<double(std::uint64_t)>& mean,
                           const std::function<double(std::uint64_t)>& reference) {
    Contestant contestant;
    contestant.name = fmt::format("{} {}", who, drawn.name);
    contestant.ours = fmt::format("ingot {}", drawn.name);
    contestant.role = role;
    const auto value = std::make_shared<double>(0);
    contestant.run = [=] { return clocked([&] { *value = mean(static_cast<std::uint64_t>(*seed)); }); };
    contestant.observe = [=] { return std::vector{*value}; };
    contestant.expect = [=, scale = drawn.scale] {
      return seeds->results(whose, [&](std::uint64_t s) { return Seeds::Results{{reference(s), scale}}; });
    };
    work.contestants.push_back(std::move(contestant));
  };
  add_one(
      "ingot", Role::Ours, 2 * number,
      [=](std::uint64_t s) {
        ingot::random::Generator generator(s);
        return ingot::mean(drawn.ours(generator, n)).item<double>();
      },
      [=](std::uint64_t s) {
        ingot::random::Generator generator(s);
        const std::vector<double> numbers = drawn.ours(generator, n).to_vector<double>();
        long double sum = 0;
        for (const double x : numbers) sum += x;
        return static_cast<double>(sum / static_cast<long double>(n));
      });
  const auto by_standard = [=](std::uint64_t s) {
    std::mt19937_64 engine(s);
    return drawn.standard(engine, n);
  };
  add_one("std::mt19937_64", Role::Rival, 2 * number + 1, by_standard, by_standard);
  if (auto numpy = numpy_generated(context, fmt::format("{}_generated", drawn.name), n, seed)) {
    numpy->name = fmt::format("numpy {}", drawn.name);
    numpy->ours = fmt::format("ingot {}", drawn.name);
    work.contestants.push_back(std::move(*numpy));
  }
}

}  // namespace

Workload random_numbers() {
  Workload workload{.id = "random", .title = "mean of random numbers", .sizes = {10'000'000}, .inputs = {"generated"}};
  workload.resident = 16;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    const auto seeds = std::make_shared<Seeds>();
    Case work{.workload = workload.id, .title = workload.title, .input = input, .n = n};
    work.tolerance = 1e-6;  // of a sum in float32
    work.change = [=](std::int64_t repeat) { seeds->change(repeat); };
    int number = 0;
    for (const Distribution& drawn : kDistributions) {
      add_contestants(work, context, seeds, drawn, number++);
      if (context.numpy() == nullptr) continue;
      work.bars.push_back({.text = fmt::format("{}: at least twice as fast as NumPy", drawn.name),
                           .kind = Bar::Kind::AtLeast,
                           .limit = 2,
                           .subject = fmt::format("ingot {}", drawn.name),
                           .against = {fmt::format("numpy {}", drawn.name)}});
    }
    return work;
  };
  return workload;
}

}  // namespace bench
