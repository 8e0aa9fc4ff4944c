#include <algorithm>

#include "host/emit/cuda/emitter.h"

namespace ingot::cuda {
namespace {

constexpr std::size_t kBankBytes = 4;

}  // namespace

// Map whose tiled inputs are contiguous along another axis than the innermost. A block has a tile of kTile x kTile
// elements; a warp reads a row of it along one of the two axes, and computes along the other. Rows in shared memory are
// one bank longer than they need be, so that the elements of a column lie in different banks.
void Emitter::tiled() {
  const int inner = kernel_.rank() - 1, across = options_.tile_axis;
  std::vector<Axis> outer;
  for (const Axis& axis : axes(false, false))
    if (axis.nest != inner && axis.nest != across) outer.push_back(axis);
  const std::vector<Item> inputs = items(Group::Input, Group::Input), stores = items(Group::Store, Group::Store);
  const auto in_tile = [&](int i) { return static_cast<bool>(options_.tiled[static_cast<std::size_t>(i)]); };
  // The offset of the element at (line, place) of the tile, along the two axes.
  const auto offset = [&](const Item& item, const std::string& along_across, const std::string& along_inner) {
    const std::string near = inner_offset(item, along_inner);
    return text(item.name, "_at + ", along_across, " * ", stride(item, across), near.empty() ? "" : " + ", near);
  };
  const std::string row = count(Field::Role::Row, "row"), lines = extent(across) + ".value";

  out_.open("extern \"C\" __global__ void __launch_bounds__(", kBlock, ") ", options_.name,
            "(const __grid_constant__ Params p)");
  for (const Item& item : inputs)
    if (in_tile(item.index))
      out_.line("__shared__ ", c_type(item.operand->dtype), " ", item.name, "_tile[", kTile, "][",
                kTile + std::max<std::size_t>(1, kBankBytes / itemsize(item.operand->dtype)), "];");
  out_.line("const int place = threadIdx.x % ", kTile, ", first = threadIdx.x / ", kTile, ";");
  out_.line("Index rest = blockIdx.x;");
  out_.line("const Index i = split_off(rest, ", divisor(Field::Role::Chunks, "chunks"), ") * ", kTile, ";");
  out_.line("const Index k = split_off(rest, ", divisor(Field::Role::Tiles, "tiles"), ") * ", kTile, ";");
  out_.line("const int width = static_cast<int>(smaller<Index>(", row, " - i, ", kTile, "));");
  out_.line("const int height = static_cast<int>(smaller<Index>(static_cast<Index>(", lines, ") - k, ", kTile, "));");
  coordinates(outer, "rest");
  for (const Item& item : items(Group::Input, Group::Store)) {
    const std::string far = outer_offset(item, outer), near = inner_offset(item, "i");
    out_.line("const Index ", item.name, "_at = ", far, far.empty() ? "" : " + ", "k * ", stride(item, across),
              near.empty() ? "" : " + ", near, ";");
  }

  constexpr int kWarps = kBlock / 32;
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", kTile / kWarps, "; ++u)");
  out_.line("const int line = first + u * ", kWarps, ";");
  out_.open("if (place < height && line < width)");
  for (const Item& item : inputs)
    if (in_tile(item.index))
      out_.line(item.name, "_tile[line][place] = ", address(item), "[", offset(item, "place", "line"), "];");
  out_.close();
  out_.close();
  out_.line("__syncthreads();");

  for (const Item& item : inputs)
    if (!in_tile(item.index)) out_.line(c_type(item.operand->dtype), " ", item.name, "[", kTile / kWarps, "];");
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", kTile / kWarps, "; ++u)");
  out_.line("const int line = first + u * ", kWarps, ";");
  for (const Item& item : inputs) {
    if (in_tile(item.index)) continue;
    const std::string from = element(item, offset(item, "line", "place")), type = c_type(item.operand->dtype);
    out_.line(item.name, "[u] = ",
              item.operand->generated ? from : text("line < height && place < width ? ", from, " : ", type, "(0)"),
              ";");
  }
  out_.close();
  out_.pragma_unroll();
  out_.open("for (int u = 0; u < ", kTile / kWarps, "; ++u)");
  out_.line("const int line = first + u * ", kWarps, ";");
  out_.line("if (line >= height || place >= width) continue;");
  const auto loaded = [&](int i) { return name_of(Group::Input, i) + (in_tile(i) ? "_tile[place][line]" : "[u]"); };
  code(kernel_.body, Group::Input, loaded, {});
  for (const Item& item : stores)
    out_.line(element(item, offset(item, "line", "place")), " = v", kernel_.body.stores[item.index].value, ";");
  out_.close();
  out_.close();
}

}  // namespace ingot::cuda
