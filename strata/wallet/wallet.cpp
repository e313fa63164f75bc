#include <strata/wallet/wallet.hpp>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/crypto/secp256k1.hpp>
#include <strata/wallet/record_names.hpp>

namespace strata::wallet {
namespace {

using nlohmann::json;

constexpr std::string_view kDefault = "wallet/default";
constexpr std::size_t kMaxRecordSize = std::size_t{1} << 16;

// Returns the name of a key's record. The name does not depend on the network: its address always begins with f.
std::string record_key(const Address& address) {
    return std::string(kKeyRecords) + address.to_string();
}

Result<Hash256> secret_of(const PrivateKey& key) {
    Hash256 out;
    if (key.secret.size() != out.size())
        return fail(Errc::invalid_argument,
                    "the private key has " + std::to_string(key.secret.size()) + " bytes, expected 32");
    std::ranges::copy(key.secret, out.begin());
    return out;
}

Result<Signature> ecdsa(Signature::Type type, const Hash256& secret, const Hash256& digest) {
    STRATA_TRY(const auto signature, crypto::secp256k1::sign(secret, digest));
    return Signature{type, to_bytes(signature)};
}

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// Returns a field of an object; null if there is none. The case of its name is ignored, as Go's encoding/json does,
/// with which Lotus reads these records.
const json& field(const json& record, std::string_view name) {
    static const json none;
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
    };
    for (const auto& [key, value] : record.items())
        if (std::ranges::equal(key, name, same)) return value;
    return none;
}

Result<KeyType> type_of(const json& type) {
    if (type.is_string()) return parse_key_type(type.get_ref<const std::string&>());
    if (type.is_number_unsigned() && type >= 1 && type <= 3) return static_cast<KeyType>(type.get<unsigned>());
    return fail(Errc::malformed,
                "the type of the key is wrong; expected secp256k1, bls or delegated, or a number from 1 to 3");
}

/// Reads a key. `type` is the field that holds its type as a name or a number; "PrivateKey" is base64. Errors never
/// show the secret.
Result<PrivateKey> key_of(const json& record, std::string_view type) {
    const auto& secret = field(record, "PrivateKey");
    if (!record.is_object() || field(record, type).is_null() || !secret.is_string())
        return fail(Errc::malformed, "the key record must be a JSON object with the fields " + std::string(type) +
                                         " and PrivateKey, a string");
    PrivateKey key;
    STRATA_TRY(key.type, type_of(field(record, type)));
    const auto bytes = from_base64(secret.get_ref<const std::string&>());
    if (!bytes) return fail(Errc::malformed, "the PrivateKey of the key record is not base64");
    key.secret = *bytes;
    STRATA_OK(address_of(key));
    return key;
}

}  // namespace

std::string_view key_type_name(KeyType type) {
    switch (type) {
        case KeyType::secp256k1:
            return "secp256k1";
        case KeyType::bls:
            return "bls";
        case KeyType::delegated:
            return "delegated";
    }
    return "unknown";
}

Result<KeyType> parse_key_type(std::string_view name) {
    for (const auto type : {KeyType::secp256k1, KeyType::bls, KeyType::delegated})
        if (key_type_name(type) == name) return type;
    return fail(Errc::invalid_argument,
                "'" + std::string(name.substr(0, 32)) + "' is not a key type; use secp256k1, bls or delegated");
}

PrivateKey generate_key(KeyType type, crypto::RandomSource& random) {
    const auto seed = random.bytes<32>();
    if (type == KeyType::bls) return {type, to_bytes(crypto::bls::key_from_seed(seed))};
    PrivateKey key{type, to_bytes(seed)};
    while (!address_of(key)) key.secret = to_bytes(random.bytes<32>());  // one draw in 2^128 is not a valid key
    return key;
}

Result<Address> address_of(const PrivateKey& key) {
    STRATA_TRY(const auto secret, secret_of(key));
    if (key.type == KeyType::bls) {
        STRATA_TRY(const auto point, crypto::bls::public_key(secret));
        return Address::bls(point);
    }
    STRATA_TRY(const auto point, crypto::secp256k1::public_key(secret));
    if (key.type == KeyType::secp256k1) return Address::secp256k1(point);
    // The Ethereum address is the last 20 bytes of the hash of the key without its leading 0x04.
    const auto hash = crypto::keccak_256(BytesView(point).subspan(1));
    return Address::delegated(kEamId, BytesView(hash).last(20));
}

Result<Signature> sign_with(const PrivateKey& key, BytesView data) {
    STRATA_TRY(const auto secret, secret_of(key));
    switch (key.type) {
        case KeyType::secp256k1:
            return ecdsa(Signature::Type::secp256k1, secret, crypto::blake2b_256(data));
        case KeyType::delegated:
            return ecdsa(Signature::Type::delegated, secret, crypto::keccak_256(data));
        case KeyType::bls:
            break;
    }
    STRATA_TRY(const auto signature, crypto::bls::sign(secret, data));
    return Signature{Signature::Type::bls, to_bytes(signature)};
}

std::string to_json(const PrivateKey& key) {
    return nlohmann::ordered_json{{"Type", key_type_name(key.type)}, {"PrivateKey", to_base64(key.secret)}}.dump();
}

std::string to_hex_lotus(const PrivateKey& key) {
    return to_hex(as_bytes(to_json(key)));
}

Result<PrivateKey> parse_key(std::string_view text) {
    text = trimmed(text);
    if (text.size() > kMaxRecordSize)
        return fail(Errc::too_large, "the key record has " + std::to_string(text.size()) +
                                         " characters, expected at most " + std::to_string(kMaxRecordSize));
    // A JSON text begins with a brace, so it is never valid hexadecimal.
    std::string plain(text);
    if (const auto hex = from_hex(text)) plain = as_text(*hex);
    const json record = json::parse(plain, nullptr, /*allow_exceptions=*/false);
    if (record.is_discarded())
        return fail(Errc::malformed, "the key is neither a record in JSON nor such a record in hexadecimal");
    const auto& list = field(record, "KeyInfo");
    if (list.is_null()) return key_of(record, "Type");
    if (!list.is_array() || list.size() != 1)
        return fail(Errc::malformed, "KeyInfo must be a list of exactly one key; import several keys one by one");
    return key_of(list.front(), "SigType");
}

Result<Address> Wallet::import_key(const PrivateKey& key) {
    STRATA_TRY(const auto address, address_of(key));
    const Lock writing(writing_);
    STRATA_TRY(const bool is_here, has(address));
    if (is_here) return address;
    STRATA_TRY(const Bytes record, encoded(address, key));
    STRATA_OK(records_.put(record_key(address), record));
    return address;
}

Result<bool> Wallet::has(const Address& address) {
    STRATA_TRY(const auto record, records_.get(record_key(address)));
    return record.has_value();
}

Result<std::vector<Address>> Wallet::list() {
    std::vector<Address> out;
    STRATA_OK(records_.for_each(kKeyRecords, [&](std::string_view name, BytesView) -> Result<bool> {
        STRATA_TRY(const auto address, Address::parse(name.substr(kKeyRecords.size())));
        out.push_back(address);
        return true;
    }));
    return out;
}

Result<PrivateKey> Wallet::export_key(const Address& address) {
    STRATA_TRY(const auto record, records_.get(record_key(address)));
    if (!record) return fail(Errc::not_found, "the wallet has no key for " + address.to_string());
    return decoded(address, *record);
}

Status Wallet::remove(const Address& address) {
    const Lock writing(writing_);
    STRATA_TRY(const auto record, records_.get(record_key(address)));
    if (!record) return {};
    std::vector<store::Write> writes{{std::string(kTrashRecords) + address.to_string(), *record},
                                     {record_key(address), std::nullopt}};
    STRATA_TRY(const auto main, default_address());
    if (main == address) writes.push_back({std::string(kDefault), std::nullopt});
    return records_.write(writes);
}

Result<std::optional<Address>> Wallet::default_address() {
    STRATA_TRY(const auto record, records_.get(kDefault));
    if (!record) return std::optional<Address>{};
    STRATA_TRY(const auto address, Address::from_bytes(*record));
    return std::optional(address);
}

Status Wallet::set_default(const Address& address) {
    STRATA_TRY(const bool known, has(address));
    if (!known) return fail(Errc::not_found, "the wallet has no key for " + address.to_string());
    return records_.put(kDefault, address.bytes());
}

Result<Signature> Wallet::sign(const Address& address, BytesView data) {
    STRATA_TRY(const auto key, export_key(address));
    return sign_with(key, data);
}

}  // namespace strata::wallet
