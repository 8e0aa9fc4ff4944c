#include "host/emit/cuda/emitter.h"

#include <algorithm>

namespace ingot::cuda {
namespace {

constexpr std::string_view kCombine[] = {
#define INGOT_OP(...)
#define INGOT_REDUCER(name, combine, ...) #combine,
#include "kernels/ops.def"
};

}  // namespace

std::string c_type(DType dtype) { return is_bool(dtype) ? "u8" : std::string(short_name(dtype)); }

std::string name_of(Group group, int index) {
  constexpr const char* kNames[] = {"in", "out", "post_in", "post_out"};
  return kNames[static_cast<int>(group)] + std::to_string(index);
}

std::string Emitter::parameter(Field field) {
  const auto same = [&](const Field& f) { return f.name == field.name; };
  const std::string read = "p." + field.name;
  if (std::none_of(program_.fields.begin(), program_.fields.end(), same)) program_.fields.push_back(std::move(field));
  return read;
}

std::string Emitter::address(const Item& item) {
  Field field;
  field.group = item.group;
  field.index = static_cast<std::uint16_t>(item.index);
  const bool writes = item.group == Group::Store || item.group == Group::EpilogueStore;
  if (item.operand->generated) {
    field.role = Field::Role::First;
    field.name = item.name + "_first";
    field.type = "i64";
  } else {
    field.role = Field::Role::Address;
    field.name = item.name;
    field.type = (writes ? "" : "const ") + c_type(item.operand->dtype) + "*";
  }
  return parameter(std::move(field));
}

std::string Emitter::element(const Item& item, const std::string& offset) {
  return item.operand->generated ? address(item) + " + " + offset : address(item) + "[" + offset + "]";
}

std::string Emitter::stride(const Item& item, int axis) {
  Field field;
  field.role = Field::Role::Stride;
  field.group = item.group;
  field.index = static_cast<std::uint16_t>(item.index);
  field.axis = static_cast<std::uint16_t>(axis);
  field.name = item.name + "_stride" + std::to_string(axis);
  field.type = "Index";
  return parameter(std::move(field));
}

std::string Emitter::scalar(Group group, int index) {
  const ir::Region& region = group == Group::Input ? kernel_.body : kernel_.epilogue;
  Field field;
  field.role = Field::Role::Scalar;
  field.group = group;
  field.index = static_cast<std::uint16_t>(index);
  field.dtype = region.params[index];
  field.name = (group == Group::Input ? "param" : "post_param") + std::to_string(index);
  field.type = c_type(field.dtype);
  return parameter(std::move(field));
}

std::string Emitter::extent(int nest_axis) {
  Field field;
  field.role = Field::Role::Extent;
  field.axis = static_cast<std::uint16_t>(nest_axis);
  field.name = "extent" + std::to_string(nest_axis);
  field.type = "Divisor<Index>";
  field.slots = options_.wide ? 3 : 2;
  return parameter(std::move(field));
}

std::string Emitter::count(Field::Role role, const char* name) {
  Field field;
  field.role = role;
  field.name = name;
  const bool small = role == Field::Role::LogTeam || role == Field::Role::LogLeaves || role == Field::Role::LogRun ||
                     role == Field::Role::LogColumns || role == Field::Role::UnitsEach;
  field.type = role == Field::Role::Tickets ? "u32*" : small ? "int" : "Index";
  return parameter(std::move(field));
}

std::string Emitter::divisor(Field::Role role, const char* name) {
  Field field;
  field.role = role;
  field.name = name;
  field.type = "Divisor<Index>";
  field.slots = options_.wide ? 3 : 2;
  return parameter(std::move(field));
}

std::string Emitter::partials(int reduction) {
  Field field;
  field.role = Field::Role::Partials;
  field.index = static_cast<std::uint16_t>(reduction);
  field.name = "partials" + std::to_string(reduction);
  field.type = "R" + std::to_string(reduction) + "::State*";
  return parameter(std::move(field));
}

std::vector<Item> Emitter::items(Group first, Group last) const {
  std::vector<Item> found;
  std::size_t number = 0;
  const auto add = [&](Group group, int index, const ir::Operand& operand) {
    const bool vector = number < options_.vectors.size() && options_.vectors[number];
    if (first <= group && group <= last)
      found.push_back({group, index, &operand, vector && unit_ > 1, name_of(group, index)});
    ++number;
  };
  for (const auto* region : {&kernel_.body, &kernel_.epilogue}) {
    const bool body = region == &kernel_.body;
    for (std::size_t i = 0; i < region->inputs.size(); ++i)
      add(body ? Group::Input : Group::EpilogueInput, static_cast<int>(i), region->inputs[i]);
    for (std::size_t i = 0; i < region->stores.size(); ++i)
      add(body ? Group::Store : Group::EpilogueStore, static_cast<int>(i), region->stores[i].operand);
  }
  return found;
}

std::vector<Axis> Emitter::axes(bool reduced, bool epilogue) const {
  std::vector<Axis> found;
  for (int a = 0; a < kernel_.rank(); ++a)
    if (kernel_.reduced[a] == reduced) found.push_back({a, epilogue ? static_cast<int>(found.size()) : a});
  return found;
}

// Writes c0, c1 ... for the linear index in the variable `from`, which is used up.
void Emitter::coordinates(const std::vector<Axis>& axes, const std::string& from) {
  for (std::size_t k = axes.size(); k-- > 1;)
    out_.line("const Index c", axes[k].nest, " = split_off(", from, ", ", extent(axes[k].nest), ");");
  if (!axes.empty()) out_.line("const Index c", axes[0].nest, " = ", from, ";");
}

std::string Emitter::outer_offset(const Item& item, const std::vector<Axis>& axes) {
  std::string sum;
  for (const Axis& axis : axes) {
    if (!sum.empty()) sum += " + ";
    sum += "c" + std::to_string(axis.nest) + " * " + stride(item, axis.operand);
  }
  return sum;
}

// The innermost axis of the operand's region, along which the kernel knows the access.
std::string Emitter::step(const Item& item) {
  if (item.operand->access == ir::Access::Contiguous) return "1";
  if (item.operand->access == ir::Access::Uniform) return "0";
  const bool epilogue = item.group >= Group::EpilogueInput;
  const int rank = epilogue ? static_cast<int>(axes(false, true).size()) : kernel_.rank();
  return stride(item, rank - 1);
}

std::string Emitter::inner_offset(const Item& item, const std::string& i) {
  const std::string by = step(item);
  return by == "0" ? "" : by == "1" ? i : i + " * " + by;
}

// A struct of the operands' offsets at a unit, and the function from the unit's number to it. `axes` are those that
// units run over, the innermost being the one that units lie along.
void Emitter::unit_place(const char* name, const char* function, const std::vector<Item>& operands,
                         const std::vector<Axis>& axes) {
  out_.open("struct ", name);
  if (!operands.empty()) {
    std::string members;
    for (const Item& item : operands) members += (members.empty() ? "" : ", ") + item.name;
    out_.line("Index ", members, ";");
  }
  out_.line("Span span;");
  out_.close(";");
  out_.line("");

  const std::vector<Axis> outer(axes.begin(), axes.end() - 1);
  const std::string shift = unit_ > 1 ? " - " + count(Field::Role::Shift, "shift") : "";
  const std::string times = unit_ > 1 ? text(" * ", unit_) : "";
  const std::string row = count(Field::Role::Row, "row");
  out_.open("INGOT_FN ", name, " ", function, "(const Params& p, Index unit)");
  out_.line(name, " at;");
  if (outer.empty()) {
    out_.line("const Index i = unit", times, shift, ";");
    out_.line("at.span = span_of<", unit_, ">(i, ", row, ");");
  } else {
    out_.line("Index rest = unit;");
    out_.line("const Index i = split_off(rest, ", divisor(Field::Role::Chunks, "chunks"), ")", times, shift, ";");
    out_.line("at.span = unit < ", count(Field::Role::Units, "units"), " ? span_of<", unit_, ">(i, ", row,
              ") : Span{0, 0};");
    coordinates(outer, "rest");
  }
  for (const Item& item : operands) {
    const std::string far = outer_offset(item, outer), near = inner_offset(item, "i");
    out_.line("at.", item.name, " = ", far, far.empty() || near.empty() ? "" : " + ", near,
              far.empty() && near.empty() ? "0" : "", ";");
  }
  out_.line("return at;");
  out_.close();
  out_.line("");
}

void Emitter::load(const Item& item, const std::string& into, const std::string& at, const std::string& span) {
  const std::string from = address(item) + " + " + at;
  if (item.operand->generated)
    out_.line("load_index(", into, ", ", from, ", ", step(item), ");");
  else if (item.operand->access == ir::Access::Uniform)
    out_.line("load_uniform(", into, ", ", from, ", ", span, ");");
  else if (item.vector)
    out_.line("load_vector(", into, ", ", from, ", ", span, ");");
  else
    out_.line("load_each(", into, ", ", from, ", ", step(item), ", ", span, ");");
}

void Emitter::store(const Item& item, const std::string& from, const std::string& at, const std::string& span) {
  const std::string to = address(item) + " + " + at;
  if (item.vector)
    out_.line("store_vector(", to, ", ", from, ", ", span, ");");
  else
    out_.line("store_each(", to, ", ", from, ", ", step(item), ", ", span, ");");
}

void Emitter::code(const ir::Region& region, Group params, const std::function<std::string(int)>& loaded,
                   const std::function<std::string(int)>& reduced) {
  for (std::size_t i = 0; i < region.code.size(); ++i) {
    const ir::Instr& instr = region.code[i];
    std::string arguments;
    for (int k = 0; k < ir::argument_count(instr); ++k)
      arguments += (k > 0 ? ", v" : "v") + std::to_string(instr.args[k]);
    const std::string type = c_type(instr.dtype);
    std::string value;
    switch (instr.code) {
      case ir::Code::Load: value = loaded(instr.index); break;
      case ir::Code::Param: value = scalar(params, instr.index); break;
      case ir::Code::Reduced: value = reduced(instr.index); break;
      case ir::Code::Cast:
        if (is_half(instr.dtype) || is_half(region.code[instr.args[0]].dtype))
          value = text("cast_half<", type, ">(", arguments, ")");
        else
          value = text("math::", is_bool(instr.dtype) ? "cast_bool" : "cast<" + type + ">", "(", arguments, ")");
        break;
      case ir::Code::Apply: {
        const OpInfo& op = info(instr.op);
        value = text("math::", op.name, op.result == Result::Random ? "<" + type + ">" : "", "(", arguments, ")");
        break;
      }
    }
    out_.line("const ", type, " v", i, " = ", value, ";");
  }
}

// One struct R0, R1 ... per reduction.
void Emitter::reducers() {
  for (std::size_t r = 0; r < kernel_.reductions.size(); ++r) {
    const ir::Reduction& reduction = kernel_.reductions[r];
    const std::string type = c_type(kernel_.value_dtype(reduction));
    switch (state(reduction.reducer)) {
      case State::Moments: out_.line("struct R", r, " : SumSquaredDeviations<", type, "> {};"); break;
      case State::Exponentials: out_.line("struct R", r, " : SumOfExponentials<", type, "> {};"); break;
      case State::Best:
        out_.line("struct R", r, " : FirstBest<", type, ", ", reduction.reducer == Reducer::argmax, "> {};");
        break;
      case State::Value:
        out_.open("struct R", r, " : Combine<", type, ", R", r, ">");
        out_.line("static INGOT_FN ", type, " combine(", type, " left, ", type,
                  " right) { return math::", kCombine[static_cast<int>(reduction.reducer)], "(left, right); }");
        out_.close(";");
        break;
    }
  }
  if (!kernel_.reductions.empty()) out_.line("");
}

}  // namespace ingot::cuda
