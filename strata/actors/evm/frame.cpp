#include <strata/actors/evm/frame.hpp>

#include <strata/actors/evm/exits.hpp>

namespace strata::actors::evm {

namespace {

// What the contracts on this thread, which are those of the present message, may still allocate.
thread_local std::uint64_t memory_left = 2'147'483'648;
static_assert(costs::kTotalMemoryLimit == 2'147'483'648);

}  // namespace

Memory::~Memory() {
    memory_left += bytes_.size();
}

Done Memory::grow(std::size_t size) {
    const std::size_t added = size - bytes_.size();
    // All of the memory must fit in one vector, but only what is new is paid.
    STRATA_OK(meter_.allocate(size, added));
    if (added > memory_left)
        return trap("the contracts of nested calls ask for " + std::to_string(added) +
                    " bytes of memory more, expected at most " + std::to_string(memory_left));
    memory_left -= added;
    bytes_.resize(size);
    return {};
}

ActorResult<Region> Memory::region(const U256& offset, const U256& size) {
    constexpr std::uint64_t kMost = UINT32_MAX;
    const auto outside = [&](std::string_view what) {
        return abort(kIllegalMemoryAccess,
                     "a memory access has " + std::string(what) + " that does not fit in 32 bits");
    };
    if (size > U256(kMost)) return outside("a size");
    if (size.is_zero()) return Region{};
    if (offset > U256(kMost)) return outside("an offset");
    const std::uint64_t end = offset.low() + size.low();
    if (end > kMost) return outside("an end");
    if (end > bytes_.size()) STRATA_OK(grow((end + U256::kBytes - 1) / U256::kBytes * U256::kBytes));
    return Region{offset.low(), size.low()};
}

Done Memory::copy_in(const U256& offset, const U256& size, const U256& data_offset, BytesView data, bool fill) {
    STRATA_TRY(const Region to, region(offset, size));
    if (to.size == 0) return {};
    const std::size_t from = std::min<std::uint64_t>(data_offset.saturated(), data.size());
    const std::size_t count = std::min(to.size, data.size() - from);
    meter_.add(to.size * costs::kByteCopied);
    const auto target = bytes(to);
    std::ranges::copy(data.subspan(from, count), target.begin());
    if (fill) std::ranges::fill(target.subspan(count), std::uint8_t{0});
    return {};
}

}  // namespace strata::actors::evm
