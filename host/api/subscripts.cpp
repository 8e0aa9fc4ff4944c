#include "host/api/subscripts.h"

#include <algorithm>
#include <optional>

namespace ingot::api {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Letters of one operand, or of the result, before and after the ellipsis.
struct Term {
  std::string letters;
  std::optional<std::size_t> ellipsis;  // how many letters stand before it
};

class Parser {
 public:
  Parser(std::string_view text, const Location& where) : text_(text), where_(where) {
    parse();
    if (!result_ && terms_.empty()) terms_.emplace_back();
  }

  const std::vector<Term>& terms() const { return terms_; }
  const std::optional<Term>& result() const { return result_; }

 private:
  void parse() {
    terms_.emplace_back();
    for (std::size_t i = 0; i < text_.size(); ++i) {
      Term& term = result_ ? *result_ : terms_.back();
      const char c = text_[i];
      if (c == ' ') continue;
      if (is_letter(c)) {
        term.letters += c;
      } else if (c == ',' && !result_) {
        terms_.emplace_back();
      } else if (text_.substr(i, 2) == "->" && !result_) {
        result_.emplace();
        ++i;
      } else if (text_.substr(i, 3) == "..." && !term.ellipsis) {
        term.ellipsis = term.letters.size();
        i += 2;
      } else {
        fail<ValueError>(where_, "einsum: subscripts \"", text_, "\" have an unexpected '", c, "' at place ", i,
                         "; they are letters, and an ellipsis ... at most, for each operand, with commas between, and "
                         "may end in -> and those of the result");
      }
    }
  }

  std::string_view text_;
  const Location& where_;
  std::vector<Term> terms_;
  std::optional<Term> result_;
};

Labels labels_of(const Term& term, int ellipsis_axes) {
  Labels labels;
  const auto add_ellipsis = [&] {
    for (int k = ellipsis_axes; k-- > 0;) labels.push_back(AxisLabels::kEllipsis + k);
  };
  for (std::size_t i = 0; i < term.letters.size(); ++i) {
    if (term.ellipsis == i) add_ellipsis();
    labels.push_back(term.letters[i]);
  }
  if (term.ellipsis == term.letters.size()) add_ellipsis();
  return labels;
}

// Without "->": the ellipsis, then in the order of their codes the letters that stand once in the whole text.
Labels implicit_result(const std::vector<Term>& terms, int ellipsis_axes) {
  std::string all;
  for (const Term& term : terms) all += term.letters;
  Term result;
  result.ellipsis = 0;
  for (const char c : all)
    if (std::count(all.begin(), all.end(), c) == 1) result.letters += c;
  std::sort(result.letters.begin(), result.letters.end());
  return labels_of(result, ellipsis_axes);
}

}  // namespace

AxisLabels parse_subscripts(std::string_view text, const std::vector<Shape>& shapes, const Location& where) {
  const Parser parser(text, where);
  const std::vector<Term>& terms = parser.terms();
  if (terms.size() != shapes.size())
    fail<ValueError>(where, "einsum: subscripts \"", text, "\" are for ", terms.size(),
                     terms.size() == 1 ? " operand" : " operands", ", and ", shapes.size(),
                     shapes.size() == 1 ? " was given" : " were given", "; write those of each, with commas between");
  AxisLabels result;
  std::string seen;
  int most = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const int named = static_cast<int>(terms[i].letters.size()), ndim = shapes[i].ndim();
    if (terms[i].ellipsis ? named > ndim : named != ndim)
      fail<ShapeError>(where, "einsum: operand ", i, " of shape ", shapes[i], " has ", ndim,
                       ndim == 1 ? " axis" : " axes", ", and its subscripts in \"", text, "\" name ", named,
                       named > ndim ? "; name each axis once" : "; name them all, or write ... for the others");
    const int others = ndim - named;
    most = std::max(most, others);
    result.operands.push_back(labels_of(terms[i], others));
    seen += terms[i].letters;
  }
  if (!parser.result()) {
    result.result = implicit_result(terms, most);
    return result;
  }
  const Term& given = *parser.result();
  for (const char c : given.letters) {
    if (seen.find(c) == std::string::npos)
      fail<ValueError>(where, "einsum: the result in \"", text, "\" has the label '", c,
                       "', which no operand has; use labels of the operands");
    if (std::count(given.letters.begin(), given.letters.end(), c) > 1)
      fail<ValueError>(where, "einsum: the result in \"", text, "\" has the label '", c,
                       "' more than once; each of its axes needs a label of its own");
  }
  if (!given.ellipsis && most > 0)
    fail<ValueError>(where, "einsum: operands of \"", text, "\" have an ellipsis of ", most,
                     most == 1 ? " axis" : " axes", ", and the result has none; write ... in it, or name the axes");
  result.result = labels_of(given, most);
  return result;
}

std::string to_string(const Labels& labels) {
  std::string text;
  for (const std::int64_t label : labels) {
    if (label < AxisLabels::kEllipsis)
      text += static_cast<char>(label);
    else if (!text.ends_with("..."))
      text += "...";
  }
  return text;
}

}  // namespace ingot::api
