#pragma once
// A signature as messages and blocks carry it: a byte string of at most 200 bytes, a type byte followed by the data.
// Source: docs/protocol/node.md §1, docs/protocol/fvm.md §3.1.
#include <strata/types/address.hpp>

namespace strata {

struct Signature {
    enum class Type : std::uint8_t { secp256k1 = 1, bls = 2, delegated = 3 };
    Type type{};
    Bytes data;

    void to_cbor(CborWriter& w) const;
    static Result<Signature> read_cbor(CborReader& r);
    friend bool operator==(const Signature&, const Signature&) = default;
};

/// Checks a secp256k1 or BLS signature over `data` against a key address (f1, f3), or a delegated one (f4 of the EAM)
/// over the bytes of an Ethereum transaction. Errors: verification, with the reason; invalid_argument for an address
/// that is not a key. secp256k1 signs blake2b-256 of the data, delegated keccak-256, BLS the data itself.
Status verify_signature(const Signature& signature, const Address& signer, BytesView data);

}  // namespace strata
