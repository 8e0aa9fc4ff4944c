// CUB and plain CUDA as a peer, with the protocol of gpu_peer.py: what a user of CUDA C++ would write.
// nvcc -O3 -std=c++17 -arch=native cub_peer.cu -o cub_peer
#include <chrono>
#include <cstdio>
#include <cub/cub.cuh>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

namespace {

void check(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

struct SqrtSin {
  __device__ double operator()(double x) const { return sqrt(x) + sin(x); }
};
struct Root {
  __device__ double operator()(double x) const { return sqrt(x); }
};
struct Affine {
  __device__ double operator()(double x) const { return x * 2 + 1; }
};
struct Chain {
  __device__ double operator()(double x) const {
#pragma unroll
    for (int i = 0; i < 10; ++i) x = sqrt(x) + sin(x);
    return x;
  }
};

template <class Map>
__global__ void __launch_bounds__(256) map_kernel(const double2* x, double2* out, long long n) {
  const long long first = (long long)blockIdx.x * 1024 + threadIdx.x;
  double2 v[4];
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) v[u] = x[first + 256 * u];
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) out[first + 256 * u] = {Map()(v[u].x), Map()(v[u].y)};
}

/// Device memory of the peer: the sets, a result as long as one of them, and what CUB asks for.
struct Memory {
  std::vector<double*> sets;
  double *out = nullptr, *scratch = nullptr;
  std::size_t scratch_bytes = 0;
  long long n = 0;

  void clear() {
    for (double* set : sets) cudaFree(set);
    cudaFree(out);
    sets.clear();
    out = nullptr;
  }
} memory;

/// CUB's two calls: for the bytes of its scratch memory, then with it.
template <class Call>
void with_scratch(Call call) {
  std::size_t bytes = 0;
  check(call(nullptr, bytes));
  if (bytes > memory.scratch_bytes) {
    cudaFree(memory.scratch);
    check(cudaMalloc(&memory.scratch, bytes));
    memory.scratch_bytes = bytes;
  }
  check(call(memory.scratch, bytes));
}

template <class Iterator>
void sum_of(Iterator x) {
  with_scratch([&](void* scratch, std::size_t& bytes) {
    return cub::DeviceReduce::Sum(scratch, bytes, x, memory.out, memory.n);
  });
}

template <class Map>
void mapped(const double* x) {
  const long long units = memory.n / 2;
  map_kernel<Map><<<(unsigned)((units + 1023) / 1024), 256>>>((const double2*)x, (double2*)memory.out, units);
}

/// What is seen of a result: its sum, or itself.
double read(bool whole) {
  if (whole) {
    double* const total = memory.sets.front() + memory.n;  // an element behind the first set
    with_scratch([&](void* scratch, std::size_t& bytes) {
      return cub::DeviceReduce::Sum(scratch, bytes, memory.out, total, memory.n);
    });
    double value = 0;
    check(cudaMemcpy(&value, total, sizeof value, cudaMemcpyDeviceToHost));
    return value;
  }
  double value = 0;
  check(cudaMemcpy(&value, memory.out, sizeof value, cudaMemcpyDeviceToHost));
  return value;
}

struct Work {
  std::function<void(const double*)> run;
  bool whole = false, mean = false;
};

const std::map<std::string, Work>& works() {
  static const std::map<std::string, Work> all = {
      {"sqrt_sin", {mapped<SqrtSin>, true}},
      {"affine", {mapped<Affine>, true}},
      {"sum", {[](const double* x) { sum_of(x); }}},
      {"mean_sqrt", {[](const double* x) { sum_of(thrust::make_transform_iterator(x, Root())); }, false, true}},
      {"sum_sqrt_sin", {[](const double* x) { sum_of(thrust::make_transform_iterator(x, SqrtSin())); }}},
      {"chain", {[](const double* x) { sum_of(thrust::make_transform_iterator(x, Chain())); }, false, true}},
  };
  return all;
}

void open(const std::string& path, int sets, long long rows, long long columns) {
  memory.clear();
  memory.n = rows * columns;
  std::vector<double> host((std::size_t)memory.n);
  for (int i = 0; i < sets; ++i) {
    std::ifstream in(path + "." + std::to_string(i), std::ios::binary);
    if (!in.read((char*)host.data(), 8 * memory.n)) throw std::runtime_error("cannot read " + path);
    double* set = nullptr;
    check(cudaMalloc(&set, 8 * (memory.n + 1)));
    check(cudaMemcpy(set, host.data(), 8 * memory.n, cudaMemcpyHostToDevice));
    memory.sets.push_back(set);
  }
  check(cudaMalloc(&memory.out, 8 * memory.n));
}

std::string run(const std::string& name, int set) {
  const Work& work = works().at(name);
  const double* const x = memory.sets.at((std::size_t)set);
  static std::string warm;
  if (warm != name) work.run(x);
  warm = name;
  check(cudaDeviceSynchronize());
  const auto start = std::chrono::steady_clock::now();
  work.run(x);
  check(cudaDeviceSynchronize());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  check(cudaGetLastError());
  char text[80];
  std::snprintf(text, sizeof text, "%.9g %.17g", seconds, read(work.whole) / (work.mean ? (double)memory.n : 1.0));
  return text;
}

std::string answer(std::istringstream words) {
  std::string command, name;
  words >> command >> name;
  if (command == "hello") {
    check(cudaFree(nullptr));
    std::string text = "cub " + std::to_string(CUB_VERSION);
    for (const auto& [work, how] : works()) text += " " + work;
    return text;
  }
  if (command == "open") {
    long long sets = 0, rows = 0, columns = 0;
    words >> sets >> rows >> columns;
    open(name, (int)sets, rows, columns);
    return "ok";
  }
  if (command == "run") {
    int set = 0;
    words >> set;
    return run(name, set);
  }
  return "error: unknown command " + command;
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::string reply;
    try {
      reply = answer(std::istringstream(line));
    } catch (const std::exception& problem) {
      reply = std::string("error: ") + problem.what();
    }
    std::cout << reply << std::endl;
  }
}
