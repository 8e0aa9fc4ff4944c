#include "host/api/text_tokens.h"

#include <locale.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "host/base/error.h"

namespace ingot::api {
namespace {

constexpr std::size_t kMostBytes = 64 * 1024;

// Longer signs first.
constexpr std::string_view kSigns[] = {"<<=", ">>=", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "+=",
                                       "-=",  "*=",  "/=", "%=", "&=", "|=", "^=", "++", "--", "+",  "-",
                                       "*",   "/",   "%",  "&",  "|",  "^",  "~",  "!",  "<",  ">",  "=",
                                       "?",   ":",   ";",  ",",  "(",  ")",  "{",  "}"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Of a number that is out of double's range, or float's: whether it is below it. Any that float has not, double has, or
// is beyond it on the same side.
bool is_tiny(const std::string& number) {
  static const locale_t c_locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return strtod_l(number.c_str(), nullptr, c_locale) < 1;
}

class Reader {
 public:
  Reader(std::string_view text, const Location& where) : text_(text), where_(where) {}

  std::vector<Token> read() {
    std::vector<Token> tokens;
    for (;;) {
      skip_space();
      if (at_ == text_.size()) break;
      tokens.push_back(next());
    }
    tokens.push_back(here(0));
    return tokens;
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void advance(std::size_t count) {
    for (; count > 0; --count, ++at_) {
      if (text_[at_] == '\n') {
        ++line_;
        column_ = 1;
      } else {
        ++column_;
      }
    }
  }

  Token here(std::size_t length) const { return {Token::Kind::End, text_.substr(at_, length), line_, column_}; }

  void skip_space() {
    for (;;) {
      const char c = peek();
      if (at_ < text_.size() && (c == ' ' || c == '\t' || c == '\n' || c == '\r')) {
        advance(1);
      } else if (c == '/' && peek(1) == '/') {
        while (at_ < text_.size() && peek() != '\n') advance(1);
      } else if (c == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) fail_at(here(2), "a comment that ends with `*/`", where_);
        advance(end + 2 - at_);
      } else {
        return;
      }
    }
  }

  Token next() {
    const char c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (is_letter(c)) {
      std::size_t length = 1;
      while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
      return take(Token::Kind::Name, length);
    }
    for (const std::string_view sign : kSigns)
      if (text_.substr(at_, sign.size()) == sign) return take(Token::Kind::Sign, sign.size());
    fail_at(here(1), "a name, a number or an operator", where_);
  }

  Token take(Token::Kind kind, std::size_t length) {
    Token token = here(length);
    token.kind = kind;
    advance(length);
    return token;
  }

  // A number reaches as far as letters, digits, points, and signs behind an exponent do.
  Token number() {
    const bool hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X');
    std::size_t length = 0;
    bool real = false;
    for (;; ++length) {
      const char c = peek(length);
      const bool exponent = hex ? c == 'p' || c == 'P' : c == 'e' || c == 'E';
      if (exponent || c == '.') real = true;
      if (exponent && (peek(length + 1) == '+' || peek(length + 1) == '-')) {
        ++length;
      } else if (!is_digit(c) && !is_letter(c) && c != '.') {
        break;
      }
    }
    if (!hex && text_.substr(at_, length).find_first_of("fF") != std::string_view::npos) real = true;
    Token token = here(length);
    token.kind = Token::Kind::Number;
    const std::string_view digits = token.text.substr(hex ? 2 : 0);
    token.number = real ? real_number(token, digits, hex) : whole_number(token, digits, hex);
    advance(length);
    return token;
  }

  Scalar real_number(const Token& token, std::string_view digits, bool hex) const {
    const bool single = digits.back() == 'f' || digits.back() == 'F';
    if (single && !(hex && digits.find_first_of("pP") == std::string_view::npos)) digits.remove_suffix(1);
    return single ? parsed<float>(token, digits, hex) : parsed<double>(token, digits, hex);
  }

  template <class T>
  Scalar parsed(const Token& token, std::string_view digits, bool hex) const {
    T value{};
    const char* const end = digits.data() + digits.size();
    const auto result =
        std::from_chars(digits.data(), end, value, hex ? std::chars_format::hex : std::chars_format::general);
    if (result.ec == std::errc::result_out_of_range) {
      if (is_tiny(std::string(token.text))) return T{0};
      fail_at(token, sizeof(T) == 4 ? "a number that float holds" : "a number that double holds", where_);
    }
    if (result.ec != std::errc() || result.ptr != end) fail_at(token, "a number", where_);
    return value;
  }

  // C's type for it: int where that holds it, then long; hexadecimal and octal numbers may be unsigned instead.
  Scalar whole_number(const Token& token, std::string_view digits, bool hex) const {
    bool is_unsigned = false;
    int longs = 0;
    while (!digits.empty()) {
      const char last = digits.back();
      if ((last == 'u' || last == 'U') && !is_unsigned)
        is_unsigned = true;
      else if ((last == 'l' || last == 'L') && longs < 2)
        ++longs;
      else
        break;
      digits.remove_suffix(1);
    }
    const bool octal = !hex && digits.size() > 1 && digits.front() == '0';
    std::uint64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : octal ? 8 : 10);
    if (result.ec == std::errc::result_out_of_range) fail_at(token, "an integer below 2^64", where_);
    if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) fail_at(token, "a number", where_);
    const bool may_be_unsigned = is_unsigned || hex || octal;
    if (longs == 0 && !is_unsigned && value <= std::numeric_limits<std::int32_t>::max())
      return static_cast<std::int32_t>(value);
    if (longs == 0 && may_be_unsigned && value <= std::numeric_limits<std::uint32_t>::max())
      return static_cast<std::uint32_t>(value);
    if (!is_unsigned && value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return static_cast<std::int64_t>(value);
    if (!may_be_unsigned) fail_at(token, "an integer below 2^63, or one with the suffix u", where_);
    return value;
  }

  std::string_view text_;
  const Location& where_;
  std::size_t at_ = 0;
  int line_ = 1, column_ = 1;
};

}  // namespace

void fail_at(const Token& token, std::string_view expected, const Location& where) {
  constexpr std::size_t kMost = 40;
  const std::string found = token.text.empty() ? "the end" : text("`", token.text.substr(0, kMost), "`");
  fail<ValueError>(where, "elementwise: line ", token.line, ", column ", token.column, ": found ", found, ", expected ",
                   expected);
}

std::vector<Token> tokens_of(std::string_view text, const Location& where) {
  if (text.size() > kMostBytes)
    fail<ValueError>(where, "elementwise: the text has ", text.size(), " bytes; expected at most ", kMostBytes);
  return Reader(text, where).read();
}

}  // namespace ingot::api
