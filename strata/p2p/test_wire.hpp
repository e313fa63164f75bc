#pragma once
// Gives tests what a running Lotus 1.36.2 sent (vectors/lotus-devnet/long/wire.jsonl).
#include <sstream>

#include <nlohmann/json.hpp>
#include <strata/base/hex.hpp>
#include <strata/p2p/exchange_messages.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::p2p::testing {

/// Returns the lines of this kind.
inline std::vector<nlohmann::json> wire(std::string_view what) {
    std::istringstream lines(
        strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet") / "long" / "wire.jsonl"));
    std::vector<nlohmann::json> out;
    for (std::string line; std::getline(lines, line);) {
        auto object = nlohmann::json::parse(line);
        if (object["what"] == what) out.push_back(std::move(object));
    }
    return out;
}

inline ExchangeRequest request_of(const nlohmann::json& recorded) {
    ExchangeRequest out{.head = {},
                        .length = recorded["request"]["length"].get<std::uint64_t>(),
                        .options = recorded["request"]["options"].get<std::uint64_t>()};
    for (const auto& cid : recorded["request"]["head"]) out.head.push_back(Cid::parse(cid.get<std::string>()).value());
    return out;
}

inline Bytes raw_of(const nlohmann::json& recorded) {
    return from_hex(recorded["raw"].get<std::string>()).value();
}

}  // namespace strata::p2p::testing
