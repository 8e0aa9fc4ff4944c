// Where the constants of generated code come from.
#pragma once

#include <llvm/IR/Module.h>

namespace ingot::emit {

/// Makes sums, differences, products and fmas of floating-point vectors read their constants from memory, each use for
/// itself, so that code generation folds the loads into the instructions where those have room for an address. Left
/// alone it would keep constants in registers that the values need, and load them again, in instructions of their own.
/// For optimised code: afterwards nothing knows the constants.
void read_constants_in_place(llvm::Module& module);

/// Makes them read their constants from registers that are set before the loops. At CodeGenOptLevel::None each block
/// sets them again. Likewise for optimised code.
void keep_constants_in_registers(llvm::Module& module, int register_bytes);

}  // namespace ingot::emit
