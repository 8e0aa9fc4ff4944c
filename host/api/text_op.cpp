// elementwise of a function body given as text. The body is run once, by recursive descent over its tokens, with arrays
// for its variables: what it computes is recorded. Both branches of an if are run, from the same variables, and what
// differs after them is selected. Numbers stay numbers as far as integer arithmetic goes, so that a for loop can be
// unrolled by running its tokens again.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "host/api/record.h"
#include "host/api/text_tokens.h"
#include "ingot/elementwise.hpp"
#include "ingot/manipulation.hpp"
#include "ingot/user_ops.hpp"

namespace ingot {
namespace api {
namespace {

constexpr int kMostLevels = 200, kMostSteps = 20'000;

// --- Types

struct TypeName {
  std::string_view name;
  DType dtype;
};
constexpr TypeName kTypes[] = {
    {"bool", DType::Bool},     {"float", DType::Float32},   {"double", DType::Float64},  {"int", DType::Int32},
    {"int8_t", DType::Int8},   {"int16_t", DType::Int16},   {"int32_t", DType::Int32},   {"int64_t", DType::Int64},
    {"uint8_t", DType::UInt8}, {"uint16_t", DType::UInt16}, {"uint32_t", DType::UInt32}, {"uint64_t", DType::UInt64},
};

std::optional<DType> named_type(std::string_view name) {
  for (const TypeName& type : kTypes)
    if (type.name == name) return type.dtype;
  return std::nullopt;
}

bool is_integer_word(std::string_view name) {
  return name == "unsigned" || name == "signed" || name == "long" || name == "short" || name == "char";
}

constexpr std::string_view kReserved[] = {"if",   "else",  "for",      "return", "while",  "do",   "switch", "break",
                                          "case", "const", "continue", "goto",   "static", "true", "false",  "auto"};

bool is_reserved(std::string_view name) {
  return named_type(name) || is_integer_word(name) || std::ranges::find(kReserved, name) != std::end(kReserved);
}

DType promoted(DType d) { return is_bool(d) || (is_integer(d) && itemsize(d) < 4) ? DType::Int32 : d; }

// C's usual arithmetic conversions.
DType common_type(DType a, DType b) {
  if (is_floating(a) && is_floating(b)) return promote_types(a, b);
  if (is_floating(a)) return a;
  if (is_floating(b)) return b;
  a = promoted(a);
  b = promoted(b);
  if (is_unsigned_integer(a) == is_unsigned_integer(b)) return itemsize(a) < itemsize(b) ? b : a;
  const DType with = is_unsigned_integer(a) ? a : b, without = is_unsigned_integer(a) ? b : a;
  return itemsize(with) >= itemsize(without) ? with : without;
}

// --- Values

// A value of a C type; a number that the text or folding makes known is kept as such.
struct Term {
  DType type = DType::Int32;
  Array array = 0;
  std::optional<Scalar> number;
};

Term number_term(Scalar value) { return {value.dtype(), Array(value), value}; }
Term term_of(Array array) {
  const DType type = array.dtype();
  return {type, std::move(array), std::nullopt};
}

// --- Functions

struct Function {
  std::string_view name;
  Op op;
  bool is_public;
};
constexpr Function kFunctions[] = {
#define INGOT_OP(name, arity, operands, ...) {#name, Op::name, has_function(Operands::operands)},
#include "kernels/ops.def"
    {"min", Op::minimum, true},
    {"max", Op::maximum, true},
    {"fabs", Op::abs, true},
    {"select", Op::where, true},
};

const Function* find_function(std::string_view name) {
  const auto found = std::ranges::find_if(kFunctions, [&](const Function& f) { return f.name == name && f.is_public; });
  return found == std::end(kFunctions) ? nullptr : found;
}

Array call(Op op, const std::array<Term, 3>& x, const Location& where) {
  const auto operand = [&](std::size_t k) { return Operand(x[k].array, where); };
  switch (op) {
#define INGOT_CALL_1(name) name(operand(0))
#define INGOT_CALL_2(name) name(operand(0), operand(1))
#define INGOT_CALL_3(name) name(operand(0), operand(1), operand(2))
#define INGOT_CASE_Any(name, arity) \
  case Op::name: return ingot::INGOT_CALL_##arity(name);
#define INGOT_CASE_Number INGOT_CASE_Any
#define INGOT_CASE_Integral INGOT_CASE_Any
#define INGOT_CASE_Integer INGOT_CASE_Any
#define INGOT_CASE_Float INGOT_CASE_Any
#define INGOT_CASE_Bool INGOT_CASE_Any
#define INGOT_CASE_Index(name, arity) \
  case Op::name: break;
#define INGOT_CASE_Fast INGOT_CASE_Index
#define INGOT_OP(name, arity, operands, ...) INGOT_CASE_##operands(name, arity)
#include "kernels/ops.def"
  }
  throw InternalError("internal error: an op without a public function; this is a bug in ingot, please report it");
}

// --- Operators

struct Binary {
  std::string_view sign;
  int level;
  Op op;
};
// C's precedence; a higher level binds tighter.
constexpr Binary kBinary[] = {
    {"||", 1, Op::logical_or},
    {"&&", 2, Op::logical_and},
    {"|", 3, Op::bitwise_or},
    {"^", 4, Op::bitwise_xor},
    {"&", 5, Op::bitwise_and},
    {"==", 6, Op::equal},
    {"!=", 6, Op::not_equal},
    {"<", 7, Op::less},
    {"<=", 7, Op::less_equal},
    {">", 7, Op::greater},
    {">=", 7, Op::greater_equal},
    {"<<", 8, Op::bitwise_left_shift},
    {">>", 8, Op::bitwise_right_shift},
    {"+", 9, Op::add},
    {"-", 9, Op::subtract},
    {"*", 10, Op::multiply},
    {"/", 10, Op::divide},
    {"%", 10, Op::remainder},
};

const Binary* find_binary(std::string_view sign) {
  const auto found = std::ranges::find_if(kBinary, [&](const Binary& b) { return b.sign == sign; });
  return found == std::end(kBinary) ? nullptr : found;
}

// What is known of integers without recording anything; the result wraps to the type as the op does.
std::optional<Scalar> folded(Op op, const Term& x, const Term& y, DType type) {
  if (!x.number || !y.number || !is_integer(type)) return std::nullopt;
  const __int128 a = to_integer(convert(*x.number, type)), b = to_integer(convert(*y.number, type));
  const auto wrapped = [&](__int128 value) {
    return convert(Scalar(DType::Int64, static_cast<std::uint64_t>(value)), type);
  };
  switch (op) {
    case Op::add: return wrapped(a + b);
    case Op::subtract: return wrapped(a - b);
    case Op::multiply:
      return wrapped(static_cast<__int128>(static_cast<unsigned __int128>(a) * static_cast<unsigned __int128>(b)));
    case Op::divide: return wrapped(b == 0 ? 0 : a / b);
    case Op::remainder: return wrapped(b == 0 ? 0 : a % b);
    case Op::equal: return Scalar(a == b);
    case Op::not_equal: return Scalar(a != b);
    case Op::less: return Scalar(a < b);
    case Op::less_equal: return Scalar(a <= b);
    case Op::greater: return Scalar(a > b);
    case Op::greater_equal: return Scalar(a >= b);
    default: return std::nullopt;
  }
}

// --- Running a body

struct Variable {
  std::string_view name;
  Term value;
};

// What a run of statements changes. Of elements that have returned, `returned` tells; what is assigned after that is
// of no consequence to them.
struct State {
  enum class Returned : std::uint8_t { None, Some, All };
  std::vector<Variable> variables;
  Returned returned = Returned::None;
  Term where_returned = number_term(false);  // Some: a bool
  Term result;                               // unless None
};

class Body {
 public:
  Body(std::string_view text, std::span<const Argument> arguments, const Location& where)
      : tokens_(tokens_of(text, where)), where_(where) {
    for (const Argument& argument : arguments) {
      const Input given = term({argument.value, where});
      require_computable("elementwise", given.dtype(), where);
      require_parameter(argument.name);
      state_.variables.push_back(
          {argument.name, given.is_value() ? number_term(given.value) : term_of(argument.value)});
    }
  }

  Array run() {
    while (token().kind != Token::Kind::End) statement();
    if (state_.returned == State::Returned::None) fail_at(token(), "`return` and a value", where_);
    if (state_.returned == State::Returned::Some)
      fail_at(token(), "a `return` for the elements for which no condition before it held", where_);
    const Term& result = state_.result;
    return result.number ? wrap(fill({}, *result.number, where_)) : result.array;
  }

 private:
  using Returned = State::Returned;

  // Counts nested levels while it lives.
  class Level {
   public:
    explicit Level(Body& body) : body_(body) {
      if (++body_.levels_ > kMostLevels) {
        --body_.levels_;
        fail_at(body_.token(), text("at most ", kMostLevels, " nested levels"), body_.where_);
      }
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    ~Level() { --body_.levels_; }

   private:
    Body& body_;
  };

  const Token& token() const { return tokens_[at_]; }
  bool is(std::string_view text) const { return token().kind != Token::Kind::End && token().text == text; }
  bool next_is(std::string_view text) const { return at_ + 1 < tokens_.size() && tokens_[at_ + 1].text == text; }
  bool accept(std::string_view sign) {
    if (!is(sign)) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view sign) {
    if (!accept(sign)) fail_at(token(), text("`", sign, "`"), where_);
  }
  void step() {
    if (++steps_ > kMostSteps)
      fail_at(token(), text("at most ", kMostSteps, " statements and operations, loops unrolled"), where_);
  }

  void require_parameter(std::string_view name) const {
    const std::vector<Token> word = tokens_of(name, where_);
    if (word.size() != 2 || word[0].kind != Token::Kind::Name || word[0].text != name || is_reserved(name))
      fail<ValueError>(where_, "elementwise: an argument is named \"", name.substr(0, 40),
                       "\"; expected a name as C++ has them, and none of its keywords");
    if (find(name) != nullptr)
      fail<ValueError>(where_, "elementwise: two arguments are named \"", name, "\"; give each its own name");
  }

  const Variable* find(std::string_view name) const {
    for (std::size_t k = state_.variables.size(); k-- > 0;)
      if (state_.variables[k].name == name) return &state_.variables[k];
    return nullptr;
  }

  // --- Statements

  void statement() {
    const Level level(*this);
    step();
    if (accept(";")) return;
    if (is("{")) return block();
    if (accept("if")) return branch();
    if (accept("for")) return loop();
    if (accept("return")) return leave();
    simple();
    expect(";");
  }

  void block() {
    expect("{");
    in_scope([&] {
      while (!is("}") && token().kind != Token::Kind::End) statement();
    });
    expect("}");
  }

  template <class F>
  void in_scope(F run) {
    const std::size_t outer = std::exchange(scope_, state_.variables.size());
    run();
    state_.variables.erase(state_.variables.begin() + static_cast<std::ptrdiff_t>(scope_), state_.variables.end());
    scope_ = outer;
  }

  void branch() {
    expect("(");
    const Term condition = to_type(expression(), DType::Bool);
    expect(")");
    const State before = state_;
    in_scope([&] { statement(); });
    State after = std::exchange(state_, before);
    if (accept("else")) in_scope([&] { statement(); });
    state_ = chosen(condition, std::move(after), state_);
  }

  void loop() {
    expect("(");
    in_scope([&] {
      if (!is(";")) simple();
      expect(";");
      const std::size_t condition = at_;
      bool again = holds();
      expect(";");
      const std::size_t advance = at_;
      skip_to_end_of_parentheses();
      const std::size_t body = at_;
      if (!again) return skip_statement();
      while (again) {
        step();
        at_ = body;
        in_scope([&] { statement(); });
        const std::size_t end = at_;
        at_ = advance;
        if (!is(")")) simple();
        expect(")");
        at_ = condition;
        again = holds();
        at_ = end;
      }
    });
  }

  bool holds() {
    const Token start = token();
    const Term condition = expression();
    if (!condition.number)
      fail_at(start, "a comparison of integers that are made of numbers by + - * / %, so that the loop can be unrolled",
              where_);
    return to_double(*condition.number) != 0;
  }

  void skip_to_end_of_parentheses() {
    for (int open = 1; open > 0; ++at_) {
      if (token().kind == Token::Kind::End) fail_at(token(), "`)`", where_);
      open += is("(") ? 1 : is(")") ? -1 : 0;
    }
  }

  void skip_statement() {
    const State before = state_;
    in_scope([&] { statement(); });
    state_ = before;
  }

  void leave() {
    Term value = expression();
    expect(";");
    if (state_.returned == Returned::All) return;
    state_.result =
        state_.returned == Returned::None ? std::move(value) : selected(state_.where_returned, state_.result, value);
    state_.returned = Returned::All;
  }

  // A declaration, or an assignment.
  void simple() {
    accept("const");
    if (accept("auto")) return declare(std::nullopt);
    if (const std::optional<DType> type = accept_type()) return declare(type);
    if (is("++") || is("--")) {
      const bool up = is("++");
      ++at_;
      return assign(target(), Op::add, number_term(up ? 1 : -1));
    }
    const std::size_t variable = target();
    if (accept("=")) {
      Term value = expression();
      return set(variable, std::move(value));
    }
    if (accept("++")) return assign(variable, Op::add, number_term(1));
    if (accept("--")) return assign(variable, Op::add, number_term(-1));
    const Binary* const binary = token().text.size() > 1 && token().text.ends_with("=")
                                     ? find_binary(token().text.substr(0, token().text.size() - 1))
                                     : nullptr;
    if (binary == nullptr || binary->level == 7) fail_at(token(), "an assignment", where_);
    ++at_;
    const Term value = expression();
    assign(variable, binary->op, value);
  }

  void declare(std::optional<DType> type) {
    do {
      const Token name = token();
      if (name.kind != Token::Kind::Name || is_reserved(name.text)) fail_at(name, "a name for a variable", where_);
      for (std::size_t k = scope_; k < state_.variables.size(); ++k)
        if (state_.variables[k].name == name.text) fail_at(name, "a name that this block has not declared yet", where_);
      ++at_;
      Term value = number_term(0);
      if (accept("="))
        value = expression();
      else if (!type)
        fail_at(token(), "`=` and the value that gives the variable its type", where_);
      if (type) value = to_type(value, *type);
      state_.variables.push_back({name.text, std::move(value)});
    } while (accept(","));
  }

  std::size_t target() {
    const Variable* const variable = token().kind == Token::Kind::Name ? find(token().text) : nullptr;
    if (variable == nullptr) fail_at(token(), "a statement, or the name of a variable to assign to", where_);
    ++at_;
    return static_cast<std::size_t>(variable - state_.variables.data());
  }

  void set(std::size_t variable, const Term& value) {
    Term& old = state_.variables[variable].value;
    old = to_type(value, old.type);
  }
  void assign(std::size_t variable, Op op, const Term& value) {
    set(variable, combined(op, state_.variables[variable].value, value));
  }

  // The state after an if: variables are those of before, with other values.
  State chosen(const Term& condition, State yes, const State& no) {
    for (std::size_t k = 0; k < yes.variables.size(); ++k) {
      Term& value = yes.variables[k].value;
      const Term& other = no.variables[k].value;
      if (value.array.node() != other.array.node()) value = selected(condition, value, other);
    }
    if (yes.returned == Returned::None && no.returned == Returned::None) return yes;
    if (no.returned != Returned::None)
      yes.result = yes.returned == Returned::None ? no.result : selected(condition, yes.result, no.result);
    if (yes.returned != no.returned || yes.returned == Returned::Some) {
      yes.where_returned = selected(condition, returned_mask(yes), returned_mask(no), DType::Bool);
      yes.returned = Returned::Some;
    }
    return yes;
  }

  static Term returned_mask(const State& state) {
    return state.returned == Returned::Some ? state.where_returned : number_term(state.returned == Returned::All);
  }

  // --- Values

  static Term to_type(const Term& value, DType type) {
    if (value.type == type) return value;
    if (value.number) return number_term(convert(*value.number, type));
    return term_of(astype(value.array, type));
  }

  Term selected(const Term& condition, const Term& yes, const Term& no, std::optional<DType> type = {}) {
    step();
    const DType common = type ? *type : yes.type == no.type ? yes.type : common_type(yes.type, no.type);
    return term_of(call(Op::where, {condition, to_type(yes, common), to_type(no, common)}, where_));
  }

  Term applied(Op op, const Term& x, const Term& y = {}) { return term_of(call(op, {x, y, Term()}, where_)); }

  Term combined(Op op, const Term& x, const Term& y) {
    step();
    if (op == Op::logical_and || op == Op::logical_or) return applied(op, x, y);
    const DType type = common_type(x.type, y.type);
    if (op == Op::bitwise_left_shift || op == Op::bitwise_right_shift) return shifted(op, x, y);
    if (const std::optional<Scalar> number = folded(op, x, y, type)) return number_term(*number);
    const Term a = to_type(x, type), b = to_type(y, type);
    if (is_integer(type) && (op == Op::divide || op == Op::remainder)) return divided(op, a, b);
    if (op == Op::remainder)
      fail<TypeError>(where_, "elementwise: `%` takes integers, and one of these is ", type,
                      "; use remainder(x, y), which has the sign of y");
    return applied(op, a, b);
  }

  // The left operand gives the type; counts that it does not hold count as too large.
  Term shifted(Op op, const Term& x, const Term& y) {
    const Term a = to_type(x, promoted(x.type));
    Term count = to_type(y, promoted(y.type));
    if (itemsize(count.type) > itemsize(a.type))
      count = applied(Op::minimum, count, to_type(number_term(64), count.type));
    return applied(op, a, is_integer(count.type) ? to_type(count, a.type) : count);
  }

  // Quotients are cut towards zero: one more than floor_divide's where the remainder has the other sign.
  Term divided(Op op, const Term& x, const Term& y) {
    const Term zero = to_type(number_term(0), x.type);
    const Term rest = applied(Op::remainder, x, y);
    if (is_unsigned_integer(x.type)) return op == Op::remainder ? rest : applied(Op::floor_divide, x, y);
    const Term differ = applied(Op::not_equal, applied(Op::less, x, zero), applied(Op::less, y, zero));
    const Term above = applied(Op::logical_and, applied(Op::not_equal, rest, zero), differ);
    if (op == Op::remainder) return selected(above, applied(Op::subtract, rest, y), rest);
    return applied(Op::add, applied(Op::floor_divide, x, y), to_type(above, x.type));
  }

  // --- Expressions

  Term expression() {
    const Level level(*this);
    const Term condition = binary(1);
    if (!accept("?")) return condition;
    const Term yes = expression();
    expect(":");
    const Term no = expression();
    return selected(to_type(condition, DType::Bool), yes, no);
  }

  Term binary(int level) {
    Term value = unary();
    for (;;) {
      const Binary* const found = token().kind == Token::Kind::Sign ? find_binary(token().text) : nullptr;
      if (found == nullptr || found->level < level) return value;
      ++at_;
      value = combined(found->op, value, binary(found->level + 1));
    }
  }

  Term unary() {
    const Level level(*this);
    if (accept("+")) {
      const Term value = unary();
      return to_type(value, promoted(value.type));
    }
    if (accept("-")) {
      const Term value = unary();
      const DType type = promoted(value.type);
      if (const auto number = folded(Op::subtract, number_term(0), value, type)) return number_term(*number);
      step();
      return applied(Op::negative, to_type(value, type));
    }
    if (accept("!")) return applied(Op::logical_not, unary());
    if (accept("~")) {
      const Term value = unary();
      return applied(Op::bitwise_invert, to_type(value, promoted(value.type)));
    }
    if (is("(") && is_type(at_ + 1)) {
      ++at_;
      const DType type = *accept_type();
      expect(")");
      return to_type(unary(), type);
    }
    return primary();
  }

  Term primary() {
    step();
    const Token first = token();
    if (first.kind == Token::Kind::Number) {
      ++at_;
      return number_term(first.number);
    }
    if (accept("(")) {
      Term value = expression();
      expect(")");
      return value;
    }
    if (first.kind != Token::Kind::Name) fail_at(first, "an expression", where_);
    if (accept("true")) return number_term(true);
    if (accept("false")) return number_term(false);
    if (accept("static_cast")) return static_cast_to();
    if (const std::optional<DType> type = accept_type()) {
      expect("(");
      const Term value = expression();
      expect(")");
      return to_type(value, *type);
    }
    ++at_;
    if (is("(")) return function(first);
    const Variable* const variable = find(first.text);
    if (variable == nullptr) fail_at(first, "the name of an argument or a variable", where_);
    return variable->value;
  }

  Term static_cast_to() {
    expect("<");
    const std::optional<DType> type = accept_type();
    if (!type) fail_at(token(), "the name of a type", where_);
    expect(">");
    expect("(");
    const Term value = expression();
    expect(")");
    return to_type(value, *type);
  }

  Term function(const Token& name) {
    const Function* found = find_function(name.text);
    const bool single = found == nullptr && name.text.ends_with('f');
    if (single) found = find_function(name.text.substr(0, name.text.size() - 1));
    if (found == nullptr) fail_at(name, "the name of a function of ingot/elementwise.hpp", where_);
    const auto arity = static_cast<std::size_t>(info(found->op).arity);
    std::array<Term, 3> arguments;
    std::size_t count = 0;
    expect("(");
    do {
      if (count == arity) fail_at(token(), text("`)` after ", arity, " arguments of ", name.text), where_);
      arguments[count++] = expression();
    } while (accept(","));
    if (count < arity) fail_at(token(), text("`,`, as ", name.text, " takes ", arity, " arguments"), where_);
    expect(")");

    const std::size_t first = (info(found->op).properties & Selects_) != 0 ? 1 : 0;
    if (first == 1) arguments[0] = to_type(arguments[0], DType::Bool);
    DType type = arguments[first].type;
    for (std::size_t k = first + 1; k < arity; ++k)
      if (arguments[k].type != type) type = common_type(type, arguments[k].type);
    if (single) type = DType::Float32;
    if (info(found->op).operands != Operands::Bool)
      for (std::size_t k = first; k < arity; ++k) arguments[k] = to_type(arguments[k], type);
    return term_of(call(found->op, arguments, where_));
  }

  // --- Names of types

  bool is_type(std::size_t at) const {
    return tokens_[at].kind == Token::Kind::Name && (named_type(tokens_[at].text) || is_integer_word(tokens_[at].text));
  }

  // One name, or words like unsigned long long int.
  std::optional<DType> accept_type() {
    if (!is_type(at_)) return std::nullopt;
    if (const std::optional<DType> type = named_type(token().text)) {
      ++at_;
      return type;
    }
    const Token first = token();
    bool is_unsigned = false, is_short = false, is_char = false;
    int longs = 0, words = 0;
    for (; is_integer_word(token().text) || is("int"); ++at_, ++words) {
      is_unsigned = is_unsigned || is("unsigned");
      is_short = is_short || is("short");
      is_char = is_char || is("char");
      longs += is("long");
    }
    if (words > 4 || longs > 2 || (is_short + is_char + (longs > 0) > 1))
      fail_at(first, "the name of an integer type", where_);
    if (is_char) return is_unsigned ? DType::UInt8 : DType::Int8;
    if (is_short) return is_unsigned ? DType::UInt16 : DType::Int16;
    if (longs > 0) return is_unsigned ? DType::UInt64 : DType::Int64;
    return is_unsigned ? DType::UInt32 : DType::Int32;
  }

  std::vector<Token> tokens_;
  const Location& where_;
  std::size_t at_ = 0, scope_ = 0;
  int levels_ = 0, steps_ = 0;
  State state_;
};

}  // namespace
}  // namespace api

Array elementwise(std::string_view body, std::span<const Argument> arguments, Location where) {
  const Array result = api::Body(body, arguments, where).run();
  std::vector<graph::Input> terms{api::term({result, where})};
  for (const Argument& argument : arguments) terms.push_back(api::term({argument.value, where}));
  Shape made;
  return broadcast_to(result, api::broadcast("elementwise", terms, made, where), where);
}

Array elementwise(std::string_view body, std::initializer_list<Argument> arguments, Location where) {
  return elementwise(body, std::span(arguments.begin(), arguments.size()), where);
}

}  // namespace ingot
