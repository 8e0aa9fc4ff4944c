// Matrix products: square ones of float64 and float32, and shapes that a kernel for square ones serves badly.
#include <fmt/core.h>

#include <cmath>
#include <vector>

#include <ingot/ingot.hpp>

#include "../peers/products.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

struct Extents {
  std::int64_t batch, m, k, n;
};

struct Family {
  const char *id, *title;
  std::vector<std::int64_t> sizes;  // of the first operand
  Extents (*extents)(std::int64_t size);
  bool limited_by_flops;
};

std::int64_t side(std::int64_t size) { return std::llround(std::sqrt(static_cast<double>(size))); }
Extents square(std::int64_t size) { return {1, side(size), side(size), side(size)}; }

constexpr std::int64_t kLarge = 1024;
const std::vector<std::int64_t> kSquares{256 * 256, kLarge* kLarge, 2048 * 2048, 4096 * 4096};

template <class T>
constexpr const char* kName = sizeof(T) == 8 ? "float64" : "float32";

/// The operands, the first made of the input's numbers after each change, and what elements of the result must be.
template <class T>
class Operands {
 public:
  Operands(std::shared_ptr<Input> input, const Extents& e) : input_(std::move(input)), e_(e) {
    for (std::int64_t i = 0; i < e.batch * e.k * e.n; ++i)
      b_.push_back(static_cast<T>(static_cast<double>(i * 7919 % 1009) / 1009 - 0.5));
    c_.resize(static_cast<std::size_t>(e.batch * e.m * e.n));
  }

  void refresh() {
    const double* const x = input_->open();
    a_.assign(x, x + input_->size());
  }
  Product<T> product() { return {a_.data(), b_.data(), c_.data(), e_.batch, e_.m, e_.k, e_.n}; }
  ingot::Array left() const { return ingot::from_host(a_.data(), shape(e_.m, e_.k)); }
  ingot::Array right() const { return ingot::from_host(b_.data(), shape(e_.k, e_.n)); }

  /// The first and the last element of the row that the changed element is in.
  std::vector<Expected> expect() const {
    std::vector<Expected> list;
    const std::int64_t row = input_->index() / e_.k, matrix = row / e_.m;
    const double* const x = input_->open() + row * e_.k;
    for (const std::int64_t column : {std::int64_t{0}, e_.n - 1}) {
      Expected sum{0, 0};
      for (std::int64_t p = 0; p < e_.k; ++p) {
        const double term = static_cast<double>(static_cast<T>(x[p])) *
                            static_cast<double>(b_[static_cast<std::size_t>((matrix * e_.k + p) * e_.n + column)]);
        sum.value += term;
        sum.scale += std::abs(term);
      }
      list.push_back(sum);
    }
    return list;
  }
  std::vector<double> observe(const T* c) const {
    const std::int64_t row = input_->index() / e_.k;
    return {static_cast<double>(c[row * e_.n]), static_cast<double>(c[row * e_.n + e_.n - 1])};
  }

 private:
  ingot::Shape shape(std::int64_t rows, std::int64_t columns) const {
    return e_.batch == 1 ? ingot::Shape{rows, columns} : ingot::Shape{e_.batch, rows, columns};
  }

  std::shared_ptr<Input> input_;
  const Extents e_;
  std::vector<T> a_, b_, c_;
};

template <class T>
Contestant ingot_contestant(const std::shared_ptr<Operands<T>>& operands) {
  struct State {
    std::optional<ingot::Array> a, b, c;
    const T* values = nullptr;
  };
  const auto state = std::make_shared<State>();
  Contestant ours;
  ours.name = "ingot";
  ours.role = Role::Ours;
  ours.prepare = [=] {
    operands->refresh();
    state->a.emplace(operands->left());
    state->b.emplace(operands->right());
  };
  ours.run = [=] {
    return clocked([&] {
      state->c.emplace(ingot::matmul(*state->a, *state->b));
      state->values = state->c->template data<T>().data();
    });
  };
  ours.observe = [=] { return operands->observe(state->values); };
  ours.release = [=] { *state = {}; };
  return ours;
}

template <class T, class Multiply>
Contestant rival(const char* name, const std::shared_ptr<Operands<T>>& operands, Multiply multiply) {
  Contestant contestant;
  contestant.name = name;
  contestant.prepare = [=] { operands->refresh(); };
  contestant.run = [=] { return clocked([&] { multiply(operands->product()); }); };
  contestant.observe = [=] { return operands->observe(operands->product().c); };
  return contestant;
}

template <class T>
Workload workload_of(const Family& family) {
  Workload workload{.id = family.id, .title = family.title, .sizes = family.sizes, .inputs = {"memory"}};
  workload.resident = 96;
  workload.make = [workload, &family](Context& context, std::int64_t size, const std::string& kind) {
    const Extents e = family.extents(size);
    const std::shared_ptr<Input> input = context.input(kind, {e.batch * e.m, e.k});
    const auto operands = std::make_shared<Operands<T>>(input, e);
    Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = size};
    work.shape =
        fmt::format("{}({}, {}) ({}, {})", e.batch == 1 ? "" : fmt::format("{} x ", e.batch), e.m, e.k, e.k, e.n);
    work.bytes = static_cast<double>(sizeof(T)) * static_cast<double>(e.batch * (e.m * e.k + e.k * e.n + e.m * e.n));
    work.tolerance = work.rival_tolerance = sizeof(T) == 8 ? 1e-13 : 1e-5;
    work.change = [=](std::int64_t repeat) { input->change(repeat, 1 + static_cast<double>(repeat % 4096) / 4096); };
    work.expect = [=] { return operands->expect(); };
    work.contestants.push_back(ingot_contestant(operands));
    if (family.limited_by_flops) {
      work.flops = 2.0 * static_cast<double>(e.batch * e.m * e.k * e.n);
      work.contestants.push_back(flops_limit(sizeof(T) == 8 ? work.flops : work.flops / 2));
      if (e.m >= kLarge)
        work.bars.push_back(
            {.text = "at least 88 % of the peak of multiply-adds", .limit = 1 / 0.88, .against = {"fma peak"}});
    } else {
      work.contestants.push_back(read_limit(input));
    }
    work.limit = work.contestants.back().name;
    std::vector<std::string> rivals{"eigen"};
    work.contestants.push_back(rival("eigen", operands, [](const Product<T>& p) { eigen_product(p); }));
    operands->refresh();
    if (blis_product(operands->product())) {
      rivals.push_back("blis");
      work.contestants.push_back(rival("blis", operands, [](const Product<T>& p) { blis_product(p); }));
    }
    if (add(work,
            numpy_contestant(context, input, fmt::format("matmul {} {} {} {} {}", kName<T>, e.batch, e.m, e.k, e.n),
                             kRestOfBlas)))
      rivals.push_back("numpy");
    for (const std::string& name : rivals)
      work.bars.push_back({.text = fmt::format("at least 0.97 of the speed of {}", name),
                           .kind = Bar::Kind::AtLeast,
                           .limit = 0.97,
                           .against = {name}});
    return work;
  };
  return workload;
}

}  // namespace

std::vector<Workload> matrix_products() {
  static const Family squares64{"matmul_float64", "a @ b, float64", kSquares, square, true},
      squares32{"matmul_float32", "a @ b, float32", kSquares, square, true},
      vectors{"matmul_vector",
              "a matrix times a vector, float64",
              {4096 * 4096},
              [](std::int64_t size) { return Extents{1, side(size), side(size), 1}; },
              false},
      tall{"matmul_tall",
           "many rows times 8 columns, float64",
           {8'000'000},
           [](std::int64_t size) { return Extents{1, size / 8, 8, 8}; },
           false},
      wide{"matmul_wide",
           "8 rows of many terms, float64",
           {8'000'000},
           [](std::int64_t size) { return Extents{1, 8, size / 8, 8}; },
           false},
      batches{"matmul_batch",
              "batches of 8 x 8, float64",
              {6'400'000},
              [](std::int64_t size) { return Extents{size / 64, 8, 8, 8}; },
              false};
  std::vector<Workload> list{workload_of<double>(squares64), workload_of<float>(squares32)};
  for (const Family* const family : {&vectors, &tall, &wide, &batches}) list.push_back(workload_of<double>(*family));
  return list;
}

}  // namespace bench
