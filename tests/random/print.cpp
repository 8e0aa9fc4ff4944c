#include <sstream>

#include "tests/random/recipe.h"

namespace ingot::tests {
namespace {

std::string print(const Slice& slice) {
  std::string text;
  if (slice.start) text += std::to_string(*slice.start);
  text += ":";
  if (slice.stop) text += std::to_string(*slice.stop);
  return slice.step == 1 ? text : text + ":" + std::to_string(slice.step);
}

std::string print(const Index& index) {
  switch (index.kind) {
    case Index::Kind::At: return std::to_string(index.at);
    case Index::Kind::Range: return print(index.slice);
    case Index::Kind::NewAxis: return "newaxis";
    default: return "...";
  }
}

std::string print(const Item& item) {
  static constexpr const char* kLooks[] = {"index",        "permute_dims", "T",           "reshape",
                                           "broadcast_to", "flip",         "expand_dims", "squeeze"};
  static constexpr const char* kProducts[] = {"matmul", "vecdot", "tensordot", "outer"};
  std::ostringstream out;
  const auto first = [&] { return "v" + std::to_string(item.in[0]); };
  switch (item.make) {
    case Make::Leaf:
      out << "array(";
      for (std::int64_t i = 0; i < item.values.size() && i < 6; ++i)
        out << (i == 0 ? "" : ", ") << to_string(item.dtype, item.values[i]);
      out << (item.values.size() > 6 ? ", ...)" : ")");
      if (item.repeated >= 0) out << " repeating along axis " << item.repeated;
      break;
    case Make::Scalar: out << "scalar " << to_string(item.dtype, item.values[0]); break;
    case Make::Full: out << "full(" << to_string(item.dtype, item.values[0]) << ")"; break;
    case Make::Arange: out << "arange(" << item.shape.numel() << ")"; break;
    case Make::Random: out << info(item.op).name << "(seed " << item.seed << ", bound " << item.bound << ")"; break;
    case Make::Elementwise:
      out << info(item.op).name << "(";
      for (std::size_t k = 0; k < item.in.size(); ++k) out << (k == 0 ? "v" : ", v") << item.in[k];
      out << ")";
      break;
    case Make::Complex:
      out << (item.imag ? "imag(" : "real(") << info(item.op).name << "(";
      for (std::size_t k = 0; k < item.in.size(); k += 2)
        out << (k == 0 ? "v" : ", v") << item.in[k] << " + i v" << item.in[k + 1];
      out << (item.stored ? ", evaluated))" : "))");
      break;
    case Make::Cast: out << "astype(" << first() << ")"; break;
    case Make::View:
      out << kLooks[static_cast<int>(item.looks)] << "(" << first();
      for (const Index& index : item.indices) out << ", " << print(index);
      for (std::int64_t value : item.list) out << ", " << value;
      out << ")";
      break;
    case Make::Reduce:
      out << kReductionNames[static_cast<int>(item.reduction)] << "(" << first() << ", axes";
      if (item.all_axes) out << " all";
      for (std::int64_t axis : item.axes) out << " " << axis;
      out << (item.keepdims ? ", keepdims" : "") << ", correction " << item.correction << ")";
      break;
    case Make::Sort:
      out << info(item.routine).name << "(" << first() << ", axis " << item.axes[0]
          << (item.descending ? ", descending)" : ")");
      break;
    case Make::Take:
      out << (item.along ? "take_along_axis(" : "take(") << first() << ", v" << item.in[1] << ", axis " << item.axes[0]
          << ")";
      break;
    case Make::Scan: {
      static constexpr const char* kScans[prebuilt::kScanOps] = {"cumsum", "cumprod", "cummin", "cummax",
                                                                 "logcumsumexp"};
      out << kScans[static_cast<int>(item.scan)] << "(" << first() << ", axis " << item.axes[0]
          << (item.options.reverse ? ", reverse" : "") << (item.options.exclusive ? ", exclusive)" : ")");
      break;
    }
    case Make::Product:
      out << kProducts[static_cast<int>(item.product)] << "(" << first() << ", v" << item.in[1] << ")";
      break;
  }
  out << "  " << ingot::name(item.dtype) << " " << to_string(item.shape);
  return out.str();
}

}  // namespace

std::string print(const Recipe& recipe) {
  std::ostringstream out;
  out << "seed " << recipe.seed << "\n";
  for (std::size_t i = 0; i < recipe.items.size(); ++i) out << "  v" << i << " = " << print(recipe.items[i]) << "\n";
  out << "  roots";
  for (int root : recipe.roots) out << " v" << root;
  return out.str() + "\n";
}

const char* name(Layout layout) {
  static constexpr const char* kNames[kLayouts] = {"contiguous", "strided",   "reversed",
                                                   "transposed", "broadcast", "pending"};
  return kNames[static_cast<int>(layout)];
}

}  // namespace ingot::tests
