#pragma once
// Keeps private keys and signs with them. Source: docs/protocol/node.md §26 (lotus chain/types/keystore.go,
// chain/wallet).
#include <strata/crypto/random.hpp>
#include <strata/crypto/secret_seal.hpp>
#include <strata/store/key_value.hpp>
#include <strata/types/signature.hpp>

namespace strata::wallet {

enum class KeyType : std::uint8_t { secp256k1 = 1, bls = 2, delegated = 3 };
/// Returns "secp256k1", "bls" or "delegated".
std::string_view key_type_name(KeyType type);
Result<KeyType> parse_key_type(std::string_view name);

struct PrivateKey {
    KeyType type{};
    /// The secret has 32 bytes: secp256k1 and delegated big-endian, BLS little-endian.
    Bytes secret;
    STRATA_CBOR_TUPLE(type, secret);
    friend bool operator==(const PrivateKey&, const PrivateKey&) = default;
};

PrivateKey generate_key(KeyType type, crypto::RandomSource& random);
/// Returns the address of a key. Errors: invalid_argument for bytes that are not a key.
Result<Address> address_of(const PrivateKey& key);
/// Signs `data`, as verify_signature() checks it. To sign a message, `data` is the bytes of its CID; for a delegated
/// key, it is the Ethereum transaction.
Result<Signature> sign_with(const PrivateKey& key, BytesView data);

/// Returns the record that Lotus writes, {"Type": ..., "PrivateKey": base64}; to_hex_lotus() returns it in
/// hexadecimal ("hex-lotus").
std::string to_json(const PrivateKey& key);
std::string to_hex_lotus(const PrivateKey& key);
/// Reads either form, and the record of go-filecoin: {"KeyInfo": [{"PrivateKey": base64, "SigType": number}]}
/// ("gfc-json"). The type may be a name or a number (1 secp256k1, 2 bls, 3 delegated). As in Lotus, white space around
/// the record and the case of field names do not matter (lotus cli/wallet.go, chain/types/keystore.go). Errors, which
/// never show the secret: malformed, invalid_argument, too_large.
Result<PrivateKey> parse_key(std::string_view text);

/// The keys of one node, in its records under "wallet/". They can be encrypted under a passphrase: then the wallet is
/// locked when it is made, lists its addresses, and signs once it is unlocked. What needs a secret of a locked wallet
/// ends with the error busy. Thread-safe.
class Wallet {
  public:
    /// `records` must outlive the wallet. `forget_removed` rewrites the files of the records, so that secrets are gone
    /// from them that were stored before they were encrypted; it may take long.
    explicit Wallet(
        store::KeyValue& records, std::function<Status()> forget_removed = [] { return Status(); })
        : records_(records), forget_removed_(std::move(forget_removed)) {}
    Wallet(const Wallet&) = delete;
    Wallet& operator=(const Wallet&) = delete;
    ~Wallet() { lock(); }

    Result<bool> is_encrypted();
    /// Returns true if secrets cannot be used now.
    Result<bool> is_locked();
    /// Encrypts all keys, also removed ones and those that come later, under a new key that the passphrase opens. The
    /// wallet is unlocked then. Errors: invalid_argument for an empty passphrase, or if it is encrypted already.
    Status encrypt(std::string_view passphrase, const crypto::StretchCost& cost = {});
    /// Errors: verification for a wrong passphrase; invalid_argument if the wallet is not encrypted.
    Status unlock(std::string_view passphrase);
    /// Forgets the key until the next unlock().
    void lock();
    /// Errors: those of unlock(), for the present passphrase; invalid_argument for an empty new one.
    Status change_passphrase(std::string_view present, std::string_view next, const crypto::StretchCost& cost = {});
    /// Stores the keys without encryption again. Errors: those of unlock().
    Status decrypt(std::string_view passphrase);

    /// Stores the key durably and returns its address. To import a key again changes nothing.
    Result<Address> import_key(const PrivateKey& key);
    Result<bool> has(const Address& address);
    /// Returns all addresses in ascending order of their strings.
    Result<std::vector<Address>> list();
    /// Returns the private key of an address. Errors: not_found.
    Result<PrivateKey> export_key(const Address& address);
    /// Removes a key. As in Lotus its record stays as "wallet/trash/…", so that a mistake can be mended by hand; and it
    /// is the default no more.
    Status remove(const Address& address);
    /// Returns the address that is used where a person names none; empty if none was chosen.
    Result<std::optional<Address>> default_address();
    /// Errors: not_found if the wallet has no key for the address.
    Status set_default(const Address& address);
    /// Signs with the key of an address, as sign_with() does. Errors: not_found.
    Result<Signature> sign(const Address& address, BytesView data);

  private:
    Result<Bytes> encoded(const Address& address, const PrivateKey& key);
    Result<PrivateKey> decoded(const Address& address, BytesView record);
    Result<std::optional<Hash256>> data_key();
    Status rewrite(const std::optional<Hash256>& from, const std::optional<Hash256>& to,
                   std::vector<store::Write> writes);

    store::KeyValue& records_;
    const std::function<Status()> forget_removed_;
    Mutex mutex_;
    std::optional<Hash256> unlocked_ STRATA_GUARDED_BY(mutex_);  // the data key of an encrypted wallet
    /// Held while all keys are written anew, and while one is added or removed.
    Mutex writing_;
};

}  // namespace strata::wallet
