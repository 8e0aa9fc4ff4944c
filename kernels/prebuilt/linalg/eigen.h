// Eigen in a namespace of its own for each CPU level: the linker must not take a function that was compiled for one
// level in the place of another's.
#pragma once

#define EIGEN_DONT_PARALLELIZE  // results do not depend on threads
#define EIGEN_MPL2_ONLY
#define EIGEN_NO_DEBUG
#define INGOT_JOIN_(a, b) a##b
#define INGOT_JOIN(a, b) INGOT_JOIN_(a, b)
#define Eigen INGOT_JOIN(IngotEigen, INGOT_CPU_LEVEL)
