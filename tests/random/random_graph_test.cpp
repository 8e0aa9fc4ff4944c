// Thousands of random graphs. Each is evaluated fused, then with every item as a result, then with its leaves in
// another layout and each root alone. All give the same bits; and every item and every recorded node is right for the
// values of its inputs.
//
// INGOT_RANDOM_GRAPHS sets the number of graphs, INGOT_RANDOM_SEED the first seed: a failure prints the seed to come
// back to.
#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/exec/row_bytes.h"
#include "tests/oracle/recording.h"
#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

constexpr std::uint64_t kGraphs = 4000;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string differs(const Tensor& got, const Tensor& expected) {
  if (got.dtype != expected.dtype || !(got.shape == expected.shape)) return "another dtype or shape";
  const std::int64_t i = first_difference(got, expected);
  if (i < 0) return "";
  return "element " + std::to_string(i) + " is " + to_string(got.dtype, got[i]) + ", not " +
         to_string(got.dtype, expected[i]);
}

std::vector<Array> roots_of(const Recipe& recipe, const std::vector<Array>& arrays) {
  std::vector<Array> roots;
  for (int root : recipe.roots) roots.push_back(arrays[static_cast<std::size_t>(root)]);
  return roots;
}

std::vector<Tensor> tensors(const std::vector<Array>& arrays) {
  std::vector<Tensor> result;
  for (const Array& array : arrays) result.push_back(oracle::values(array));
  return result;
}

std::vector<Tensor> together(const Recipe& recipe, Layout layout) {
  const std::vector<Array> roots = roots_of(recipe, build(recipe, layout));
  eval(roots);
  return tensors(roots);
}

// Each root alone: evaluated before the next is asked for, in a graph that was built for it.
std::vector<Tensor> alone(const Recipe& recipe, Layout layout) {
  std::vector<Tensor> result;
  for (int root : recipe.roots) result.push_back(oracle::values(build(recipe, layout)[static_cast<std::size_t>(root)]));
  return result;
}

// What is wrong with a recipe, or "". `culprit` is the item it was found at, if any.
std::string wrong_shapes(const Recipe& recipe, const std::vector<Array>& arrays, int& culprit) {
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const Item& item = recipe.items[i];
    if (arrays[i].dtype() == item.dtype && arrays[i].shape() == item.shape) continue;
    culprit = static_cast<int>(i);
    return "is " + std::string(ingot::name(arrays[i].dtype())) + " " + to_string(arrays[i].shape());
  }
  return "";
}

std::string wrong_items(const Recipe& recipe, const std::vector<Tensor>& values, int& culprit) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::vector<const Item*> inputs;
    std::vector<const Tensor*> in;
    for (int input : recipe.items[i].in) {
      inputs.push_back(&recipe.items[static_cast<std::size_t>(input)]);
      in.push_back(&values[static_cast<std::size_t>(input)]);
    }
    const std::string wrong = judge(recipe.items[i], inputs, in, values[i]);
    if (wrong.empty()) continue;
    culprit = static_cast<int>(i);
    return wrong;
  }
  return "";
}

std::string wrong_bits(const Recipe& recipe, const std::vector<Tensor>& got, const std::vector<Tensor>& expected,
                       const std::string& how, int& culprit) {
  for (std::size_t i = 0; i < got.size(); ++i) {
    const std::string wrong = differs(got[i], expected[i]);
    if (wrong.empty()) continue;
    culprit = recipe.roots[i];
    return how + ": " + wrong;
  }
  return "";
}

std::string wrong(const Recipe& recipe, Layout layout, int& culprit) {
  const std::vector<Tensor> fused = together(recipe, Layout::Contiguous);

  const std::vector<Array> arrays = build(recipe, Layout::Contiguous);
  if (auto text = wrong_shapes(recipe, arrays, culprit); !text.empty()) return text;
  const oracle::Recording recording(arrays);
  const std::vector<Tensor> nodes = recording.evaluate_in_library();
  const std::vector<Tensor> items = tensors(arrays);
  if (auto text = wrong_items(recipe, items, culprit); !text.empty()) return text;
  if (auto text = recording.judge(nodes); !text.empty()) return text;
  if (auto text = wrong_bits(recipe, fused, tensors(roots_of(recipe, arrays)), "fused", culprit); !text.empty())
    return text;
  return wrong_bits(recipe, alone(recipe, layout), fused, std::string("alone, ") + name(layout), culprit);
}

std::string attempt(const Recipe& recipe, Layout layout, int& culprit) {
  try {
    return wrong(recipe, layout, culprit);
  } catch (const std::exception& error) {
    return std::string("throws ") + error.what();
  }
}

// Only the items that the culprit needs, if they alone still fail.
void report(const Recipe& recipe, Layout layout, const std::string& text, int culprit) {
  std::string message = print(recipe) + (culprit >= 0 ? "v" + std::to_string(culprit) + ": " : "") + text;
  const int last = static_cast<int>(recipe.items.size()) - 1;
  for (int item = 0; item <= last; ++item) {
    if (recipe.items[static_cast<std::size_t>(item)].make == Make::Scalar) continue;
    const Recipe smaller = restrict_to(recipe, item);
    int place = -1;
    const std::string still = attempt(smaller, layout, place);
    if (still.empty()) continue;
    message += "\nand by itself:\n" + print(smaller) + (place >= 0 ? "v" + std::to_string(place) + ": " : "") + still;
    break;
  }
  ADD_FAILURE() << message;
}

void run(std::uint64_t count, Size size) {
  const std::uint64_t first = setting("INGOT_RANDOM_SEED", 1);
  int failures = 0;
  for (std::uint64_t seed = first; seed < first + count && failures < 5; ++seed) {
    const Recipe recipe = generate(seed, size);
    const auto layout = static_cast<Layout>(seed % kLayouts);
    int culprit = -1;
    const std::string text = attempt(recipe, layout, culprit);
    if (text.empty()) continue;
    report(recipe, layout, text, culprit);
    ++failures;
  }
}

TEST(RandomGraphs, MeanWhatTheyRecord) { run(setting("INGOT_RANDOM_GRAPHS", kGraphs), Size::Small); }

TEST(RandomGraphs, MeanWhatTheyRecordAtSizesThatThreadsShare) {
  run(setting("INGOT_RANDOM_GRAPHS", kGraphs) / 800, Size::Large);
}

TEST(LongRandomGraphs, MeanWhatTheyRecordAtSizesThatThreadsShare) {
  run(setting("INGOT_RANDOM_GRAPHS", kGraphs) / 100, Size::Large);
}

TEST(RandomGraphs, KeepTheirBitsForAnyNumberOfThreads) {
  const int before = num_threads();
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Recipe recipe = generate(seed, Size::Large);
    set_num_threads(1);
    const std::vector<Tensor> one = together(recipe, Layout::Contiguous);
    for (int threads : {2, 3, 8}) {
      set_num_threads(threads);
      int culprit = -1;
      const std::string text = wrong_bits(recipe, together(recipe, Layout::Contiguous), one, "threads", culprit);
      EXPECT_EQ(text, "") << threads << " threads, v" << culprit << "\n" << print(recipe);
    }
  }
  set_num_threads(before);
}

// Kernels over the same rows run block by block where a row is small enough.
TEST(RandomGraphs, KeepTheirBitsWhereRowsAreTooLong) {
  for (std::uint64_t seed = 1; seed <= setting("INGOT_RANDOM_GRAPHS", kGraphs) / 10; ++seed) {
    const Recipe recipe = generate(seed, seed % 20 == 0 ? Size::Large : Size::Small);
    const std::vector<Tensor> in_blocks = together(recipe, Layout::Contiguous);
    for (const std::int64_t bytes : {0, 100, 3000}) {
      const WithRowBytes limit(bytes);
      int culprit = -1;
      const std::string text =
          wrong_bits(recipe, together(recipe, Layout::Contiguous), in_blocks, "shorter rows", culprit);
      ASSERT_EQ(text, "") << "v" << culprit << "\n" << print(recipe);
    }
  }
}

TEST(RandomGraphs, KeepTheirBitsInEveryLayout) {
  for (std::uint64_t seed = 1; seed <= setting("INGOT_RANDOM_GRAPHS", kGraphs) / 20; ++seed) {
    const Recipe recipe = generate(seed);
    const std::vector<Tensor> contiguous = together(recipe, Layout::Contiguous);
    for (int layout = 1; layout < kLayouts; ++layout) {
      int culprit = -1;
      const auto got = together(recipe, static_cast<Layout>(layout));
      const std::string text = wrong_bits(recipe, got, contiguous, name(static_cast<Layout>(layout)), culprit);
      ASSERT_EQ(text, "") << "v" << culprit << "\n" << print(recipe);
    }
  }
}

}  // namespace
}  // namespace ingot::tests
