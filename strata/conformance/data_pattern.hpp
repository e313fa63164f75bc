#pragma once
// Generates the named data of vectors/proofs (oracle/proofs/README.md): zero, cc, byte:HH, xorshift:SEED.
#include <charconv>
#include <optional>

#include <strata/base/bytes.hpp>

namespace strata::conformance {

class DataPattern {
  public:
    /// Returns the pattern with this name, ready to produce its first byte; empty if the name is unknown.
    static std::optional<DataPattern> parse(std::string_view name) {
        DataPattern out;
        if (name == "zero") return out;
        if (name == "cc") {
            out.byte_ = 0xcc;
            return out;
        }
        const auto number = [](std::string_view digits, int base) -> std::optional<std::uint64_t> {
            std::uint64_t value = 0;
            const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
            if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size()) return std::nullopt;
            return value;
        };
        if (name.starts_with("byte:")) {
            const auto value = number(name.substr(5), 16);
            if (!value || *value > 0xff) return std::nullopt;
            out.byte_ = static_cast<std::uint8_t>(*value);
            return out;
        }
        if (!name.starts_with("xorshift:")) return std::nullopt;
        const auto seed = number(name.substr(9), 10);
        if (!seed) return std::nullopt;
        out.state_ = std::max<std::uint64_t>(*seed, 1);
        return out;
    }

    void fill(std::span<std::uint8_t> out) {
        if (!state_) {
            std::ranges::fill(out, byte_);
            return;
        }
        for (auto& byte : out) {
            if (at_ == word_.size()) next_word();
            byte = word_[at_++];
        }
    }
    Bytes take(std::size_t size) {
        Bytes out(size);
        fill(out);
        return out;
    }

  private:
    // xorshift64 with the shifts 13, 7 and 17; words are little-endian.
    void next_word() {
        auto& x = *state_;
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        store_le(word_.data(), x);
        at_ = 0;
    }

    std::uint8_t byte_ = 0;
    std::optional<std::uint64_t> state_;  // of xorshift; empty for a pattern of equal bytes
    ByteArray<8> word_{};
    std::size_t at_ = 8;  // the next byte of word_; 8 if none is left
};

}  // namespace strata::conformance
