// sort(x) of random float64 and int32 numbers, negative ones among them.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include <ingot/ingot.hpp>

#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 10'000'000;

template <class T>
struct Kind;
template <>
struct Kind<double> {
  static constexpr const char* name = "float64";
  static double from(double x) { return x - 0.5; }
};
template <>
struct Kind<std::int32_t> {
  static constexpr const char* name = "int32";
  static std::int32_t from(double x) { return static_cast<std::int32_t>(std::floor((x - 0.5) * 0x1p32)); }
};

/// The numbers to sort, made of the input's after each change, and what they sorted must be.
template <class T>
class Numbered {
 public:
  explicit Numbered(std::shared_ptr<Input> input) : input_(std::move(input)) {
    refresh();
    sorted_ = values_;
    std::sort(sorted_.begin(), sorted_.end());
  }

  const std::vector<T>& values() const { return values_; }
  void refresh() {
    const double* const x = input_->open();
    values_.resize(static_cast<std::size_t>(input_->size()));
    std::transform(x, x + input_->size(), values_.begin(), Kind<T>::from);
  }

  /// Element k of the sorted numbers: those from before any change, but one that was taken out and one put in.
  T expected(std::int64_t k) const {
    const auto at = [&](std::int64_t i) { return sorted_[static_cast<std::size_t>(i)]; };
    const T gone = Kind<T>::from(input_->original()), fresh = Kind<T>::from(input_->value());
    const std::int64_t out = std::lower_bound(sorted_.begin(), sorted_.end(), gone) - sorted_.begin();
    const std::int64_t in =
        std::lower_bound(sorted_.begin(), sorted_.end(), fresh) - sorted_.begin() - (gone < fresh ? 1 : 0);
    if (k == in) return fresh;
    const std::int64_t i = k < in ? k : k - 1;
    return at(i < out ? i : i + 1);
  }

  std::vector<Expected> expect() const {
    std::vector<Expected> list;
    for (const std::int64_t k : places()) {
      const auto value = static_cast<double>(expected(k));
      list.push_back({value, std::abs(value)});
    }
    return list;
  }
  std::vector<double> observe(const T* got) const {
    std::vector<double> list;
    for (const std::int64_t k : places()) list.push_back(static_cast<double>(got[k]));
    return list;
  }
  void check_all(const char* who, const T* got) const {
    for (std::int64_t k = 0; k < input_->size(); ++k)
      if (got[k] != expected(k))
        throw WrongResult(
            fmt::format("sort {}: {} has {} at {}; expected {}", Kind<T>::name, who, got[k], k, expected(k)));
  }

 private:
  std::vector<std::int64_t> places() const {
    const std::int64_t n = input_->size();
    return {0, n / 3, n / 2, n - 1};
  }

  std::shared_ptr<Input> input_;
  std::vector<T> values_, sorted_;
};

template <class T>
std::string named(const char* who) {
  return fmt::format("{} {}", who, Kind<T>::name);
}

template <class T>
void add_contestants(Case& work, Context& context, const std::shared_ptr<Input>& input) {
  const auto numbers = std::make_shared<Numbered<T>>(input);
  struct State {
    std::optional<ingot::Array> x, y;
    std::vector<T> copy;
  };
  const auto state = std::make_shared<State>();

  Contestant ours;
  ours.name = named<T>("ingot");
  ours.role = Role::Ours;
  ours.prepare = [=] {
    numbers->refresh();
    state->x.emplace(ingot::from_host(numbers->values().data(), {input->size()}));
  };
  ours.run = [=] {
    return clocked([&] {
      state->y.emplace(ingot::sort(*state->x));
      state->y->eval();
    });
  };
  ours.expect = [=] { return numbers->expect(); };
  ours.observe = [=] { return numbers->observe(state->y->template data<T>().data()); };
  ours.check_all = [=] { numbers->check_all("ingot", state->y->template data<T>().data()); };
  ours.release = [=] {
    state->y.reset();
    state->x.reset();
  };
  work.contestants.push_back(std::move(ours));

  Contestant standard;
  standard.name = named<T>("std::sort");
  standard.ours = named<T>("ingot");
  standard.prepare = [=] {
    numbers->refresh();
    state->copy = numbers->values();
  };
  standard.run = [=] { return clocked([&] { std::sort(state->copy.begin(), state->copy.end()); }); };
  standard.expect = [=] { return numbers->expect(); };
  standard.observe = [=] { return numbers->observe(state->copy.data()); };
  standard.check_all = [=] { numbers->check_all("std::sort", state->copy.data()); };
  work.contestants.push_back(std::move(standard));

  const bool is_judged = work.n == kJudged;
  if (is_judged) {
    work.bars.push_back({.text = fmt::format("{}: at least 3 times as fast as std::sort", Kind<T>::name),
                         .kind = Bar::Kind::AtLeast,
                         .limit = 3,
                         .subject = named<T>("ingot"),
                         .against = {named<T>("std::sort")}});
  }
  auto numpy = numpy_contestant(context, input, fmt::format("sort_{}", Kind<T>::name));
  if (!numpy) return;
  numpy->name = named<T>("numpy");
  numpy->ours = named<T>("ingot");
  numpy->expect = [=] { return numbers->expect(); };
  work.contestants.push_back(std::move(*numpy));
  if (is_judged) {
    work.bars.push_back({.text = fmt::format("{}: at least twice as fast as NumPy", Kind<T>::name),
                         .kind = Bar::Kind::AtLeast,
                         .limit = 2,
                         .subject = named<T>("ingot"),
                         .against = {named<T>("numpy")}});
  }
}

}  // namespace

Workload sort() {
  Workload workload{.id = "sort", .title = "sort(x)", .sizes = {10'000, 1'000'000, kJudged}, .inputs = {"memory"}};
  workload.resident = 96;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& kind) {
    const std::shared_ptr<Input> input = context.input(kind, {n});
    Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = n};
    work.bytes = 16.0 * static_cast<double>(n);
    work.limit = "copy";
    work.change = [=](std::int64_t repeat) {
      input->change(repeat, 0.125 + static_cast<double>(repeat % 4096) / 8192);
    };
    work.contestants.push_back(copy_limit(input, std::make_shared<Buffer>(n)));
    add_contestants<double>(work, context, input);
    add_contestants<std::int32_t>(work, context, input);
    return work;
  };
  return workload;
}

}  // namespace bench
