#include "host/jit/object.h"

#include <elf.h>
#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "host/base/error.h"

namespace ingot::jit {
namespace {

constexpr std::uint64_t kAbsent = ~std::uint64_t{0};
constexpr std::uint64_t kPage = 4096;

template <class... Parts>
void require(bool holds, const Parts&... parts) {
  if (!holds) [[unlikely]]
    throw InternalError(text("internal error: an object that cannot be loaded: ", parts...));
}

std::uint64_t aligned(std::uint64_t at, std::uint64_t alignment) { return (at + alignment - 1) & ~(alignment - 1); }

template <class T>
void put(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

template <class T>
T get(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

#if defined(__aarch64__)

constexpr std::uint16_t kMachine = EM_AARCH64;
constexpr std::uint64_t kFarJump = 0xd61f0200'58000050;  // ldr x16, .+8; br x16; the address follows

// The instruction at `from` with its field of `bits` bits at bit `shift` set.
void put_field(std::byte* from, int shift, int bits, std::uint64_t value) {
  const std::uint32_t mask = ((std::uint32_t{1} << bits) - 1) << shift;
  put(from, (get<std::uint32_t>(from) & ~mask) | (static_cast<std::uint32_t>(value << shift) & mask));
}

void relocate(std::uint32_t type, std::byte* from, std::uint64_t to) {
  const auto place = reinterpret_cast<std::uint64_t>(from);
  switch (type) {
    case R_AARCH64_CALL26:
    case R_AARCH64_JUMP26: put_field(from, 0, 26, (to - place) >> 2); break;
    case R_AARCH64_ADR_PREL_PG_HI21: {
      const std::uint64_t pages = to / kPage - place / kPage;
      put_field(from, 29, 2, pages);
      put_field(from, 5, 19, pages >> 2);
      break;
    }
    case R_AARCH64_ADD_ABS_LO12_NC:
    case R_AARCH64_LDST8_ABS_LO12_NC: put_field(from, 10, 12, to % kPage); break;
    case R_AARCH64_LDST16_ABS_LO12_NC: put_field(from, 10, 12, to % kPage >> 1); break;
    case R_AARCH64_LDST32_ABS_LO12_NC: put_field(from, 10, 12, to % kPage >> 2); break;
    case R_AARCH64_LDST64_ABS_LO12_NC: put_field(from, 10, 12, to % kPage >> 3); break;
    case R_AARCH64_LDST128_ABS_LO12_NC: put_field(from, 10, 12, to % kPage >> 4); break;
    default: require(false, "relocation ", type);
  }
}

#else

constexpr std::uint16_t kMachine = EM_X86_64;
constexpr std::uint64_t kFarJump = 0xcccc'00000002'25ff;  // jmp *2(%rip); the address follows

void relocate(std::uint32_t type, std::byte* from, std::uint64_t to) {
  require(type == R_X86_64_PC32 || type == R_X86_64_PLT32, "relocation ", type);
  put(from, static_cast<std::uint32_t>(to - reinterpret_cast<std::uint64_t>(from)));
}

#endif

class Linker {
 public:
  Linker(std::string_view object, std::span<const Symbol> known) : object_(object), known_(known) {}

  std::unique_ptr<Loaded> run() {
    read();
    lay_out();
    // All distances are within the image, which the relocations reach across.
    require(bytes_ > 0 && bytes_ < (std::uint64_t{1} << 26), "it holds ", bytes_, " bytes");
    void* const memory = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(memory != MAP_FAILED, "no memory could be had");
    auto loaded = std::make_unique<Loaded>(memory, bytes_);
    image_ = static_cast<std::byte*>(memory);
    fill();
    require(mprotect(memory, bytes_, PROT_READ | PROT_EXEC) == 0, "its memory cannot be made executable");
    __builtin___clear_cache(static_cast<char*>(memory), static_cast<char*>(memory) + bytes_);
    loaded->body = function("ingot_body");
    loaded->epilogue = function("ingot_epilogue");
    require(loaded->body != nullptr, "ingot_body is not in it");
    return loaded;
  }

 private:
  struct Section {
    Elf64_Shdr header;
    std::uint64_t at = kAbsent;  // in the image
  };

  struct Name {
    Elf64_Sym symbol;
    std::string_view text;
    std::uint64_t at = kAbsent;  // in the image; what the object does not define has a far jump there
  };

  template <class T>
  T read_at(std::uint64_t offset) const {
    check_range(offset, sizeof(T));
    return get<T>(reinterpret_cast<const std::byte*>(object_.data()) + offset);
  }

  void check_range(std::uint64_t offset, std::uint64_t bytes) const {
    require(offset <= object_.size() && bytes <= object_.size() - offset, "it ends early");
  }

  void read() {
    const auto header = read_at<Elf64_Ehdr>(0);
    require(std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64 &&
                header.e_type == ET_REL && header.e_machine == kMachine,
            "it is not a relocatable object for this machine");
    for (std::uint64_t k = 0; k < header.e_shnum; ++k) {
      sections_.push_back({read_at<Elf64_Shdr>(header.e_shoff + k * sizeof(Elf64_Shdr))});
      if (sections_.back().header.sh_type != SHT_NOBITS)
        check_range(sections_.back().header.sh_offset, sections_.back().header.sh_size);
    }
    for (const Section& section : sections_)
      if (section.header.sh_type == SHT_SYMTAB) read_names(section.header);
  }

  void read_names(const Elf64_Shdr& table) {
    require(table.sh_link < sections_.size() && names_.empty(), "its symbols have no names");
    const Elf64_Shdr& texts = sections_[table.sh_link].header;
    const std::string_view all = object_.substr(texts.sh_offset, texts.sh_size);
    for (std::uint64_t k = 0; k < table.sh_size / sizeof(Elf64_Sym); ++k) {
      const auto symbol = read_at<Elf64_Sym>(table.sh_offset + k * sizeof(Elf64_Sym));
      const std::size_t end = all.find('\0', symbol.st_name);
      require(end != std::string_view::npos, "a symbol has no name");
      names_.push_back({symbol, all.substr(symbol.st_name, end - symbol.st_name)});
    }
  }

  void lay_out() {
    for (Section& section : sections_) {
      const Elf64_Shdr& h = section.header;
      if ((h.sh_flags & SHF_ALLOC) == 0 || h.sh_size == 0) continue;
      require(h.sh_type == SHT_PROGBITS && (h.sh_flags & (SHF_WRITE | SHF_TLS)) == 0,
              "it has more than code and constants");
      require(std::has_single_bit(h.sh_addralign) && h.sh_addralign <= kPage, "a section aligned to ", h.sh_addralign);
      section.at = aligned(bytes_, h.sh_addralign);
      bytes_ = section.at + h.sh_size;
    }
    bytes_ = aligned(bytes_, 16);
    for (Name& name : names_) {
      const std::uint16_t home = name.symbol.st_shndx;
      if (home == SHN_UNDEF && !name.text.empty()) {
        name.at = bytes_;
        bytes_ += 16;
      } else if (home != SHN_UNDEF && home < sections_.size() && sections_[home].at != kAbsent) {
        require(name.symbol.st_value <= sections_[home].header.sh_size, name.text, " is outside of its section");
        name.at = sections_[home].at + name.symbol.st_value;
      }
    }
  }

  void fill() {
    for (const Section& section : sections_)
      if (section.at != kAbsent)
        std::memcpy(image_ + section.at, object_.data() + section.header.sh_offset, section.header.sh_size);
    for (const Name& name : names_) {
      if (name.symbol.st_shndx != SHN_UNDEF || name.at == kAbsent) continue;
      put(image_ + name.at, kFarJump);
      put(image_ + name.at + 8, address(name.text));
    }
    for (const Section& section : sections_) {
      const Elf64_Shdr& h = section.header;
      if (h.sh_type != SHT_RELA || h.sh_info >= sections_.size() || sections_[h.sh_info].at == kAbsent) continue;
      for (std::uint64_t k = 0; k < h.sh_size / sizeof(Elf64_Rela); ++k)
        join(sections_[h.sh_info], read_at<Elf64_Rela>(h.sh_offset + k * sizeof(Elf64_Rela)));
    }
  }

  void join(const Section& section, const Elf64_Rela& relocation) const {
    const std::uint64_t symbol = ELF64_R_SYM(relocation.r_info), size = section.header.sh_size;
    require(size >= sizeof(std::uint32_t) && relocation.r_offset <= size - sizeof(std::uint32_t),
            "a relocation outside of its section");
    require(symbol < names_.size() && names_[symbol].at != kAbsent, "a relocation to nowhere");
    relocate(
        ELF64_R_TYPE(relocation.r_info), image_ + section.at + relocation.r_offset,
        reinterpret_cast<std::uint64_t>(image_) + names_[symbol].at + static_cast<std::uint64_t>(relocation.r_addend));
  }

  const void* address(std::string_view name) const {
    for (const Symbol& symbol : known_)
      if (symbol.name == name) return symbol.address;
    require(false, "nothing is called ", name);
    return nullptr;
  }

  cpu::TileFn function(std::string_view wanted) const {
    for (const Name& name : names_)
      if (name.text == wanted && name.symbol.st_shndx != SHN_UNDEF && name.at != kAbsent)
        return reinterpret_cast<cpu::TileFn>(image_ + name.at);
    return nullptr;
  }

  std::string_view object_;
  std::span<const Symbol> known_;
  std::vector<Section> sections_;
  std::vector<Name> names_;
  std::byte* image_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Loaded::~Loaded() { munmap(memory_, bytes_); }

std::unique_ptr<Loaded> load(std::string_view object, std::span<const Symbol> symbols) {
  return Linker(object, symbols).run();
}

}  // namespace ingot::jit
