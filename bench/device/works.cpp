#include "works.h"

#include <fmt/core.h>

#include <cmath>

#include <ingot/ingot.hpp>

#include "../peers/peer.h"

namespace bench {
namespace {

using ingot::Array;
using Kept = std::vector<Array>;
using Values = DeviceWork::Values;

// Operations of float64, a fused multiply-add counting as two. A device has no unit for square roots: an approximation
// and eight multiply-adds make one. A sine is 13 multiply-adds, two products and a difference.
constexpr double kRoot = 16, kSine = 29, kStep = kRoot + kSine + 1, kMoments = 5;

constexpr double kUlps = 2;

Array sqrt_sin(const Array& x) { return ingot::sqrt(x) + ingot::sin(x); }

Array chain(Array a) {
  for (int step = 0; step < kChainSteps; ++step) a = sqrt_sin(a);
  return a;
}

double affine(double x) { return x * 2 + 1; }

std::vector<Expected> one(double value) { return {{value, std::abs(value)}}; }

Values items(const Kept& kept) {
  Values values;
  for (const Array& a : kept) values.push_back(a.item<double>());
  return values;
}

/// A result as long as the input: its sum in every repeat, and each element once.
DeviceWork elementwise(std::string id, std::string title, std::string peer, double flops, Array (*ours)(const Array&),
                       reference::Map map) {
  DeviceWork work{.id = std::move(id), .title = std::move(title), .peer = std::move(peer), .flops = flops};
  work.limit = DeviceWork::Limit::Copy;
  work.run = [=](const DeviceInput& input, Kept& kept) { kept = {ours(input.array()).eval()}; };
  work.observe = [](const Kept& kept) { return Values{ingot::sum(kept[0]).item<double>()}; };
  work.expect = [=](const DeviceInput& input) {
    return one(static_cast<double>(reference::sums(input.host(), input.size(), map).sum));
  };
  work.check_all = [=](const DeviceInput& input, const Kept& kept) {
    const double worst = reference::worst(input.host(), kept[0].data<double>().data(), input.size(), map);
    return worst <= kUlps ? std::string() : fmt::format("{:g} ULP from plain scalar code at worst", worst);
  };
  return work;
}

/// One number.
DeviceWork reduction(std::string id, std::string title, std::string peer, double flops, Array (*ours)(const Array&),
                     reference::Map map, bool mean) {
  DeviceWork work{.id = std::move(id), .title = std::move(title), .peer = std::move(peer), .flops = flops};
  work.limit = flops > 2 * kStep ? DeviceWork::Limit::Arithmetic : DeviceWork::Limit::Read;
  work.run = [=](const DeviceInput& input, Kept& kept) { kept = {ours(input.array()).eval()}; };
  work.observe = items;
  work.expect = [=](const DeviceInput& input) {
    const reference::Sums sums = reference::sums(input.host(), input.size(), map);
    return one(mean ? sums.mean(input.size()) : static_cast<double>(sums.sum));
  };
  return work;
}

void moments(const Array& x, Kept& kept) {
  const Array y = sqrt_sin(x);
  kept = {ingot::mean(y), ingot::stddev(y), ingot::max(y)};
  ingot::eval(kept);
}

DeviceWork w5() {
  DeviceWork work{.id = "W5", .title = "{mean, stddev, max} of sqrt(x) + sin(x)", .peer = "moments"};
  work.limit = DeviceWork::Limit::Read;
  work.flops = kStep + kMoments;
  work.run = [](const DeviceInput& input, Kept& kept) { moments(input.array(), kept); };
  work.observe = items;
  work.expect = [](const DeviceInput& input) -> std::vector<Expected> {
    const reference::Sums sums = reference::sums(input.host(), input.size(), reference::sqrt_sin);
    const double mean = sums.mean(input.size()), stddev = sums.stddev(input.size());
    return {{mean, mean}, {stddev, stddev}, {sums.max, sums.max}};
  };
  return work;
}

/// Numbers that the device draws: the host draws the same.
DeviceWork w2_generated() {
  DeviceWork work{.id = "W2-drawn", .title = "the same of numbers drawn within it"};
  work.limit = DeviceWork::Limit::Arithmetic;
  work.flops = kChainSteps * kStep;
  work.judged = false;
  work.run = [](const DeviceInput& input, Kept& kept) {
    ingot::random::Generator generator(static_cast<std::uint64_t>(1 + input.set()));
    kept = {ingot::mean(chain(generator.uniform({input.size()}))).eval()};
  };
  work.observe = items;
  work.expect = [](const DeviceInput& input) {
    const Array numbers = ingot::random::Generator(static_cast<std::uint64_t>(1 + input.set())).uniform({input.size()});
    return one(reference::sums(numbers.data<double>().data(), input.size(), reference::chain).mean(input.size()));
  };
  return work;
}

std::vector<long double> axis_sums(const DeviceInput& input, int axis) {
  const std::int64_t rows = input.rows(), columns = input.size() / rows;
  std::vector<long double> sums(static_cast<std::size_t>(axis == 0 ? columns : rows), 0);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      sums[static_cast<std::size_t>(axis == 0 ? j : i)] += input.host()[i * columns + j];
  return sums;
}

Array matrix(const DeviceInput& input) {
  return ingot::reshape(input.array(), {input.rows(), input.size() / input.rows()});
}

std::string check_axis(const DeviceInput& input, int axis, const Array& sums) {
  const std::vector<long double> exact = axis_sums(input, axis);
  const std::vector<double> expected(exact.begin(), exact.end());
  const double worst =
      reference::worst_difference(sums.data<double>().data(), expected.data(), std::ssize(expected), 0);
  return worst <= 1e-13 ? std::string() : fmt::format("the sums over axis {} are {:g} off at worst", axis, worst);
}

DeviceWork axis_sum(int axis) {
  DeviceWork work{.id = fmt::format("axis{}", axis), .title = fmt::format("sum over axis {}", axis)};
  work.peer = fmt::format("sum_axis{}", axis);
  work.limit = DeviceWork::Limit::Read;
  work.flops = 1;
  work.run = [=](const DeviceInput& input, Kept& kept) { kept = {ingot::sum(matrix(input), axis).eval()}; };
  work.observe = [](const Kept& kept) { return Values{ingot::sum(kept[0]).item<double>()}; };
  work.expect = [](const DeviceInput& input) {
    return one(static_cast<double>(reference::sums(input.host(), input.size(), reference::identity).sum));
  };
  work.check_all = [=](const DeviceInput& input, const Kept& kept) { return check_axis(input, axis, kept[0]); };
  return work;
}

DeviceWork w6() {
  DeviceWork work{.id = "W6", .title = "a[:10, 5], axis sums, mean, stddev, transpose", .peer = "table"};
  work.limit = DeviceWork::Limit::Copy;
  work.flops = kMoments;
  work.judged = false;
  work.run = [](const DeviceInput& input, Kept& kept) {
    const Array a = matrix(input);
    // Views of an input are not computed unless something is done to them, and others copy them.
    kept = {a(ingot::Slice(0, 10), 5) * 1.0,
            ingot::sum(a, 0),
            ingot::sum(a, 1),
            a.T() * 1.0,
            ingot::mean(a),
            ingot::stddev(a)};
    ingot::eval(kept);
  };
  work.observe = [](const Kept& kept) {
    Values values;
    for (const Array& a : kept) values.push_back(a.ndim() == 0 ? a.item<double>() : ingot::sum(a).item<double>());
    return values;
  };
  work.expect = [](const DeviceInput& input) -> std::vector<Expected> {
    const reference::Sums sums = reference::sums(input.host(), input.size(), reference::identity);
    const std::int64_t columns = input.size() / input.rows();
    double slice = 0;
    for (std::int64_t i = 0; i < std::min<std::int64_t>(10, input.rows()); ++i) slice += input.host()[i * columns + 5];
    const auto sum = static_cast<double>(sums.sum);
    const double mean = sums.mean(input.size()), stddev = sums.stddev(input.size());
    return {{slice, slice}, {sum, sum}, {sum, sum}, {sum, sum}, {mean, mean}, {stddev, stddev}};
  };
  work.check_all = [](const DeviceInput& input, const Kept& kept) {
    for (const int axis : {0, 1})
      if (std::string wrong = check_axis(input, axis, kept[static_cast<std::size_t>(1 + axis)]); !wrong.empty())
        return wrong;
    const std::int64_t rows = input.rows(), columns = input.size() / rows;
    const double* const turned = kept[3].data<double>().data();
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j)
        if (turned[j * rows + i] != input.host()[i * columns + j])
          return fmt::format("the transpose is wrong at ({}, {})", j, i);
    return std::string();
  };
  return work;
}

}  // namespace

std::vector<DeviceWork> device_works() {
  return {
      elementwise("W1", "sqrt(x) + sin(x)", "sqrt_sin", kStep, sqrt_sin, reference::sqrt_sin),
      elementwise(
          "affine", "x * 2 + 1", "affine", 2, [](const Array& x) { return x * 2.0 + 1.0; }, affine),
      reduction(
          "sum", "sum(x)", "sum", 1, [](const Array& x) { return ingot::sum(x); }, reference::identity, false),
      reduction(
          "W3", "mean(sqrt(x))", "mean_sqrt", kRoot + 1, [](const Array& x) { return ingot::mean(ingot::sqrt(x)); },
          reference::root, true),
      reduction(
          "sum-w1", "sum(sqrt(x) + sin(x))", "sum_sqrt_sin", kStep + 1,
          [](const Array& x) { return ingot::sum(sqrt_sin(x)); }, reference::sqrt_sin, false),
      w5(),
      reduction(
          "W2", "mean of ten times sqrt(a) + sin(a)", "chain", kChainSteps * kStep,
          [](const Array& x) { return ingot::mean(chain(x)); }, reference::chain, true),
      w2_generated(),
      axis_sum(0),
      axis_sum(1),
      w6(),
  };
}

}  // namespace bench
