// softmax and layer_norm of float32 rows: each element from itself and reductions over its row, one read and one write.
#include <fmt/core.h>

#include <cmath>
#include <vector>

#include <ingot/ingot.hpp>

#include "../limits/limits.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr double kTolerance = 1e-5;  // of float32

using Row = std::vector<double>;

struct Rows {
  const char* name;  // of NumPy's work, and in messages
  std::int64_t columns, judged;
  double unit;  // what errors are relative to where a value is smaller: that of terms which may cancel
  Row (*reference)(const Row& row);
  ingot::Array (*compute)(const ingot::Array& x, const ingot::Array& weight, const ingot::Array& bias);
};

float weight(std::int64_t k, std::int64_t columns) {
  return static_cast<float>(k) / static_cast<float>(columns) + 0.5f;
}
float bias(std::int64_t k, std::int64_t columns) { return weight(k, columns) - 1.0f; }

const Rows kSoftmax{
    .name = "softmax",
    .columns = 448,
    .judged = 64 * 16 * 448 * 448,
    .unit = 0,
    .reference =
        [](const Row& row) {
          Row result;
          double largest = row[0], total = 0;
          for (const double v : row) largest = std::max(largest, v);
          for (const double v : row) result.push_back(std::exp(v - largest));
          for (const double v : result) total += v;
          for (double& v : result) v /= total;
          return result;
        },
    .compute = [](const ingot::Array& x, const ingot::Array&, const ingot::Array&) { return ingot::softmax(x); }};

const Rows kLayerNorm{.name = "layer_norm",
                      .columns = 4096,
                      .judged = 8192 * 4096,
                      .unit = 1,
                      .reference =
                          [](const Row& row) {
                            const auto n = static_cast<std::int64_t>(row.size());
                            double mean = 0, squares = 0;
                            for (const double v : row) mean += v / static_cast<double>(n);
                            for (const double v : row) squares += (v - mean) * (v - mean);
                            Row result;
                            for (std::int64_t k = 0; k < n; ++k)
                              result.push_back((row[static_cast<std::size_t>(k)] - mean) /
                                                   std::sqrt(squares / static_cast<double>(n) + 1e-5) * weight(k, n) +
                                               bias(k, n));
                            return result;
                          },
                      .compute = [](const ingot::Array& x, const ingot::Array& scale,
                                    const ingot::Array& shift) { return ingot::layer_norm(x, scale, shift); }};

/// The input's numbers in float32, made after each change, and what becomes of a row.
class Table {
 public:
  Table(std::shared_ptr<Input> input, const Rows& rows) : input_(std::move(input)), rows_(rows) {
    for (std::int64_t k = 0; k < rows.columns; ++k) {
      weights_.push_back(weight(k, rows.columns));
      biases_.push_back(bias(k, rows.columns));
    }
  }

  const float* refresh() {
    const double* const x = input_->open();
    values_.assign(x, x + input_->size());
    return values_.data();
  }
  ingot::Array array() { return ingot::from_host(refresh(), input_->shape()); }
  ingot::Array weights() const { return ingot::from_host(weights_.data(), {rows_.columns}); }
  ingot::Array biases() const { return ingot::from_host(biases_.data(), {rows_.columns}); }

  /// Of the changed element and of the first of its row.
  std::vector<Expected> expect() const {
    const std::int64_t row = input_->index() / rows_.columns;
    const Row expected = reference(input_->open() + row * rows_.columns);
    const double a = expected[static_cast<std::size_t>(input_->index() % rows_.columns)], b = expected[0];
    return {{a, size(a)}, {b, size(b)}};
  }
  std::vector<double> observe(const float* y) const {
    return {y[input_->index()], y[input_->index() / rows_.columns * rows_.columns]};
  }
  void check_all(const float* y) const {
    const double* const x = input_->open();
    for (std::int64_t first = 0; first < input_->size(); first += rows_.columns) {
      const Row expected = reference(x + first);
      for (std::int64_t k = 0; k < rows_.columns; ++k) {
        const double wanted = expected[static_cast<std::size_t>(k)], got = y[first + k];
        if (std::abs(got - wanted) <= kTolerance * size(wanted)) continue;
        throw WrongResult(fmt::format("{}: ingot has {} at {}; expected {}", rows_.name, got, first + k, wanted));
      }
    }
  }

 private:
  double size(double value) const { return std::max(std::abs(value), rows_.unit); }
  Row reference(const double* row) const {
    Row values;
    for (std::int64_t k = 0; k < rows_.columns; ++k) values.push_back(static_cast<float>(row[k]));
    return rows_.reference(values);
  }

  std::shared_ptr<Input> input_;
  const Rows& rows_;
  std::vector<float> values_, weights_, biases_;
};

Contestant ingot_contestant(const Rows& rows, const std::shared_ptr<Table>& table) {
  struct State {
    std::optional<ingot::Array> x, weight, bias, y;
    const float* values = nullptr;
  };
  const auto state = std::make_shared<State>();
  Contestant ours;
  ours.name = "ingot";
  ours.role = Role::Ours;
  ours.prepare = [=] {
    state->x.emplace(table->array());
    state->weight.emplace(table->weights());
    state->bias.emplace(table->biases());
  };
  ours.run = [=, &rows] {
    return clocked([&] {
      state->y.emplace(rows.compute(*state->x, *state->weight, *state->bias));
      state->values = state->y->data<float>().data();
    });
  };
  ours.observe = [=] { return table->observe(state->values); };
  ours.check_all = [=] { table->check_all(state->values); };
  ours.release = [=] { *state = {}; };
  return ours;
}

Workload workload_of(const Rows& rows) {
  Workload workload{.id = rows.name,
                    .title = fmt::format("{} of float32 rows", rows.name),
                    .sizes = {100 * rows.columns, rows.judged},
                    .inputs = {"memory"}};
  workload.resident = 48;
  workload.make = [workload, &rows](Context& context, std::int64_t size, const std::string& kind) {
    const std::int64_t count = std::max<std::int64_t>(1, size / rows.columns), n = count * rows.columns;
    const std::shared_ptr<Input> input = context.input(kind, {count, rows.columns});
    const auto table = std::make_shared<Table>(input, rows);
    const auto out = std::make_shared<Buffer>(n / 2);
    Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = n};
    work.shape = fmt::format("({}, {})", count, rows.columns);
    work.bytes = 8.0 * static_cast<double>(n);
    work.limit = "copy";
    work.tolerance = work.rival_tolerance = kTolerance;
    work.change = [=](std::int64_t repeat) { input->change(repeat, 1 + static_cast<double>(repeat % 4096) / 4096); };
    work.expect = [=] { return table->expect(); };
    work.contestants.push_back(ingot_contestant(rows, table));
    Contestant copy;
    copy.name = "copy";
    copy.role = Role::Limit;
    copy.run = [=] {
      const auto* const x = reinterpret_cast<const double*>(table->refresh());
      return clocked([&] { limits::copy(x, out->data(), n / 2); });
    };
    work.contestants.push_back(std::move(copy));
    if (add(work, numpy_contestant(context, input, rows.name)) && n == rows.judged)
      work.bars.push_back(
          {.text = "at least 8 times as fast as NumPy", .kind = Bar::Kind::AtLeast, .limit = 8, .against = {"numpy"}});
    return work;
  };
  return workload;
}

}  // namespace

Workload softmax() { return workload_of(kSoftmax); }
Workload layer_norm() { return workload_of(kLayerNorm); }

}  // namespace bench
