// The host and a CUDA device give the same bits: for every op, cast and reduction of every dtype, which a golden file
// lists (INGOT_UPDATE_GOLDEN=1 writes it), and for random graphs. Without a device, or the software GPU of
// tests/fake_cuda, all of this is skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "host/base/config.h"
#include "tests/oracle/complex.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

using oracle::Element;
using oracle::Wide;

class OnDevice {
 public:
  explicit OnDevice(int device) : before_(config().device.exchange(device)) {}
  ~OnDevice() { config().device = before_; }

 private:
  int before_;
};

// A leaf whose values take turns at what is special about the dtype, between random ones.
Item leaf(DType dtype, const Shape& shape, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Item item;
  item.dtype = dtype;
  item.shape = shape;
  item.values = Tensor(dtype, shape);
  const bool single = dtype == DType::Float32;
  const double infinity = std::numeric_limits<double>::infinity();
  const double special[] = {0.0,
                            -0.0,
                            1.0,
                            -1.0,
                            0.5,
                            infinity,
                            -infinity,
                            std::numeric_limits<double>::quiet_NaN(),
                            1e22,
                            2.5,
                            0x1.8p-20,
                            65519.0,
                            0x1p31,
                            -0x1p63,
                            single ? 0x1p-149 : 5e-324,
                            single ? 0x1p127 : 0x1p1023};
  std::uniform_real_distribution<double> reals(-100, 100);
  const int bits = 8 * static_cast<int>(itemsize(dtype));
  for (std::int64_t i = 0; i < item.values.size(); ++i) {
    Element value;
    if (is_floating(dtype))
      value = Element::real(random() % 3 == 0 ? special[random() % std::size(special)] : reals(random));
    else if (random() % 3 == 0)
      value = Element::integer(is_bool(dtype) ? static_cast<Wide>(random() % 2) : static_cast<Wide>(random() % 9) - 4);
    else
      value = Element::integer(is_bool(dtype) ? static_cast<Wide>(random() % 2)
                                              : static_cast<Wide>(random() >> (64 - bits)));
    item.values.set(i, oracle::fit(dtype, value));
  }
  return item;
}

// Calls that were compared, as lines "name: dtype dtype ...".
class List {
 public:
  void add(const std::string& call, DType dtype) {
    for (auto& [name, dtypes] : lines_)
      if (name == call) return dtypes.push_back(dtype);
    lines_.push_back({call, {dtype}});
  }
  std::string text() const {
    std::string text;
    for (const auto& [name, dtypes] : lines_) {
      text += name + ":";
      for (const DType dtype : dtypes) text += " " + std::string(short_name(dtype));
      text += "\n";
    }
    return text;
  }

 private:
  std::vector<std::pair<std::string, std::vector<DType>>> lines_;
};

// The roots' values, from arrays built for it.
std::vector<Tensor> evaluated(const Recipe& recipe, int device, Layout layout = Layout::Contiguous) {
  const OnDevice scope(device);
  const std::vector<Array> arrays = build(recipe, layout);
  std::vector<Array> roots;
  for (const int root : recipe.roots) roots.push_back(arrays[static_cast<std::size_t>(root)]);
  eval(roots);
  std::vector<Tensor> result;
  for (const Array& root : roots) result.push_back(oracle::values(root));
  return result;
}

// "" if both have the same bits.
std::string compared(const Recipe& recipe, const std::vector<std::string>& names, Layout layout = Layout::Contiguous) {
  const std::vector<Tensor> host = evaluated(recipe, kHost, layout), device = evaluated(recipe, 0, layout);
  std::string wrong;
  for (std::size_t k = 0; k < host.size(); ++k) {
    const std::int64_t i = first_difference(device[k], host[k]);
    if (i < 0) continue;
    wrong += (names.empty() ? "v" + std::to_string(recipe.roots[k]) : names[k]) + ": element " + std::to_string(i) +
             " is " + to_string(device[k].dtype, device[k][i]) + " on the device, " +
             to_string(host[k].dtype, host[k][i]) + " on the host\n";
  }
  return wrong;
}

// A recipe of calls on leaves; what the library refuses is left out.
class Calls {
 public:
  explicit Calls(std::vector<Item> leaves) { recipe_.items = std::move(leaves); }

  void add(const std::string& name, const Item& item) {
    Recipe alone;
    alone.items = recipe_.items;
    alone.items.resize(leaves_ == 0 ? leaves_ = recipe_.items.size() : leaves_);
    alone.items.push_back(item);
    try {
      build(alone, Layout::Contiguous);
    } catch (const TypeError&) {
      return;
    }
    recipe_.roots.push_back(static_cast<int>(recipe_.items.size()));
    recipe_.items.push_back(item);
    names.push_back(name);
  }
  const Recipe& recipe() const { return recipe_; }

  std::vector<std::string> names;

 private:
  Recipe recipe_;
  std::size_t leaves_ = 0;
};

class DeviceBits : public testing::Test {
  void SetUp() override {
    if (!is_available(Device::cuda())) GTEST_SKIP() << "no CUDA device, and not on the software one";
  }
};

void expect_list(const List& list, const std::string& file) {
  const std::string path = std::string(INGOT_TESTS_DIR) + "/golden/" + file;
  if (const char* update = std::getenv("INGOT_UPDATE_GOLDEN"); update != nullptr && *update != '\0' && *update != '0')
    std::ofstream(path) << list.text();
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(list.text(), expected.str()) << "what is compared is not what " << file << " says";
}

TEST_F(DeviceBits, AreTheHostsForEveryOpAndCast) {
  List list;
  for (const DType dtype : kDtypes) {
    const Shape shape{613};
    Calls calls({leaf(dtype, shape, 1), leaf(dtype, shape, 2), leaf(DType::Bool, shape, 3)});
    for (int k = 0; k < kOpCount; ++k) {
      const Op op = static_cast<Op>(k);
      if (!has_function(info(op).operands) || !has_body(op, is_half(dtype) ? DType::Float32 : dtype)) continue;
      Item item;
      item.make = Make::Elementwise;
      item.op = op;
      item.in = info(op).arity == 1   ? std::vector<int>{0}
                : info(op).arity == 2 ? std::vector<int>{0, 1}
                                      : std::vector<int>{2, 0, 1};
      calls.add(std::string(info(op).name), item);
    }
    for (const DType to : kDtypes) {
      Item item;
      item.make = Make::Cast;
      item.dtype = to;
      item.in = {0};
      calls.add("astype " + std::string(short_name(to)), item);
    }
    EXPECT_EQ(compared(calls.recipe(), calls.names), "") << name(dtype);
    for (const std::string& call : calls.names) list.add(call, dtype);
  }
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    Calls calls({leaf(dtype, {613}, 1), leaf(dtype, {613}, 2)});
    for (const Op op : oracle::complex_ops()) {
      Item item;
      item.make = Make::Complex;
      item.dtype = dtype;
      item.shape = {613};
      item.op = op;
      item.in = info(op).arity == 1 ? std::vector<int>{0, 1} : std::vector<int>{0, 1, 1, 0};
      for (const bool imag : {false, true}) {
        item.imag = imag;
        calls.add("complex " + std::string(info(op).name), item);
      }
    }
    EXPECT_EQ(compared(calls.recipe(), calls.names), "") << "complex, of " << name(dtype);
    for (std::size_t k = 0; k < calls.names.size(); k += 2) list.add(calls.names[k], dtype);
  }
  for (const DType dtype : kFloats) {
    const auto drawn = [&](int device) {
      const OnDevice scope(device);
      random::Generator g(7);
      std::vector<Tensor> numbers{oracle::values(g.uniform({5003}, -3.0, 5.0, dtype))};
      if (!is_half(dtype)) numbers.push_back(oracle::values(g.normal({5003}, 1.0, 2.0, dtype)));
      return numbers;
    };
    const std::vector<Tensor> there = drawn(0), here = drawn(kHost);
    for (std::size_t k = 0; k < there.size(); ++k) EXPECT_EQ(first_difference(there[k], here[k]), -1);
    list.add("random_uniform", dtype);
    if (!is_half(dtype)) list.add("random_normal", dtype);
  }
  const auto integers = [&](int device, std::int64_t bound) {
    const OnDevice scope(device);
    random::Generator g(7);
    return oracle::values(g.integers(0, bound, {5003}));
  };
  for (const std::int64_t bound : {std::int64_t{10}, std::int64_t{3} << 61})
    EXPECT_EQ(first_difference(integers(0, bound), integers(kHost, bound)), -1) << bound;
  list.add("random_integers", DType::Int64);
  expect_list(list, "device_ops.txt");
}

struct Reduced {
  Shape shape;
  Dims axes;
};

// In kernels of so many: more siblings than that have more states than there are registers.
constexpr int kTogether = 9;

void compare_reductions(std::span<const DType> dtypes, List& list) {
  const Reduced cases[] = {{{5003}, {0}}, {{7, 2100}, {1}}, {{300, 33}, {1}}, {{2100, 7}, {0}}, {{5, 130, 9}, {0, 2}}};
  for (const DType dtype : dtypes) {
    for (const Reduced& c : cases) {
      for (int first = 0; first < kReductionCount; first += kTogether) {
        Calls calls({leaf(dtype, c.shape, 4)});
        for (int k = first; k < std::min(first + kTogether, kReductionCount); ++k) {
          Item item;
          item.make = Make::Reduce;
          item.reduction = static_cast<Reduction>(k);
          item.axes = c.axes;
          item.in = {0};
          calls.add(kReductionNames[k], item);
        }
        EXPECT_EQ(compared(calls.recipe(), calls.names), "") << name(dtype) << " " << to_string(c.shape);
        for (const std::string& call : calls.names) list.add(call + " of " + to_string(c.shape), dtype);
      }
    }
  }
}

TEST_F(DeviceBits, AreTheHostsForReductions) {
  List list;
  constexpr DType kSome[] = {DType::Bool, DType::Int32, DType::Float32, DType::Float64};
  compare_reductions(kSome, list);
}

using LongDeviceBits = DeviceBits;

TEST_F(LongDeviceBits, AreTheHostsForEveryReduction) {
  List list;
  compare_reductions(kDtypes, list);
  expect_list(list, "device_reductions.txt");
}

void compare_graphs(std::uint64_t count) {
  int failures = 0;
  for (std::uint64_t seed = 1; seed <= count && failures < 5; ++seed) {
    const Recipe recipe = generate(seed, seed % 16 == 0 ? Size::Large : Size::Small);
    const std::string wrong = compared(recipe, {}, static_cast<Layout>(seed % kLayouts));
    if (wrong.empty()) continue;
    ADD_FAILURE() << print(recipe) << wrong;
    ++failures;
  }
}

TEST_F(DeviceBits, AreTheHostsForRandomGraphs) { compare_graphs(40); }
TEST_F(LongDeviceBits, AreTheHostsForThousandsOfRandomGraphs) { compare_graphs(2000); }

}  // namespace
}  // namespace ingot::tests
