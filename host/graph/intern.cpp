#include "host/graph/intern.h"

#include <atomic>
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
  // The shape of these follows from their inputs', of constants alone apart.
  if (n.kind == Kind::Elementwise || n.kind == Kind::Cast) return h;
  for (std::int64_t d : n.shape) h = mix(h, static_cast<std::uint64_t>(d));
  for (std::int64_t d : n.dims) h = mix(h, static_cast<std::uint64_t>(d));
  return h;
}

// Another thread may be giving values to a node of this table, which then lets go of its inputs: it equals nothing any
// more, or is found just before, with values soon. No input's address can come back meanwhile as that of a node which
// this thread knows, unless the thread knows that it was let go of.
Node* input_of(Node& n, int i) { return std::atomic_ref(n.inputs[i]).load(std::memory_order_relaxed); }

// The table's own thread may be taking the node out while another lets go of it: who sees it gone sees the references,
// too, that the table gave out before.
Table* home_of(Node& n) { return std::atomic_ref(n.home).load(std::memory_order_acquire); }
void set_home(Node& n, Table* table) { std::atomic_ref(n.home).store(table, std::memory_order_release); }

bool equal(Node& found, const Node& wanted) {
  if (found.kind != wanted.kind || found.dtype != wanted.dtype || found.op != wanted.op || found.bits != wanted.bits ||
      found.offset != wanted.offset || found.reducer != wanted.reducer || found.routine != wanted.routine ||
      found.weak != wanted.weak || found.first_reduced != wanted.first_reduced)
    return false;
  for (int i = 0; i < Node::kMaxInputs; ++i)
    if (input_of(found, i) != wanted.inputs[i]) return false;
  return found.shape == wanted.shape && found.dims == wanted.dims;
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

// The nodes that one thread has recorded; only it looks into the table, and takes nodes out. A node that dies in
// another thread's hands is an entry with no references, which equals nothing, until the owner comes by. Outlives the
// thread, as its nodes may; another then goes on with it.
class Table {
 public:
  /// A live node equal to this one, with a reference; or null, and this one is entered.
  Node* find_or_insert(Node* node) {
    if (strays_.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
      collect();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = node->hash & mask;
    for (; slots_[at].node != nullptr; at = (at + 1) & mask) {
      Node* const found = slots_[at].node;
      if (slots_[at].hash == node->hash && equal(*found, *node) && try_add_ref(found)) return found;
    }
    slots_[at] = {node->hash, node};
    set_home(*node, this);
    if (2 * ++used_ > slots_.size()) [[unlikely]]
      grow();
    return nullptr;
  }

  void erase(Node* node) {
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
    set_home(*node, nullptr);
  }

  /// By any thread: a dead node, which has let go of everything, for the owner to take out and free.
  void leave(Node* node) {
    node->next = strays_.load(std::memory_order_relaxed);
    while (!strays_.compare_exchange_weak(node->next, node, std::memory_order_release, std::memory_order_relaxed)) {
    }
  }

  /// Nodes that are pending, of all tables together: a thread counts in its own what it enters and what it lets go of.
  void count(int pending) {
    pending_.store(pending_.load(std::memory_order_relaxed) + pending, std::memory_order_relaxed);
  }
  std::int64_t counted() const { return pending_.load(std::memory_order_relaxed); }

 private:
  void collect();

  void grow() {
    std::vector<Slot> bigger(2 * slots_.size());
    for (const Slot& slot : slots_)
      if (slot.node != nullptr) insert(bigger, slot);
    slots_.swap(bigger);
  }

  std::vector<Slot> slots_ = std::vector<Slot>(256);  // open addressing, linear probing
  std::size_t used_ = 0;
  std::atomic<std::int64_t> pending_{0};
  std::atomic<Node*> strays_{nullptr};
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
  }
  ~Desk() {
    while (free_ != nullptr) ::operator delete(take());
    const std::scoped_lock guard(tables().mutex);
    tables().idle.push_back(table);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  static Desk& of_thread() { return per_thread<Desk, Desk>(); }

  void* take() {
    if (free_ == nullptr) return ::operator new(sizeof(Node));
    --count_;
    return std::exchange(free_, free_->next);
  }
  // A thread may let go of more nodes than it records.
  void put(void* memory) {
    if (count_ == kMostFree) return ::operator delete(memory);
    free_ = new (memory) Free{free_};
    ++count_;
  }

  Table* table;

 private:
  static constexpr int kMostFree = 1024;
  struct Free {
    Free* next;
  };
  Free* free_ = nullptr;
  int count_ = 0;
};

void free(Node* node) {
  node->~Node();
  Desk::of_thread().put(node);
}

// Lets go of a reference, and says whether it was the last. The thread in whose table a node is finds it there, and no
// other: where it has the one reference, there is nobody to agree with.
bool drop_ref(Node* node) {
  const Table* const home = home_of(*node);
  const bool is_own = home == nullptr || home == Desk::of_thread().table;
  if (is_own && node->refs.load(std::memory_order_acquire) == 1) {
    node->refs.store(0, std::memory_order_relaxed);
    return true;
  }
  return node->refs.fetch_sub(1, std::memory_order_acq_rel) == 1;
}

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

void Table::collect() {
  Node* stray = strays_.exchange(nullptr, std::memory_order_acquire);
  while (stray != nullptr) {
    Node* const node = std::exchange(stray, stray->next);
    erase(node);
    free(node);
  }
}

NodeRef intern(Node* node) {
  node->hash = hash_of(*node);
  Table& table = *Desk::of_thread().table;
  Node* const found = table.find_or_insert(node);
  if (found == nullptr) {
    node->counted = node->pending != 0;
    if (node->counted) table.count(1);
    return NodeRef::adopt(node);
  }
  bury(node);
  return NodeRef::adopt(found);
}

void forget(Node* node) {
  if (node->home == nullptr) return;
  Table* const table = Desk::of_thread().table;
  if (std::exchange(node->counted, false)) table->count(-1);
  if (node->home == table) table->erase(node);
}

void set_input(Node* node, int i, Node* input) {
  std::atomic_ref(node->inputs[i]).store(input, std::memory_order_relaxed);
}

void drop_inputs(Node* node, Node*& dead) {
  for (int i = 0; i < node->input_count; ++i) {
    Node* const input = node->inputs[i];
    set_input(node, i, nullptr);
    if (!drop_ref(input)) continue;
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
    if (node->home == nullptr) [[likely]]
      free(node);
    else
      node->home->leave(node);
  }
}

std::int64_t pending_nodes() {
  const std::scoped_lock guard(tables().mutex);
  std::int64_t sum = 0;
  for (const Table* table : tables().all) sum += table->counted();
  return sum;
}

void lock_tables() { tables().mutex.lock(); }
void unlock_tables() { tables().mutex.unlock(); }

void Node::release() noexcept {
  if (!drop_ref(this)) return;
  next = nullptr;
  bury(this);
}

}  // namespace ingot::graph
