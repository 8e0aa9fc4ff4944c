#include "tests/api/special_cases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "host/graph/op.h"
#include "ingot/ingot.hpp"

namespace ingot::tests {
namespace {

struct Function {
  const char* name;
  Array (*call)(const Array& x1, const Array& x2);
};

constexpr Function kFunctions[] = {
#define INGOT_CALL_1(name) name(x1)
#define INGOT_CALL_2(name) name(x1, x2)
#define INGOT_CALL_3(name) name(x1, x2, x2)
#define INGOT_FUNCTION(name, arity) \
  {#name, [](const Array& x1, [[maybe_unused]] const Array& x2) { return INGOT_CALL_##arity(name); }},
#define INGOT_FUNCTION_Any INGOT_FUNCTION
#define INGOT_FUNCTION_Number INGOT_FUNCTION
#define INGOT_FUNCTION_Float INGOT_FUNCTION
#define INGOT_FUNCTION_Bool INGOT_FUNCTION
#define INGOT_FUNCTION_Integral(...)
#define INGOT_FUNCTION_Integer(...)
#define INGOT_FUNCTION_Index(...)
#define INGOT_FUNCTION_Fast(...)
#define INGOT_OP(name, arity, operands, ...) INGOT_FUNCTION_##operands(name, arity)
#include "kernels/ops.def"
};

const Function* find(const std::string& name) {
  for (const Function& f : kFunctions)
    if (name == f.name) return &f;
  return nullptr;
}

bool has_bits(double got, double expected) {
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) && std::isnan(expected);
  return got == expected && std::signbit(got) == std::signbit(expected);
}

template <class T>
bool agrees(double got, const Expected& expected, double x1, double x2) {
  const T wanted = static_cast<T>(expected.of(x1, x2));
  if (has_bits(got, wanted)) return true;
  return expected.is_approximate() && std::fabs(got - wanted) <= std::numeric_limits<T>::epsilon() * std::fabs(wanted);
}

template <class T>
std::string failure(const Rule& rule, double x1, double x2, double got) {
  std::ostringstream text;
  text << rule.function << " " << name(dtype_of<T>()) << ", \"" << rule.words << "\": x1 = " << x1;
  if (!rule.x2.empty()) text << ", x2 = " << x2;
  text << " gave " << got << (std::signbit(got) ? " (sign bit set)" : "") << ", expected " << rule.expected.of(x1, x2);
  return text.str();
}

template <class T>
void check(const Rule& rule, const Function& function) {
  const std::vector<double> none = {0.0};
  const std::vector<double>& seconds = rule.x2.empty() ? none : rule.x2;
  std::vector<T> x1, x2;
  do {
    for (double a : rule.x1)
      for (double b : seconds) {
        x1.push_back(static_cast<T>(a));
        x2.push_back(static_cast<T>(b));
      }
  } while (x1.size() < 67);
  const auto flat = [](const std::vector<T>& x) { return array(std::span<const T>(x)); };
  const std::vector<double> got = function.call(flat(x1), flat(x2)).template to_vector<double>();
  for (std::size_t i = 0; i < got.size(); ++i)
    ASSERT_TRUE(agrees<T>(got[i], rule.expected, x1[i], x2[i])) << failure<T>(rule, x1[i], x2[i], got[i]);
  const Array first(x1[0]), second(x2[0]);
  for (const Array& alone : {function.call(first, flat(x2)), function.call(first, second)}) {
    const double value = alone.template to_vector<double>()[0];
    ASSERT_TRUE(agrees<T>(value, rule.expected, x1[0], x2[0])) << failure<T>(rule, x1[0], x2[0], value);
  }
}

}  // namespace

void check(std::span<const Rule> rules) {
  for (const Rule& rule : rules) {
    const Function* function = find(rule.function);
    ASSERT_NE(function, nullptr) << rule.function << " has no row in kernels/ops.def";
    check<float>(rule, *function);
    check<double>(rule, *function);
  }
}

}  // namespace ingot::tests
