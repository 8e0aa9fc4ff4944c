#include "tests/device/mixed_program.h"

namespace ingot::tests {
namespace {

constexpr std::int64_t kRows = 200, kColumns = 200;  // 320 KB of float64: through pinned memory

std::vector<double> numbers(std::size_t count, std::size_t period) {
  std::vector<double> list(count);
  for (std::size_t i = 0; i < count; ++i) list[i] = 0.37 * static_cast<double>(i % period);
  return list;
}

struct Arrays {
  std::vector<double> values = numbers(kRows * kColumns, 997), many = numbers(700'000, 1009);
  Array x = from_host(values.data(), {kRows, kColumns});
  Array large = from_host(many.data(), {700'000});  // 5.6 MB: several pinned slots
  Array y = sqrt(x) + sin(x), z = x * 2.0, w = x + 3.0, total = sum(z);
};

}  // namespace

std::vector<Step> mixed_program() {
  const auto a = std::make_shared<Arrays>();
  const auto values = [](const Array& array) { return array.to_vector<double>(); };
  return {
      {"elementwise",
       [=] {
         a->y.eval();
         return std::vector<double>();
       }},
      {"rows", [=] { return values(sum(a->y, 1)); }},
      {"columns", [=] { return values(mean(a->y, 0)); }},
      {"all axes and a second result",
       [=] {
         eval({a->z, a->total});
         return std::vector<double>{a->total.item<double>(), max(a->z).item<double>()};
       }},
      {"a large result on the host", [=] { return values(a->y); }},
      {"views", [=] { return values(a->y.T()(Slice(0, 20), Slice(3, 190, 7)) + 1.0); }},
      {"a large array to the device",
       [=] {
         const Device device = default_device();
         return values(sum(reshape(to(a->large, device)(Slice(0, 5000)), {50, 100}), 1));
       }},
      {"into the caller's memory",
       [=] {
         std::vector<double> out(a->values.size());
         eval_into(a->y - a->x, out.data());
         return out;
       }},
      {"memory of arrays that are gone",
       [=] {
         a->z = Array(0.0);
         return std::vector<double>{min(a->w.eval()).item<double>()};
       }},
      {"mixed axes", [=] { return values(sum(reshape(a->w, {20, 10, kColumns}), {0, 2})); }},
      {"small integers",
       [=] {
         const Array small = astype(a->x(Slice(0, 4)), DType::Int32) % 7;
         return values(sum(small == 3, 0));
       }},
      {"earlier results", [=] { return std::vector<double>{stddev(a->y * a->w).item<double>()}; }},
  };
}

}  // namespace ingot::tests
