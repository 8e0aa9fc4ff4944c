// A program as a user of the library writes it. Prints what it computed; fails if that is wrong, or if LLVM was asked
// for and its module was not found beside the library.
#include <ingot/ingot.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

int main() {
  try {
    ingot::zeros({2}) + ingot::zeros({3});
    return 1;
  } catch (const ingot::ShapeError& error) {
    std::printf("caught as it should be: %s\n", error.what());
  }

  std::vector<double> values(1000);
  double expected = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 0.5 * static_cast<double>(i);
    expected += std::sqrt(values[i]) + std::sin(values[i]);
  }

  const ingot::Array x = ingot::array(values);
  const double sum = ingot::sum(ingot::sqrt(x) + ingot::sin(x)).item<double>();

  const ingot::Stats stats = ingot::stats();
  const bool compiled = stats.compiles + stats.cache_hits > 0;
  std::printf("Ingot %s: sum %.6f, expected %.6f, %s\n", INGOT_VERSION, sum, expected,
              compiled ? "compiled" : "interpreted");
  const char* backend = std::getenv("INGOT_BACKEND");
  const bool wants_llvm = backend != nullptr && std::string_view(backend) == "llvm";
  return std::abs(sum - expected) < 1e-9 * expected && compiled == wants_llvm ? 0 : 1;
}
