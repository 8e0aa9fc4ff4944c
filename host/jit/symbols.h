// The symbols of libingot that generated CPU code may call.
#pragma once

#include <span>

#include "host/jit/compiler.h"

namespace ingot::jit {

std::span<const Symbol> symbols();

}  // namespace ingot::jit
