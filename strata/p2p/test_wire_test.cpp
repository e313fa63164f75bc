#include <sstream>

#include <nlohmann/json.hpp>
#include <strata/base/hex.hpp>
#include <strata/p2p/test_wire.hpp>
#include <strata/testing/vectors.hpp>

namespace strata::p2p::testing {
namespace {

using nlohmann::json;

/// Returns the lines of this kind.
std::vector<json> wire(std::string_view what) {
    std::istringstream lines(
        strata::testing::read_file(*strata::testing::find_vectors("lotus-devnet") / "long" / "wire.jsonl"));
    std::vector<json> out;
    for (std::string line; std::getline(lines, line);) {
        auto object = json::parse(line);
        if (object["what"] == what) out.push_back(std::move(object));
    }
    return out;
}

ExchangeRequest request_of(const json& recorded) {
    ExchangeRequest out{.head = {},
                        .length = recorded["request"]["length"].get<std::uint64_t>(),
                        .options = recorded["request"]["options"].get<std::uint64_t>()};
    for (const auto& cid : recorded["request"]["head"]) out.head.push_back(Cid::parse(cid.get<std::string>()).value());
    return out;
}

}  // namespace

std::vector<RecordedResponse> recorded_responses() {
    std::vector<RecordedResponse> out;
    for (const auto& line : wire("chain exchange response"))
        out.push_back({request_of(line), from_hex(line["raw"].get<std::string>()).value()});
    return out;
}

std::vector<std::string> recorded_refusals() {
    std::vector<std::string> out;
    for (const auto& line : wire("chain exchange refusal")) out.push_back(line["text"].get<std::string>());
    return out;
}

}  // namespace strata::p2p::testing
