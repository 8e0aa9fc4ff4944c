// The tokens of a function body given as text (ingot/user_ops.hpp).
#pragma once

#include <string_view>
#include <vector>

#include "ingot/array.hpp"

namespace ingot::api {

struct Token {
  enum class Kind : std::uint8_t { Name, Number, Sign, End };
  Kind kind = Kind::End;
  std::string_view text;  // of the source
  int line = 1, column = 1;
  Scalar number = false;  // Number: its value, in the type that C gives it
};

/// All tokens and an End. ValueError, with the place in the text, for what is no token, and for more than 64 KiB.
std::vector<Token> tokens_of(std::string_view text, const Location& where);

/// ValueError: "elementwise: line 1, column 5: found `;`, expected an expression".
[[noreturn]] void fail_at(const Token& token, std::string_view expected, const Location& where);

}  // namespace ingot::api
