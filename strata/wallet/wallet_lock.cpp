// Encrypts the keys of a wallet. A random data key encrypts them, and the passphrase's key encrypts the data key, so a
// new passphrase rewrites one record. Format: docs/formats/wallet.md.
#include <strata/wallet/wallet.hpp>

#include <algorithm>

#include <strata/wallet/record_names.hpp>

namespace strata::wallet {
namespace {

constexpr std::string_view kPlace = "strata wallet data key";
constexpr std::string_view kKeys[] = {kKeyRecords, kTrashRecords};
constexpr std::size_t kFieldsOfSealed = 3;  // a plain key has two

/// The record that holds the data key, encrypted.
struct SealRecord {
    std::uint64_t version = 1;
    ByteArray<16> salt{};
    std::uint64_t passes = 0, memory = 0;
    crypto::SealNonce nonce{};
    Bytes sealed;
    STRATA_CBOR_TUPLE(version, salt, passes, memory, nonce, sealed);
};
struct SealedKey {
    KeyType type{};
    crypto::SealNonce nonce{};
    Bytes sealed;
    STRATA_CBOR_TUPLE(type, nonce, sealed);
};

/// The place of the data key names the cost, so that no byte of the record can change unnoticed.
std::string place_of(const SealRecord& record) {
    return std::string(kPlace) + " " + std::to_string(record.passes) + " " + std::to_string(record.memory);
}

/// The place of a key's record: a record that is moved to a different address does not open.
std::string place_of(const Address& address) {
    return std::string(kKeyRecords) + address.to_string();
}

Result<Bytes> seal_key(const Hash256& data_key, const Address& address, const PrivateKey& key) {
    crypto::SystemRandom random;
    SealedKey out{.type = key.type, .nonce = random.bytes<24>(), .sealed = {}};
    out.sealed = crypto::seal(data_key, out.nonce, as_bytes(place_of(address)), key.secret);
    return to_cbor(out);
}

Error locked() {
    return fail(Errc::busy, "the wallet is locked: its keys are encrypted; unlock it with strata wallet unlock");
}

/// `data_key` is empty for a wallet that is locked or not encrypted.
Result<PrivateKey> open_key(const std::optional<Hash256>& data_key, const Address& address, BytesView record) {
    CborReader reader(record);
    STRATA_TRY(const auto fields, reader.array());
    if (fields != kFieldsOfSealed) return from_cbor<PrivateKey>(record);
    if (!data_key) return locked();
    STRATA_TRY(const auto sealed, from_cbor<SealedKey>(record));
    auto secret = crypto::unseal(*data_key, sealed.nonce, as_bytes(place_of(address)), sealed.sealed);
    if (!secret)
        return fail(Errc::verification, "the record of the key " + address.to_string() +
                                            " is damaged; put back a copy of the node's records");
    return PrivateKey{.type = sealed.type, .secret = std::move(*secret)};
}

Result<SealRecord> sealed_with(const Hash256& data_key, std::string_view passphrase, const crypto::StretchCost& cost) {
    if (passphrase.empty()) return fail(Errc::invalid_argument, "the passphrase is empty; choose one of some words");
    crypto::SystemRandom random;
    SealRecord out{.version = 1,
                   .salt = random.bytes<16>(),
                   .passes = cost.passes,
                   .memory = cost.memory,
                   .nonce = random.bytes<24>(),
                   .sealed = {}};
    STRATA_TRY(auto key, crypto::stretch(passphrase, out.salt, cost));
    out.sealed = crypto::seal(key, out.nonce, as_bytes(place_of(out)), data_key);
    crypto::wipe(key);
    return out;
}

Result<Hash256> opened(const SealRecord& record, std::string_view passphrase) {
    if (record.version != 1)
        return fail(Errc::unsupported, "the wallet is encrypted in form " + std::to_string(record.version) +
                                           ", and this program knows form 1; use a newer one");
    STRATA_TRY(auto key, crypto::stretch(passphrase, record.salt, {.passes = record.passes, .memory = record.memory}));
    auto plain = crypto::unseal(key, record.nonce, as_bytes(place_of(record)), record.sealed);
    crypto::wipe(key);
    if (!plain) return fail(Errc::verification, "the passphrase is wrong");
    Hash256 out;
    if (plain->size() != out.size()) return fail(Errc::malformed, "the wallet's data key has a wrong size");
    std::ranges::copy(*plain, out.begin());
    crypto::wipe(*plain);
    return out;
}

Result<std::optional<SealRecord>> seal_record(store::KeyValue& records) {
    STRATA_TRY(const auto record, records.get(kSealRecord));
    if (!record) return std::optional<SealRecord>{};
    STRATA_TRY(auto out, from_cbor<SealRecord>(*record));
    return std::optional(std::move(out));
}

Result<SealRecord> needed_seal(store::KeyValue& records) {
    STRATA_TRY(auto found, seal_record(records));
    if (!found) return fail(Errc::invalid_argument, "the wallet is not encrypted; strata wallet encrypt does that");
    return std::move(*found);
}

}  // namespace

Result<bool> Wallet::is_encrypted() {
    STRATA_TRY(const auto record, records_.get(kSealRecord));
    return record.has_value();
}

Result<bool> Wallet::is_locked() {
    STRATA_TRY(const bool encrypted, is_encrypted());
    const Lock lock(mutex_);
    return encrypted && !unlocked_;
}

void Wallet::lock() {
    const Lock lock(mutex_);
    if (unlocked_) crypto::wipe(*unlocked_);
    unlocked_.reset();
}

Status Wallet::unlock(std::string_view passphrase) {
    STRATA_TRY(const auto record, needed_seal(records_));
    STRATA_TRY(const auto key, opened(record, passphrase));
    const Lock lock(mutex_);
    unlocked_ = key;
    return {};
}

// All records change in one batch, so a kill leaves the wallet as it was or as it is to be.
Status Wallet::rewrite(const std::optional<Hash256>& from, const std::optional<Hash256>& to,
                       std::vector<store::Write> writes) {
    for (const auto prefix : kKeys)
        STRATA_OK(records_.for_each(prefix, [&](std::string_view name, BytesView record) -> Result<bool> {
            STRATA_TRY(const auto address, Address::parse(name.substr(prefix.size())));
            STRATA_TRY(auto key, open_key(from, address, record));
            STRATA_TRY(Bytes next, to ? seal_key(*to, address, key) : Result<Bytes>(to_cbor(key)));
            crypto::wipe(key.secret);
            writes.push_back({std::string(name), std::move(next)});
            return true;
        }));
    return records_.write(writes);
}

Status Wallet::encrypt(std::string_view passphrase, const crypto::StretchCost& cost) {
    const Lock writing(writing_);
    STRATA_TRY(const bool encrypted, is_encrypted());
    if (encrypted)
        return fail(Errc::invalid_argument,
                    "the wallet is encrypted already; strata wallet passphrase chooses a new passphrase");
    crypto::SystemRandom random;
    const auto key = random.bytes<32>();
    STRATA_TRY(const auto record, sealed_with(key, passphrase, cost));
    STRATA_OK(rewrite({}, key, {{std::string(kSealRecord), to_cbor(record)}}));
    {
        const Lock lock(mutex_);
        unlocked_ = key;
    }
    return forget_removed_();
}

Status Wallet::change_passphrase(std::string_view present, std::string_view next, const crypto::StretchCost& cost) {
    const Lock writing(writing_);
    STRATA_TRY(const auto record, needed_seal(records_));
    STRATA_TRY(const auto key, opened(record, present));
    STRATA_TRY(const auto changed, sealed_with(key, next, cost));
    STRATA_OK(records_.put(kSealRecord, to_cbor(changed)));
    return forget_removed_();
}

Status Wallet::decrypt(std::string_view passphrase) {
    const Lock writing(writing_);
    STRATA_TRY(const auto record, needed_seal(records_));
    STRATA_TRY(const auto key, opened(record, passphrase));
    STRATA_OK(rewrite(key, {}, {{std::string(kSealRecord), std::nullopt}}));
    lock();
    return forget_removed_();
}

Result<std::optional<Hash256>> Wallet::data_key() {
    STRATA_TRY(const bool encrypted, is_encrypted());
    if (!encrypted) return std::optional<Hash256>{};
    const Lock lock(mutex_);
    if (!unlocked_) return locked();
    return unlocked_;
}

Result<Bytes> Wallet::encoded(const Address& address, const PrivateKey& key) {
    STRATA_TRY(const auto data_key, this->data_key());
    return data_key ? seal_key(*data_key, address, key) : Result<Bytes>(to_cbor(key));
}

Result<PrivateKey> Wallet::decoded(const Address& address, BytesView record) {
    std::optional<Hash256> key;
    {
        const Lock lock(mutex_);
        key = unlocked_;
    }
    return open_key(key, address, record);
}

}  // namespace strata::wallet
