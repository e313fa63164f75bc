#include <strata/wasm/linear_memory.hpp>

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

namespace strata::wasm {
namespace {

// The code is compiled for these sizes. A 32-bit address and a 32-bit offset reach at most 8 GiB; accesses with an
// offset above the guard are checked by the code itself.
constexpr std::size_t kReserved = std::size_t{4} << 30;
constexpr std::size_t kGuard = std::size_t{32} << 20;

// Up to this many slots, a new one is reserved rather than one with a different image used again: enough for two
// messages that call to the full depth of 1,024.
constexpr std::size_t kManySlots = 2'048;

// The address of the record that new memories of this thread serve; 1 if there is none (tools/checks/threads.py says
// why it is not zero).
constexpr std::uintptr_t kNone = 1;
thread_local std::uintptr_t serving = 1;

wasmtime_error_t* refusal(const char* why) {
    return wasmtime_error_new(why);
}

// Refuses memory above a limit.
wasmtime_error_t* beyond_limit(MemoryUse& use, const char* why) {
    if (use.are_limits_ours) use.failure = fail(Errc::unsupported, why);
    return refusal(why);
}

Error memory_error(std::string_view what) {
    return fail(Errc::io, std::string(what) + " the memory of a WASM instance: " + std::strerror(errno));
}

Status open_up_to(MemorySlot& slot, std::size_t size) {
    if (size <= slot.open) return {};
    if (::mprotect(slot.base + slot.open, size - slot.open, PROT_READ | PROT_WRITE) != 0)
        return memory_error("cannot provide");
    slot.open = size;
    return {};
}

// The memory of one instance.
struct LinearMemory {
    LinearMemories& pool;
    MemoryUse& use;
    MemorySlot slot;
};

extern "C" {

std::uint8_t* get_memory(void* env, std::size_t* size, std::size_t* capacity) {
    const auto& memory = *static_cast<LinearMemory*>(env);
    *size = memory.use.size;
    *capacity = kReserved;
    return memory.slot.base;
}

// The guest sees an error as a memory.grow of -1. The bytes of a growth beyond the limit of the instance stay taken
// from the budget until the call ends, as in the reference, which asks the budget first (engine/mod.rs,
// memory_growing).
wasmtime_error_t* grow_memory(void* env, std::size_t size) {
    auto& memory = *static_cast<LinearMemory*>(env);
    if (!memory.use.budget->take(size - memory.use.size))
        return beyond_limit(memory.use, "the message's memory of 2 GiB is used up");
    if (size > vm::kMaxInstanceMemory) return beyond_limit(memory.use, "the instance's memory of 512 MiB is used up");
    if (auto opened = open_up_to(memory.slot, size); !opened) {
        memory.use.failure = opened.error();
        return refusal("the system has no memory");
    }
    memory.use.size = size;
    return nullptr;
}

void free_memory(void* env) {
    const std::unique_ptr<LinearMemory> memory(static_cast<LinearMemory*>(env));
    memory->pool.give_back(std::move(memory->slot));
}

wasmtime_error_t* new_memory(void* env, const wasm_memorytype_t* /*type*/, std::size_t minimum, std::size_t /*maximum*/,
                             std::size_t reserved, std::size_t guard, wasmtime_linear_memory_t* out) {
    STRATA_CHECK(serving != kNone);
    STRATA_CHECK(reserved <= kReserved && guard <= kGuard);
    auto& pool = *static_cast<LinearMemories*>(env);
    MemoryUse& use = *reinterpret_cast<MemoryUse*>(serving);  // NOLINT(performance-no-int-to-ptr): see `serving`
    STRATA_CHECK(use.base == nullptr);
    if (!use.budget->take(minimum)) return beyond_limit(use, "the message's memory of 2 GiB is used up");
    auto slot = pool.take(minimum, use.image);
    if (!slot) {
        use.failure = slot.error();
        return refusal("the system has no memory");
    }
    use.base = slot->base;
    use.size = minimum;
    out->env = std::make_unique<LinearMemory>(pool, use, *slot).release();
    out->get_memory = &get_memory;
    out->grow_memory = &grow_memory;
    out->finalizer = &free_memory;
    return nullptr;
}

}  // extern "C"

}  // namespace

LinearMemories::Serving::Serving(MemoryUse& use) : outer_(serving) {
    serving = reinterpret_cast<std::uintptr_t>(&use);
}
LinearMemories::Serving::~Serving() {
    serving = outer_;
}

LinearMemories::~LinearMemories() {
    const Lock lock(mutex_);
    for (const auto& [image, slots] : free_)
        for (const auto& slot : slots) ::munmap(slot.base, kReserved + kGuard);
}

void LinearMemories::install(wasm_config_t& config) {
    wasmtime_memory_creator_t creator{this, &new_memory, nullptr};
    wasmtime_config_host_memory_creator_set(&config, &creator);
    wasmtime_config_memory_reservation_set(&config, kReserved);
    wasmtime_config_memory_guard_size_set(&config, kGuard);
    wasmtime_config_memory_reservation_for_growth_set(&config, 0);
    wasmtime_config_memory_may_move_set(&config, false);
    wasmtime_config_memory_init_cow_set(&config, false);
}

// Returns a free slot with this image, or else one to be used anew, or else an empty one.
MemorySlot LinearMemories::take_free(const MemoryImage* image) {
    const Lock lock(mutex_);
    auto it = free_.find(image);
    if (it == free_.end()) it = free_.find(nullptr);
    if (it == free_.end() && slots_ >= kManySlots) it = free_.begin();
    if (it == free_.end()) {
        ++slots_;
        return {};
    }
    MemorySlot slot = std::move(it->second.back());
    it->second.pop_back();
    if (it->second.empty()) free_.erase(it);
    return slot;
}

Result<MemorySlot> LinearMemories::take(std::size_t size, const std::shared_ptr<const MemoryImage>& image) {
    MemorySlot slot = take_free(image.get());
    const auto failed = [&](Error error) {
        if (slot.base != nullptr) ::munmap(slot.base, kReserved + kGuard);
        const Lock lock(mutex_);
        --slots_;
        return error;
    };
    if (slot.base == nullptr || (slot.image && slot.image != image)) {
        // Reserves a new range, or the same one again without what was mapped there.
        const int fixed = slot.base == nullptr ? 0 : MAP_FIXED;
        void* base = ::mmap(slot.base, kReserved + kGuard, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | fixed, -1, 0);
        if (base == MAP_FAILED) return failed(memory_error("cannot reserve"));
        slot = {static_cast<std::uint8_t*>(base), 0, nullptr};
    }
    // A smaller instance must not reach the part that a larger one used before it.
    if (slot.open > size) {
        STRATA_CHECK(::mprotect(slot.base + size, slot.open - size, PROT_NONE) == 0);
        slot.open = size;
    }
    if (auto opened = open_up_to(slot, size); !opened) return failed(opened.error());
    if (image && !slot.image) {
        if (auto mapped = image->map_into(slot.base); !mapped) return failed(mapped.error());
        slot.image = image;
    }
    return slot;
}

void LinearMemories::give_back(MemorySlot slot) {
    // The system's zero pages replace the content, and the image's pages what was written over them.
    if (slot.open > 0) STRATA_CHECK(::madvise(slot.base, slot.open, MADV_DONTNEED) == 0);
    const Lock lock(mutex_);
    free_[slot.image.get()].push_back(std::move(slot));
}

}  // namespace strata::wasm
