#pragma once
// Reads the arguments of Solidity's ABI: words of 32 bytes, and byte strings at offsets. Behind its end the input
// continues with zeros. Source: builtin-actors actors/evm/src/reader.rs.
#include <strata/actors/evm/uint256.hpp>

namespace strata::actors::evm {

class AbiReader {
  public:
    /// The input must outlive the reader.
    explicit AbiReader(BytesView input) : input_(input), rest_(input) {}

    /// Continues at an offset from the beginning.
    void seek(std::size_t offset) { rest_ = input_.subspan(std::min(offset, input_.size())); }
    Hash256 word() {
        Hash256 out{};
        std::ranges::copy(take(out.size()), out.begin());
        return out;
    }
    U256 number() { return U256::from_be(word()); }
    /// Reads a word that must fit into 64, 32 or 8 bits; empty if it does not.
    std::optional<std::uint64_t> u64() { return at_most(UINT64_MAX); }
    std::optional<std::uint32_t> u32() {
        const auto value = at_most(UINT32_MAX);
        return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
    }
    std::optional<std::uint8_t> u8() {
        const auto value = at_most(UINT8_MAX);
        return value ? std::optional(static_cast<std::uint8_t>(*value)) : std::nullopt;
    }
    /// Returns the next `size` bytes, or as many as there are.
    BytesView take(std::size_t size) {
        const BytesView out = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(out.size());
        return out;
    }

  private:
    std::optional<std::uint64_t> at_most(std::uint64_t most) {
        const U256 value = number();
        if (value > U256(most)) return std::nullopt;
        return value.low();
    }
    BytesView input_;
    BytesView rest_;
};

/// Appends a word.
inline void append_word(Bytes& to, const U256& word) {
    append(to, word.to_be());
}
/// Appends zeros up to the next multiple of a word's size; `from` bytes at the beginning do not count.
inline void pad_to_word(Bytes& to, std::size_t from = 0) {
    const std::size_t odd = (to.size() - from) % U256::kBytes;
    if (odd != 0) to.resize(to.size() + U256::kBytes - odd, 0);
}

}  // namespace strata::actors::evm
