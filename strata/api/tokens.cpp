#include <strata/api/tokens.hpp>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/crypto/transport.hpp>

namespace strata::api {
namespace {

using nlohmann::json;

constexpr std::string_view kRecord = "auth/jwt-secret";
constexpr std::size_t kLongestToken = 4096;  // bytes; one with all permissions and a time has about 160
constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";

// base64url without padding (RFC 7515 §2).
std::string to_base64_url(BytesView bytes) {
    std::string out = to_base64(bytes);
    while (out.ends_with('=')) out.pop_back();
    std::ranges::replace(out, '+', '-');
    std::ranges::replace(out, '/', '_');
    return out;
}

Result<Bytes> from_base64_url(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos)
        return fail(Errc::malformed, "the text has characters of plain base64, expected base64url without padding");
    std::string plain(text);
    std::ranges::replace(plain, '-', '+');
    std::ranges::replace(plain, '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return from_base64(plain);
}

// Takes the same time wherever the two differ.
bool is_same(BytesView one, BytesView other) {
    if (one.size() != other.size()) return false;
    volatile std::uint8_t difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i) difference = difference | (one[i] ^ other[i]);
    return difference == 0;
}

// One sentence for all refusals: a caller without a valid token need not learn why it is not valid.
Error refusal() {
    return fail(Errc::verification, "JWT Verification failed: the token is not one of this node, or it has expired");
}

/// Returns true if a time that a token names is still to come. A time is a number of seconds, maybe with a fraction
/// (RFC 7519 §2).
bool is_to_come(const json& time, Tokens::Time now) {
    const auto seconds = now.time_since_epoch().count();
    if (time.is_number_integer()) return time.get<std::int64_t>() > seconds;
    return time.is_number() && time.get<double>() > static_cast<double>(seconds);
}

}  // namespace

Result<Tokens> Tokens::open(store::KeyValue& records, crypto::RandomSource& random) {
    STRATA_TRY(const auto known, records.get(kRecord));
    Hash256 secret;
    if (known) {
        if (known->size() != secret.size())
            return fail(Errc::malformed, "the secret for API tokens has " + std::to_string(known->size()) +
                                             " bytes, expected " + std::to_string(secret.size()));
        std::ranges::copy(*known, secret.begin());
        return Tokens(secret);
    }
    secret = random.bytes<32>();
    STRATA_OK(records.put(kRecord, secret));
    return Tokens(secret);
}

Hash256 Tokens::signature_of(std::string_view signed_part) const {
    return crypto::hmac_sha256(secret_, as_bytes(signed_part));
}

std::string Tokens::issue(const std::vector<Permission>& allow, std::optional<Time> expires) const {
    json payload{{"Allow", json::array()}};
    for (const auto permission : allow) payload["Allow"].push_back(permission_name(permission));
    if (expires) payload["exp"] = expires->time_since_epoch().count();
    std::string out = to_base64_url(as_bytes(kHeader)) + "." + to_base64_url(as_bytes(payload.dump()));
    out += "." + to_base64_url(signature_of(out));
    return out;
}

Result<std::vector<Permission>> Tokens::verify(std::string_view token, Time now) const {
    const auto first = token.find('.');
    const auto last = token.rfind('.');
    if (token.size() > kLongestToken || first == std::string_view::npos || first == last) return refusal();
    const auto signature = from_base64_url(token.substr(last + 1));
    if (!signature || !is_same(*signature, signature_of(token.substr(0, last)))) return refusal();

    const auto part = [](std::string_view text) {
        const auto bytes = from_base64_url(text);
        return bytes ? json::parse(as_text(*bytes), nullptr, /*allow_exceptions=*/false) : json();
    };
    const json header = part(token.substr(0, first));
    if (!header.is_object() || header.value("alg", json()) != "HS256") return refusal();
    const json payload = part(token.substr(first + 1, last - first - 1));
    if (!payload.is_object()) return refusal();
    if (payload.contains("exp") && !is_to_come(payload["exp"], now)) return refusal();
    if (payload.contains("nbf") && is_to_come(payload["nbf"], now)) return refusal();

    std::vector<Permission> out;
    const json allow = payload.value("Allow", json());
    if (!allow.is_array()) return out;
    for (const auto& name : allow) {
        if (!name.is_string()) continue;
        const auto permission = parse_permission(name.get_ref<const std::string&>());
        if (permission && std::ranges::find(out, *permission) == out.end()) out.push_back(*permission);
    }
    return out;
}

}  // namespace strata::api
