#include <strata/drand/info.hpp>

#include <limits>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/crypto/hash.hpp>

namespace strata::drand {
namespace {

using nlohmann::json;

constexpr std::string_view kDefaultId = "default";  // drand common/beacon.go DefaultBeaconID
constexpr std::size_t kSignature = 48;              // bytes of a point of G1

Error malformed(std::string_view what) {
    return fail(Errc::malformed, "the answer of drand " + std::string(what));
}

Result<json> parse_object(std::string_view text) {
    auto out = json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!out.is_object()) return malformed("is not a JSON object");
    return out;
}

Result<std::uint64_t> number(const json& object, const char* name) {
    const auto it = object.find(name);
    if (it == object.end() || !it->is_number_unsigned()) return malformed("has no number '" + std::string(name) + "'");
    return it->get<std::uint64_t>();
}

Result<std::string> text(const json& object, const char* name) {
    const auto it = object.find(name);
    if (it == object.end() || !it->is_string()) return malformed("has no text '" + std::string(name) + "'");
    return it->get<std::string>();
}

Result<Bytes> bytes(const json& object, const char* name) {
    STRATA_TRY(const auto hex, text(object, name));
    auto out = from_hex(hex);
    if (!out) return malformed("has no hexadecimal '" + std::string(name) + "'");
    return std::move(*out);
}

}  // namespace

Hash256 chain_hash(const Info& info) {
    Bytes out(12);
    store_be(out.data(), static_cast<std::uint32_t>(info.chain.period));
    store_be(out.data() + 4, info.chain.genesis_time);
    append(out, info.chain.public_key);
    append(out, info.group_hash);
    if (!info.id.empty() && info.id != kDefaultId) append(out, as_bytes(info.id));
    return crypto::sha256(out);
}

std::string encode_info(const Info& info) {
    const json out{{"public_key", to_hex(info.chain.public_key)}, {"period", info.chain.period},
                   {"genesis_time", info.chain.genesis_time},     {"hash", to_hex(chain_hash(info))},
                   {"groupHash", to_hex(info.group_hash)},        {"schemeID", kScheme},
                   {"metadata", {{"beaconID", info.id}}}};
    return out.dump();
}

Result<Info> decode_info(std::string_view from) {
    STRATA_TRY(const auto object, parse_object(from));
    STRATA_TRY(const auto scheme, text(object, "schemeID"));
    if (scheme != kScheme)
        return fail(Errc::unsupported,
                    "the drand chain has the scheme " + scheme + ", expected " + std::string(kScheme));
    Info out;
    STRATA_TRY(out.chain.public_key, bytes(object, "public_key"));
    STRATA_TRY(out.chain.period, number(object, "period"));
    STRATA_TRY(out.chain.genesis_time, number(object, "genesis_time"));
    STRATA_TRY(out.group_hash, bytes(object, "groupHash"));
    if (const auto metadata = object.find("metadata"); metadata != object.end() && metadata->is_object())
        if (const auto id = metadata->find("beaconID"); id != metadata->end() && id->is_string())
            out.id = id->get<std::string>();
    if (out.chain.period == 0 || out.chain.period > std::numeric_limits<std::uint32_t>::max())
        return malformed("has a period of " + std::to_string(out.chain.period) + " s");
    STRATA_TRY(const auto hash, bytes(object, "hash"));
    if (!equal(hash, chain_hash(out)))
        return fail(Errc::verification, "the description of the drand chain has the hash " + to_hex(hash) +
                                            ", but its fields have " + to_hex(chain_hash(out)));
    return out;
}

// drand common/time.go CurrentRound and TimeOfRound.
std::uint64_t round_at(const chain::BeaconChain& chain, std::uint64_t unix_seconds) {
    return unix_seconds < chain.genesis_time ? 0 : (unix_seconds - chain.genesis_time) / chain.period + 1;
}

std::uint64_t time_of(const chain::BeaconChain& chain, std::uint64_t round) {
    constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
    if (round == 0) return chain.genesis_time;
    return round - 1 > (kMax - chain.genesis_time) / chain.period ? kMax
                                                                  : chain.genesis_time + (round - 1) * chain.period;
}

std::string encode_round(const BeaconEntry& entry) {
    const json out{
        {"round", entry.round}, {"randomness", to_hex(crypto::sha256(entry.data))}, {"signature", to_hex(entry.data)}};
    return out.dump();
}

Result<BeaconEntry> decode_round(std::string_view from) {
    STRATA_TRY(const auto object, parse_object(from));
    BeaconEntry out;
    STRATA_TRY(out.round, number(object, "round"));
    STRATA_TRY(out.data, bytes(object, "signature"));
    if (out.data.size() != kSignature)
        return malformed("has a signature of " + std::to_string(out.data.size()) + " bytes, expected " +
                         std::to_string(kSignature));
    return out;
}

}  // namespace strata::drand
