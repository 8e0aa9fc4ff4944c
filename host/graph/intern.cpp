#include "host/graph/intern.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "host/base/hash.h"
#include "host/base/per_thread.h"

namespace ingot::graph {
namespace {

// With its hash, so that a probe that meets another node need not touch that node's memory.
struct Slot {
  std::uint64_t hash = 0;
  Node* node = nullptr;
};

std::uint64_t hash_of(const Node& n) {
  const auto input = [&](int i) { return std::bit_cast<std::uintptr_t>(n.inputs[i]); };
  // No kind of node has both bits and an offset.
  std::uint64_t h = mix(static_cast<std::uint64_t>(n.routine) << 56 | static_cast<std::uint64_t>(n.kind) << 48 |
                            static_cast<std::uint64_t>(n.dtype) << 40 | static_cast<std::uint64_t>(n.op) << 32 |
                            static_cast<std::uint64_t>(n.reducer) << 24 | static_cast<std::uint64_t>(n.weak) << 16 |
                            static_cast<std::uint64_t>(n.first_reduced) << 8 | n.input_count,
                        n.bits ^ static_cast<std::uint64_t>(n.offset));
  if (n.input_count != 0) h = mix(h ^ input(0), input(1));
  if (n.input_count > 2) h = mix(h, input(2));
  for (std::int64_t d : n.shape) h = mix(h, static_cast<std::uint64_t>(d));
  for (std::int64_t d : n.dims) h = mix(h, static_cast<std::uint64_t>(d));
  return h;
}

bool equal(const Node& a, const Node& b) {
  return a.kind == b.kind && a.dtype == b.dtype && a.op == b.op && a.reducer == b.reducer && a.routine == b.routine &&
         a.weak == b.weak && a.first_reduced == b.first_reduced && a.input_count == b.input_count && a.bits == b.bits &&
         a.offset == b.offset && std::equal(a.inputs, a.inputs + Node::kMaxInputs, b.inputs) && a.shape == b.shape &&
         a.dims == b.dims;
}

bool try_add_ref(Node* n) {
  std::uint32_t refs = n->refs.load(std::memory_order_relaxed);
  while (refs != 0)
    if (n->refs.compare_exchange_weak(refs, refs + 1, std::memory_order_relaxed)) return true;
  return false;
}

void insert(std::vector<Slot>& slots, Slot slot) {
  std::size_t at = slot.hash & (slots.size() - 1);
  while (slots[at].node != nullptr) at = (at + 1) & (slots.size() - 1);
  slots[at] = slot;
}

}  // namespace

// The nodes that one thread has recorded. Outlives the thread, as its nodes may; another then goes on with it.
class Table {
 public:
  /// A live node equal to this one, with a reference; or null, and this one is entered.
  Node* find_or_insert(Node* node) {
    const std::scoped_lock guard(lock_);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = node->hash & mask; slots_[at].node != nullptr; at = (at + 1) & mask) {
      Node* const found = slots_[at].node;
      if (slots_[at].hash == node->hash && equal(*found, *node) && try_add_ref(found)) return found;
    }
    if (2 * (used_ + 1) > slots_.size()) grow();
    insert(slots_, {node->hash, node});
    ++used_;
    node->home = this;
    if (node->pending != 0) ++pending_;
    return nullptr;
  }

  void erase(Node* node) {
    const std::scoped_lock guard(lock_);
    const std::size_t mask = slots_.size() - 1;
    std::size_t hole = node->hash & mask;
    while (slots_[hole].node != node) hole = (hole + 1) & mask;
    // Linear probing without tombstones: later entries of the run move up into the hole.
    for (std::size_t next = (hole + 1) & mask; slots_[next].node != nullptr; next = (next + 1) & mask) {
      const std::size_t home = slots_[next].hash & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots_[hole] = slots_[next];
        hole = next;
      }
    }
    slots_[hole].node = nullptr;
    --used_;
    node->home = nullptr;
    if (node->pending != 0) --pending_;
  }

  std::int64_t pending() {
    const std::scoped_lock guard(lock_);
    return pending_;
  }
  SpinLock& lock() { return lock_; }

 private:
  void grow() {
    std::vector<Slot> bigger(2 * slots_.size());
    for (const Slot& slot : slots_)
      if (slot.node != nullptr) insert(bigger, slot);
    slots_.swap(bigger);
  }

  SpinLock lock_;
  std::vector<Slot> slots_ = std::vector<Slot>(256);  // open addressing, linear probing
  std::size_t used_ = 0;
  std::int64_t pending_ = 0;
};

namespace {

// Never destroyed: arrays in static storage are destroyed after any object of ours would be.
struct Tables {
  std::mutex mutex;
  std::vector<Table*> all, idle;
};

Tables& tables() {
  static auto* const instance = new Tables;
  return *instance;
}

// What a thread records with.
class Desk {
 public:
  Desk() {
    Tables& t = tables();
    const std::scoped_lock guard(t.mutex);
    if (t.idle.empty()) {
      table = t.all.emplace_back(new Table);
      t.idle.reserve(t.all.size());
    } else {
      table = t.idle.back();
      t.idle.pop_back();
    }
    free_.reserve(kMostFree);
  }
  ~Desk() {
    for (void* memory : free_) ::operator delete(memory);
    const std::scoped_lock guard(tables().mutex);
    tables().idle.push_back(table);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  static Desk& of_thread() { return per_thread<Desk, Desk>(); }

  void* take() {
    if (free_.empty()) return ::operator new(sizeof(Node));
    void* const memory = free_.back();
    free_.pop_back();
    return memory;
  }
  // A thread may let go of more nodes than it records.
  void put(void* memory) { free_.size() < kMostFree ? free_.push_back(memory) : ::operator delete(memory); }

  Table* table;

 private:
  static constexpr std::size_t kMostFree = 1024;
  std::vector<void*> free_;
};

}  // namespace

namespace {

// In one cache line, which moves from core to core with the lock.
struct alignas(64) Graph {
  SpinLock lock;
  std::uint32_t stamp = 0;
};
constinit Graph graph;

}  // namespace

SpinLock& lock() { return graph.lock; }
std::uint32_t new_stamps() { return graph.stamp += 2; }

Node* allocate() { return new (Desk::of_thread().take()) Node; }

NodeRef intern(Node* node) {
  node->hash = hash_of(*node);
  Node* const found = Desk::of_thread().table->find_or_insert(node);
  if (found == nullptr) return NodeRef::adopt(node);
  bury(node);
  return NodeRef::adopt(found);
}

void forget(Node* node) {
  if (node->home != nullptr) node->home->erase(node);
}

void drop_inputs(Node* node, Node*& dead) {
  for (int i = 0; i < node->input_count; ++i) {
    Node* input = std::exchange(node->inputs[i], nullptr);
    if (input->refs.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
    input->next = dead;
    dead = input;
  }
  node->input_count = 0;
}

void bury(Node* dead) {
  while (dead != nullptr) {
    Node* const node = std::exchange(dead, dead->next);
    forget(node);
    drop_inputs(node, dead);
    const StorageRef storage = std::move(node->storage);  // freed last: a deleter may be the user's own
    node->~Node();
    Desk::of_thread().put(node);
  }
}

std::int64_t pending_nodes() {
  const std::scoped_lock guard(tables().mutex);
  std::int64_t sum = 0;
  for (Table* table : tables().all) sum += table->pending();
  return sum;
}

void lock_tables() {
  tables().mutex.lock();
  for (Table* table : tables().all) table->lock().lock();
}
void unlock_tables() {
  for (Table* table : tables().all) table->lock().unlock();
  tables().mutex.unlock();
}

void Node::release() noexcept {
  if (refs.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  next = nullptr;
  bury(this);
}

}  // namespace ingot::graph
