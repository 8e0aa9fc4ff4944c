// Where the constants of generated code come from.
#pragma once

#include <llvm/IR/Module.h>

namespace ingot::emit {

/// Makes arithmetic on vectors read its constants from memory, each use for itself, so that code generation folds the
/// loads into the instructions. Left alone it would keep constants in registers that the values need, and load them
/// again, in instructions of their own. For optimised code: afterwards nothing knows the constants.
void read_constants_in_place(llvm::Module& module);

}  // namespace ingot::emit
