#include "host/emit/cuda/emitter.h"

namespace ingot::cuda {

void Emitter::map() {
  const std::vector<Item> inputs = items(Group::Input, Group::Input), stores = items(Group::Store, Group::Store);
  unit_place("Place", "place", items(Group::Input, Group::Store), axes(false, false));

  // Left to itself ptxas spills 8 bytes to have four blocks a multiprocessor where a thread takes eight units.
  out_.open("extern \"C\" __global__ void __launch_bounds__(", kBlock, unroll_ > 4 ? ", 2) " : ") ", options_.name,
            "(const __grid_constant__ Params p)");
  // Fewer than `unroll` where there are too few units to fill the device: a number that does not change the code.
  const std::string each = unroll_ > 1 ? count(Field::Role::UnitsEach, "units_each") : "";
  out_.line("const Index first = static_cast<Index>(blockIdx.x) * ", kBlock, each.empty() ? "" : " * " + each,
            " + threadIdx.x;");
  out_.line("Place at[", unroll_, "];");
  for (const Item& item : inputs)
    out_.line(c_type(item.operand->dtype), " ", item.name, "[", unroll_, "][", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  out_.line("at[u] = place(p, first + u * ", kBlock, ");");
  if (!each.empty()) out_.line("if (u >= ", each, ") at[u].span = Span{0, 0};");
  for (const Item& item : inputs) load(item, item.name + "[u]", "at[u]." + item.name, "at[u].span");
  out_.close();
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", unroll_, "; ++u)");
  if (!each.empty()) out_.line("if (u >= ", each, ") break;");
  for (const Item& item : stores) out_.line(c_type(item.operand->dtype), " ", item.name, "[", unit_, "];");
  out_.pragma_unroll();
  out_.open("for (int j = 0; j < ", unit_, "; ++j)");
  code(kernel_.body, Group::Input, [](int i) { return name_of(Group::Input, i) + "[u][j]"; }, {});
  for (const Item& item : stores) out_.line(item.name, "[j] = v", kernel_.body.stores[item.index].value, ";");
  out_.close();
  for (const Item& item : stores) store(item, item.name, "at[u]." + item.name, "at[u].span");
  out_.close();
  out_.close();
}

}  // namespace ingot::cuda
