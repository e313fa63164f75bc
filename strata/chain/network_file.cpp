// Reading network.json: the description that stands beside a recorded chain.
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/chain/network.hpp>

namespace strata::chain {
namespace {

using Json = nlohmann::json;

Error wrong(const char* field) {
    return fail(Errc::malformed, std::string("network description: ") + field);
}

Result<std::uint64_t> number(const Json& object, const char* field) {
    const auto it = object.find(field);
    if (it == object.end() || !it->is_number_unsigned()) return wrong(field);
    return it->get<std::uint64_t>();
}

Result<std::string> text(const Json& object, const char* field) {
    const auto it = object.find(field);
    if (it == object.end() || !it->is_string()) return wrong(field);
    return it->get<std::string>();
}

Result<BeaconChain> beacon_chain(const Json& info) {
    BeaconChain out;
    STRATA_TRY(const auto scheme, text(info, "schemeID"));
    if (scheme != "bls-unchained-g1-rfc9380") return wrong("schemeID");
    STRATA_TRY(const auto key, text(info, "public_key"));
    STRATA_TRY(out.public_key, from_hex(key));
    STRATA_TRY(out.genesis_time, number(info, "genesis_time"));
    STRATA_TRY(out.period, number(info, "period"));
    if (out.public_key.size() != 96) return wrong("public_key");
    if (out.period == 0) return wrong("period");
    return out;
}

}  // namespace

Result<Network> parse_network(std::string_view json) {
    const Json file = Json::parse(json, nullptr, false);
    if (!file.is_object()) return wrong("not a JSON object");
    Network out = devnet_2k();
    STRATA_TRY(out.name, text(file, "network_name"));
    STRATA_TRY(out.genesis_timestamp, number(file, "genesis_timestamp"));
    STRATA_TRY(out.block_delay, number(file, "block_delay_s"));
    STRATA_TRY(out.chain_id, number(file, "eth_chain_id"));
    const auto drand = file.find("drand");
    if (drand == file.end() || !drand->contains("chain_info")) return wrong("drand");
    STRATA_TRY(out.beacon, beacon_chain((*drand)["chain_info"]));
    const auto upgrades = file.find("upgrades");
    if (upgrades == file.end()) return wrong("upgrades");
    STRATA_TRY(const auto version, number(*upgrades, "genesis_network_version"));
    if (version != kNetworkVersion28) return fail(Errc::unsupported, "network version " + std::to_string(version));
    out.stub_winning_post = file.value("winning_post", std::string()).starts_with("stub");
    return out;
}

}  // namespace strata::chain
