#pragma once
// Keeps private keys and signs with them. Source: docs/protocol/node.md §26 (lotus chain/types/keystore.go,
// chain/wallet).
#include <strata/crypto/random.hpp>
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

/// The keys of one node, in its records under "wallet/". Thread-safe.
class Wallet {
  public:
    /// `records` must outlive the wallet.
    explicit Wallet(store::KeyValue& records) : records_(records) {}

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
    store::KeyValue& records_;
};

}  // namespace strata::wallet
