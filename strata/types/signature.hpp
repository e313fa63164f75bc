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

/// A signature in the parameters of an actor. Unlike in a message, its type must be 1 or 2, and its data may have any
/// length. Source: ref-fvm shared/src/crypto/signature.rs.
struct ActorSignature : Signature {
    ActorSignature() = default;
    ActorSignature(Signature signature) : Signature(std::move(signature)) {}
    ActorSignature(Type of_type, Bytes bytes) : Signature{of_type, std::move(bytes)} {}
    static Result<ActorSignature> read_cbor(CborReader& r);
};

/// Checks a signature over `data`: a secp256k1 or BLS signature against a key address (f1, f3), or a delegated
/// signature against an f4 address of the EAM (`data` is then the bytes of an Ethereum transaction). secp256k1 signs
/// the blake2b-256 hash of the data, a delegated key the keccak-256 hash, and BLS the data itself. Errors:
/// verification, with the reason; invalid_argument for an address that is not a key.
Status verify_signature(const Signature& signature, const Address& signer, BytesView data);

}  // namespace strata
