#pragma once
// Signatures as messages and blocks carry them: one byte string, type byte then data, at most 200 bytes.
// Source: node.md §1, fvm.md §3.1.
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

}  // namespace strata
