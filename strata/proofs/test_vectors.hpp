#pragma once
// Reads the vectors that the reference crates of filecoin-proofs 19.1.0 computed (tests/vectors/proofs).
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/proofs/circuit/shapes.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::proofs::testing {

inline nlohmann::json cases_of(const std::string& name) {
    return nlohmann::json::parse(strata::testing::read_file(*strata::testing::find_vectors("proofs/" + name)))
        .at("cases");
}
inline Hash256 hash_of(const nlohmann::json& hex) {
    const auto bytes = from_hex(hex.get<std::string>()).value();
    STRATA_CHECK(bytes.size() == 32);
    Hash256 out;
    std::ranges::copy(bytes, out.begin());
    return out;
}
inline std::uint64_t sector_bytes(const nlohmann::json& one) {
    return parse_sector_bytes(one.at("sector").get<std::string>()).value();
}
/// The data that a vector names: "zero", "cc" (every byte is cc), or "xorshift:SEED", which are the words of
/// Marsaglia's 64-bit xorshift with the shifts 13, 7 and 17, little endian.
inline Bytes pattern(const std::string& name, std::size_t size) {
    Bytes out(size, name == "cc" ? 0xcc : 0);
    if (!name.starts_with("xorshift:")) return out;
    std::uint64_t x = std::stoull(name.substr(9));
    for (std::size_t i = 0; i < size; ++i) {
        if (i % 8 == 0) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
        out[i] = static_cast<std::uint8_t>(x >> (8 * (i % 8)));
    }
    return out;
}
inline std::vector<std::vector<std::string>> hex_of(const std::vector<std::vector<crypto::Fr>>& partitions) {
    std::vector<std::vector<std::string>> out;
    for (const auto& inputs : partitions) {
        auto& texts = out.emplace_back();
        for (const auto& input : inputs) texts.push_back(input.to_hex());
    }
    return out;
}

}  // namespace strata::proofs::testing
