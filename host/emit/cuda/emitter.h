// What the three forms share: names, parameters, index arithmetic, loads, stores and the code of a region.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "host/emit/cuda/program.h"
#include "host/emit/cuda/writer.h"

namespace ingot::cuda {

/// An operand in its place.
struct Item {
  Group group{};
  int index = 0;
  const ir::Operand* operand = nullptr;
  bool vector = false;
  std::string name;
};

/// An axis of the nest, and which axis that is for the operands at hand: epilogue operands know the kept axes only.
struct Axis {
  int nest = 0;
  int operand = 0;
};

class Emitter {
 public:
  Emitter(const ir::Kernel& kernel, const Options& options);
  Program run();

 private:
  void map();
  void tiled();
  void row();
  void column();

  // Parameters. Each gives the text that reads the parameter, and adds it to the struct when first asked for.
  std::string parameter(Field field);
  std::string address(const Item& item);
  std::string element(const Item& item, const std::string& offset);  // an lvalue, or the number of a generated one
  std::string stride(const Item& item, int axis);
  std::string scalar(Group group, int index);
  std::string extent(int nest_axis);
  std::string count(Field::Role role, const char* name);
  std::string divisor(Field::Role role, const char* name);
  std::string partials(int reduction);

  // Operands.
  std::vector<Item> items(Group first, Group last) const;
  std::vector<Axis> axes(bool reduced, bool epilogue) const;

  // Index arithmetic.
  void coordinates(const std::vector<Axis>& axes, const std::string& from);
  std::string outer_offset(const Item& item, const std::vector<Axis>& axes);
  std::string inner_offset(const Item& item, const std::string& i);
  std::string step(const Item& item);
  void unit_place(const char* name, const char* function, const std::vector<Item>& operands,
                  const std::vector<Axis>& axes);

  // Loads, stores and code. `at` is an operand's offset, `span` the text of a unit's Span, `element` of a value's
  // element.
  void load(const Item& item, const std::string& into, const std::string& at, const std::string& span);
  void store(const Item& item, const std::string& from, const std::string& at, const std::string& span);
  void code(const ir::Region& region, Group params, const std::function<std::string(int)>& loaded,
            const std::function<std::string(int)>& reduced);
  void reducers();
  std::size_t lane_bytes() const;

  // Row.
  void row_origin();
  void row_place();
  void row_run();
  void row_batch();
  void row_epilogue();
  void row_warp_kernel();
  void row_block_kernel();
  bool row_by_element() const;
  std::string row_bounds() const;

  // Column.
  void column_rows();
  void column_epilogue();
  int pool_bytes() const;
  std::string column_bounds() const;

  const ir::Kernel& kernel_;
  const Options& options_;
  Writer out_;
  Program program_;
  int unit_;
  int unroll_;
};

/// The C++ type of a dtype's elements in generated text: bool is u8.
std::string c_type(DType dtype);

std::string name_of(Group group, int index);

}  // namespace ingot::cuda
