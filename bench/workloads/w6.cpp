// A matrix of normal numbers: a[:10, 5], the sums over either axis, mean, standard deviation and the transpose, all
// stored.
#include <fmt/core.h>

#include <cmath>

#include <ingot/ingot.hpp>

#include "../harness/reference.h"
#include "contestants.h"
#include "workload.h"

namespace bench {
namespace {

constexpr std::int64_t kSliced = 10, kSlicedColumn = 5;

/// Memory for a rival's results.
struct Results {
  Results(std::int64_t rows, std::int64_t columns)
      : slice(kSliced),
        by_column(columns),
        by_row(rows),
        transposed(rows * columns),
        table{slice.data(), by_column.data(), by_row.data(), transposed.data(), 0, 0} {}

  Buffer slice, by_column, by_row, transposed;
  TableResult table;
};

/// What any contestant arrived at, to be looked at in one way.
struct View {
  const double *slice, *by_column, *by_row, *transposed;
  double mean, stddev;
};

/// The values that a change of one element moves.
class Reference {
 public:
  Reference(std::shared_ptr<Input> input, std::int64_t rows, std::int64_t columns)
      : input_(std::move(input)),
        rows_(rows),
        columns_(columns),
        by_column_(static_cast<std::size_t>(columns), 0),
        by_row_(static_cast<std::size_t>(rows), 0) {
    const double* x = input_->open();
    for (std::int64_t i = 0; i < rows; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        const double v = x[i * columns + j];
        by_column_[static_cast<std::size_t>(j)] += v;
        by_row_[static_cast<std::size_t>(i)] += v;
        if (i < kSliced && j == kSlicedColumn) slice_ += v;
        size_ += std::abs(v);
      }
    }
    sums_ = reference::sums(x, rows * columns, reference::identity);
  }

  std::vector<Expected> expect() const {
    const long double moved = static_cast<long double>(input_->value()) - input_->original();
    const bool sliced = column() == kSlicedColumn && row() < kSliced;
    const reference::Sums sums = sums_.replaced(input_->original(), input_->value());
    const auto n = rows_ * columns_;
    const double big = std::abs(input_->value());
    return {{static_cast<double>(slice_ + (sliced ? moved : 0)), big},
            {static_cast<double>(by_column_[static_cast<std::size_t>(column())] + moved),
             big + size_ / static_cast<double>(columns_)},
            {static_cast<double>(by_row_[static_cast<std::size_t>(row())] + moved),
             big + size_ / static_cast<double>(rows_)},
            {input_->value(), big},
            {sums.mean(n), size_ / static_cast<double>(n)},
            {sums.stddev(n), sums.stddev(n)}};
  }

  std::vector<double> observe(const View& v) const {
    double slice = 0;
    for (std::int64_t i = 0; i < kSliced; ++i) slice += v.slice[i];
    return {slice, v.by_column[column()], v.by_row[row()], v.transposed[column() * rows_ + row()], v.mean, v.stddev};
  }

  void check_all(const std::string& name, const View& v, double tolerance) const {
    const double* x = input_->open();
    std::vector<double> columns(by_column_.begin(), by_column_.end()), rows(by_row_.begin(), by_row_.end());
    columns[static_cast<std::size_t>(column())] += input_->value() - input_->original();
    rows[static_cast<std::size_t>(row())] += input_->value() - input_->original();
    const double scale = std::abs(input_->value()) + size_ / static_cast<double>(std::max(rows_, columns_));
    double worst = std::max(reference::worst_difference(v.by_column, columns.data(), columns_, scale),
                            reference::worst_difference(v.by_row, rows.data(), rows_, scale));
    for (std::int64_t i = 0; i < rows_; ++i) {
      for (std::int64_t j = 0; j < columns_; ++j) {
        if (v.transposed[j * rows_ + i] != x[i * columns_ + j]) worst = HUGE_VAL;
      }
    }
    for (std::int64_t i = 0; i < kSliced; ++i) {
      if (v.slice[i] != x[i * columns_ + kSlicedColumn]) worst = HUGE_VAL;
    }
    if (worst <= tolerance) return;
    throw WrongResult(fmt::format("W6 ({} x {}): {} is {:g} from plain scalar code at worst; the tolerance is {:g}",
                                  rows_, columns_, name, worst, tolerance));
  }

 private:
  std::int64_t row() const { return input_->index() / columns_; }
  std::int64_t column() const { return input_->index() % columns_; }

  std::shared_ptr<Input> input_;
  std::int64_t rows_, columns_;
  std::vector<long double> by_column_, by_row_;
  long double slice_ = 0;
  double size_ = 0;
  reference::Sums sums_;
};

Contestant ingot_contestant(const std::shared_ptr<Input>& input, const std::shared_ptr<Reference>& expected) {
  struct State {
    std::optional<ingot::Array> x;
    std::vector<ingot::Array> results;
    View view{};
  };
  auto state = std::make_shared<State>();
  Contestant contestant;
  contestant.name = "ingot";
  contestant.role = Role::Ours;
  contestant.prepare = [=] { state->x.emplace(input->array()); };
  contestant.run = [=] {
    return clocked([&] {
      const ingot::Array& x = *state->x;
      state->results = {x(ingot::Slice(0, kSliced), kSlicedColumn),
                        ingot::sum(x, 0),
                        ingot::sum(x, 1),
                        x.T(),
                        ingot::mean(x),
                        ingot::stddev(x)};
      ingot::eval(state->results);
      const auto& r = state->results;
      state->view = {r[0].data<double>().data(), r[1].data<double>().data(), r[2].data<double>().data(),
                     r[3].data<double>().data(), r[4].item<double>(),        r[5].item<double>()};
    });
  };
  contestant.observe = [=] { return expected->observe(state->view); };
  contestant.check_all = [=] { expected->check_all("ingot", state->view, 1e-13); };
  contestant.release = [=] {
    state->results.clear();
    state->x.reset();
  };
  return contestant;
}

Case make(Context& context, const Workload& workload, std::int64_t size, const std::string& kind) {
  const auto rows = std::max(kSliced, static_cast<std::int64_t>(std::sqrt(0.4 * static_cast<double>(size))));
  const std::int64_t columns = std::max(kSlicedColumn + 1, size / rows), n = rows * columns;
  const std::shared_ptr<Input> input = context.input(kind, {rows, columns}, Numbers::Normal);
  const auto expected = std::make_shared<Reference>(input, rows, columns);

  Case work{.workload = workload.id, .title = workload.title, .input = kind, .n = n};
  work.shape = fmt::format("({}, {})", rows, columns);
  work.bytes = 16.0 * static_cast<double>(n);
  work.limit = "copy";
  work.change = [=](std::int64_t repeat) { input->change(repeat, large_value(repeat)); };
  work.expect = [=] { return expected->expect(); };
  work.contestants.push_back(ingot_contestant(input, expected));
  work.contestants.push_back(copy_limit(input, std::make_shared<Buffer>(n)));
  const auto results = std::make_shared<Results>(rows, columns);
  for (int i = 0; i < kPeers; ++i) {
    const Peer& peer = *peers(i);
    const auto view = [=] {
      const TableResult& t = results->table;
      return View{t.slice, t.columns, t.rows, t.transposed, t.mean, t.stddev};
    };
    Contestant rival = reader(peer.name, Role::Rival, input,
                              [=, &peer](const double* x) { peer.table(x, rows, columns, results->table); });
    rival.observe = [=] { return expected->observe(view()); };
    rival.check_all = [=, &peer] { expected->check_all(peer.name, view(), 1e-11); };
    work.contestants.push_back(std::move(rival));
  }
  add(work, numpy_contestant(context, input, "table"));
  add_eigen_bar(work);
  return work;
}

}  // namespace

Workload w6() {
  Workload workload{.id = "W6",
                    .title = "a[:10, 5], axis sums, mean, stddev, transpose",
                    .sizes = {100'000, 1'000'000, 10'000'000},
                    .inputs = {"memory", "npy"}};
  workload.resident = 56;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    return make(context, workload, n, input);
  };
  return workload;
}

}  // namespace bench
