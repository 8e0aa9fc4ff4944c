#include "host/plan/plan.h"

namespace ingot::plan {

Dims Launch::kept_extents() const {
  Dims list;
  for (int k = 0; k < extents.size(); ++k)
    if (!kernel.reduced[k]) list.push_back(extents[k]);
  return list;
}

std::int64_t Launch::kept() const {
  std::int64_t n = 1;
  for (int k = 0; k < extents.size(); ++k)
    if (!kernel.reduced[k]) n *= extents[k];
  return n;
}

std::int64_t Launch::reduced() const {
  std::int64_t n = 1;
  for (int k = 0; k < extents.size(); ++k)
    if (kernel.reduced[k]) n *= extents[k];
  return n;
}

}  // namespace ingot::plan
