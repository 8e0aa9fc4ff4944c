#include "rivals.h"

#include <dlfcn.h>

#include "vector_loops.h"

namespace bench {
namespace {

using ingot::cpu::Level;

void* opened(const char* file) { return dlopen(file, RTLD_NOW | RTLD_LOCAL); }

void* symbol(void* library, const std::string& name) {
  return library != nullptr ? dlsym(library, name.c_str()) : nullptr;
}

template <class T>
void add_glibc(std::vector<Implementation<T>>& all, const std::string& function, int arity) {
  static void* const library = opened("libm.so.6");
  void* const found = symbol(library, function + (sizeof(T) == 4 ? "f" : ""));
  if (found == nullptr) return;
  if (arity == 1) {
    const auto f = reinterpret_cast<T (*)(T)>(found);
    all.push_back({"glibc", Level::Baseline, [f](const T* x, const T*, T* out, std::int64_t n) {
                     for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i]);
                   }});
  } else {
    const auto f = reinterpret_cast<T (*)(T, T)>(found);
    all.push_back({"glibc", Level::Baseline, [f](const T* x, const T* y, T* out, std::int64_t n) {
                     for (std::int64_t i = 0; i < n; ++i) out[i] = f(x[i], y[i]);
                   }});
  }
}

#ifdef __x86_64__

template <class T>
VectorLoop<T>* loop(Level level, int arity) {
  const VectorLoops& loops = level == Level::V4 ? kLoopsV4 : kLoopsV3;
  if constexpr (sizeof(T) == 8)
    return arity == 1 ? loops.one_double : loops.two_double;
  else
    return arity == 1 ? loops.one_float : loops.two_float;
}

template <class T>
void add_vectors(std::vector<Implementation<T>>& all, const char* name, Level level, int arity, void* found) {
  if (found == nullptr) return;
  VectorLoop<T>* const run = loop<T>(level, arity);
  all.push_back({name, level, [=](const T* x, const T* y, T* out, std::int64_t n) { run(found, x, y, out, n); }});
}

// As the vector ABI names it: _ZGVeN8vv_pow takes two vectors of 8 for AVX-512.
void* in_libmvec(const std::string& function, Level level, int arity, bool is_float) {
  static void* const library = opened("libmvec.so.1");
  const int lanes = (level == Level::V4 ? 8 : 4) * (is_float ? 2 : 1);
  return symbol(library, std::string("_ZGV") + (level == Level::V4 ? 'e' : 'd') + "N" + std::to_string(lanes) +
                             (arity == 1 ? "v_" : "vv_") + function + (is_float ? "f" : ""));
}

// Its most accurate version, 1 ULP for most functions, or that of 3.5 ULP.
void* in_sleef(const std::string& function, Level level, bool is_float, bool fast) {
  static void* const library = opened("libsleef.so.3");
  const std::string name =
      "Sleef_" + function + (is_float ? "f" : "d") + std::to_string((level == Level::V4 ? 8 : 4) * (is_float ? 2 : 1));
  for (const char* const accuracy : {fast ? "_u35" : "_u05", "_u05", "_u10", "_u15"}) {
    void* const found = symbol(library, name + accuracy + (level == Level::V4 ? "avx512f" : "avx2"));
    if (found != nullptr) return found;
  }
  return nullptr;
}

#endif

}  // namespace

template <class T>
std::vector<Implementation<T>> rivals(std::string_view function, int arity, [[maybe_unused]] bool fast) {
  const std::string name(function);
  std::vector<Implementation<T>> all;
  add_glibc(all, name, arity);
#ifdef __x86_64__
  constexpr bool is_float = sizeof(T) == 4;
  for (const Level level : {Level::V3, Level::V4}) {
    if (level > ingot::cpu::choose_level(nullptr).level) continue;
    add_vectors(all, "libmvec", level, arity, in_libmvec(name, level, arity, is_float));
    add_vectors(all, "sleef", level, arity, in_sleef(name, level, is_float, fast));
  }
#endif
  return all;
}

template std::vector<Implementation<double>> rivals(std::string_view, int, bool);
template std::vector<Implementation<float>> rivals(std::string_view, int, bool);

}  // namespace bench
