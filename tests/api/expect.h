// What the tests of the public functions share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ingot/ingot.hpp"

namespace ingot::tests {

/// The message of the Error of class E that the call throws; "" and a failed test where it throws none, or another.
template <class E, class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const E& error) {
    return error.what();
  } catch (const Error& error) {
    ADD_FAILURE() << "an error of another class: " << error.what();
    return "";
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline std::string here(const char* file, int line) {
  const std::string path = file;
  return " [" + path.substr(path.find_last_of('/') + 1) + ":" + std::to_string(line) + "]";
}

/// Evaluates and compares, elements as E.
template <class E>
void expect_values(const Array& x, const Shape& shape, const std::vector<E>& expected, const char* file, int line) {
  const testing::ScopedTrace trace(file, line, "expected values");
  ASSERT_EQ(to_string(x.shape()), to_string(shape));
  const std::vector<E> values = x.to_vector<E>();
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != values[i] && expected[i] != expected[i]) continue;  // NaN
    EXPECT_EQ(values[i], expected[i]) << "at " << i;
  }
}

}  // namespace ingot::tests

/// The statement throws E with this message, which ends with the file and line of the statement.
#define EXPECT_ERROR(E, statement, message) \
  EXPECT_EQ(ingot::tests::message_of<E>([&] { statement; }), (message) + ingot::tests::here(__FILE__, __LINE__))

/// EXPECT_VALUES(x, shape, int, 1, 2, 3)
#define EXPECT_VALUES(x, shape, type, ...) \
  ingot::tests::expect_values<type>(x, Shape shape, std::vector<type>{__VA_ARGS__}, __FILE__, __LINE__)

/// Recorded as the same expression: nodes are interned.
#define EXPECT_SAME_NODE(a, b) EXPECT_EQ((a).node(), (b).node())
